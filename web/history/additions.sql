-- What was added after release 1.0.0, to new files and to those that it wrote. The version of the
-- file is the same: 1.0.0 opens it, and leaves these tables as they are. Besides, `present` has the
-- columns no_data: 0 no, 1 yes, 2 yes and acknowledged; storm_until_ms and no_data_until_ms: when an
-- acknowledgement by another program ends (milliseconds of boot alarm_boot_id), or NULL.

-- What happened, in words for people; the newest thousand. id is boot and time, as of samples.
CREATE TABLE IF NOT EXISTS events (
    id    INTEGER PRIMARY KEY,
    kind  TEXT NOT NULL,
    words TEXT NOT NULL
) STRICT;

-- Notices that wait to be sent, in their order. queued_id: boot and time, as of samples; target:
-- the name of what sends it; notice: JSON.
CREATE TABLE IF NOT EXISTS unsent_notices (
    queued_id INTEGER NOT NULL,
    target    TEXT NOT NULL,
    notice    TEXT NOT NULL
) STRICT;
