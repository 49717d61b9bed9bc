-- One file, one writer, many readers; strict types and checks, so that a garbled value is seen.
-- Station pressure as measured: offsets and sea level are a matter of showing, so that a corrected
-- altitude mends the whole history.

PRAGMA application_id = 0x5354524D;  -- "STRM": this file is ours
PRAGMA user_version = 3;

-- A row's number (id) is boot and time since then (boots.py); Unix time is made of it with the
-- offset of the boot, so that a better word on the time stamps the whole boot anew.
CREATE TABLE boots (
    ordinal   INTEGER PRIMARY KEY,
    boot_id   TEXT NOT NULL,     -- of the kernel, its first eight digits
    base_ms   INTEGER NOT NULL,  -- monotonic time of id 0
    offset_ms INTEGER NOT NULL,  -- Unix time when the monotonic time was 0
    -- 0 nobody's, 1 real-time clock, 2 a phone, 3 synchronised
    trust     INTEGER NOT NULL CHECK (trust BETWEEN 0 AND 3)
) STRICT;

CREATE TABLE samples (
    id                  INTEGER PRIMARY KEY,
    pressure_pa         INTEGER NOT NULL,
    temperature_centi_c INTEGER
) STRICT;

-- Hours of the boot, each written once it is over; id is that of its beginning.
CREATE TABLE hours (
    id      INTEGER PRIMARY KEY,
    low_pa  INTEGER NOT NULL,
    sum_pa  INTEGER NOT NULL,
    high_pa INTEGER NOT NULL,
    count   INTEGER NOT NULL
) STRICT;

-- Each change of level, by the sample that made it, so that the curve can be marked.
CREATE TABLE levels (
    id    INTEGER PRIMARY KEY,
    level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 3)
) STRICT;

-- What outlives a restart, one row: what is to be said of a sensor that reads; what was
-- acknowledged of the alarm, and how long it is silent (milliseconds of boot alarm_boot_id); the
-- last sample that the daily copies have, and from which day (since 1970) on they are to be looked
-- through, because boots were moved.
CREATE TABLE present (
    one               INTEGER PRIMARY KEY CHECK (one = 1),
    remark            TEXT NOT NULL DEFAULT '',
    acknowledged      INTEGER NOT NULL DEFAULT 0,
    silenced_until_ms INTEGER,
    alarm_boot_id     TEXT NOT NULL DEFAULT '',
    copied_id         INTEGER NOT NULL DEFAULT 0,
    copies_from_day   INTEGER
) STRICT;
INSERT INTO present (one) VALUES (1);
