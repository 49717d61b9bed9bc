-- One file, one writer, many readers. Station pressure as measured: offsets and sea level are a
-- matter of showing, so that a corrected altitude mends the whole history.

PRAGMA application_id = 0x5354524D;  -- "STRM": this file is ours
PRAGMA user_version = 2;

CREATE TABLE samples (
    taken_at_ms         INTEGER PRIMARY KEY,  -- Unix milliseconds, UTC
    pressure_pa         INTEGER NOT NULL,
    temperature_centi_c INTEGER
);

-- Each change of level, so that the curve can be marked where one was raised.
CREATE TABLE levels (
    changed_at_ms INTEGER PRIMARY KEY,
    level         INTEGER NOT NULL
);

-- What the pages show of this moment; one row, kept in step with the newest sample. outage: why
-- no sample comes. remark: what is to be said of a sensor that reads.
CREATE TABLE present (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    outlook_json TEXT,
    outage       TEXT NOT NULL DEFAULT '',
    remark       TEXT NOT NULL DEFAULT ''
);
INSERT INTO present (one) VALUES (1);
