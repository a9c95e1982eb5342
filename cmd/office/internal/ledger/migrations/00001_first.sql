-- +goose Up
CREATE TABLE county (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    code       TEXT NOT NULL,
    name       TEXT NOT NULL,
    synthetic  INTEGER NOT NULL DEFAULT 0 CHECK (synthetic IN (0, 1)),
    created_at TEXT NOT NULL
) STRICT;

-- One row is one version of one document. The newest version is the current one; older ones say which replaced them.
CREATE TABLE source (
    id            INTEGER PRIMARY KEY,
    dataset       TEXT NOT NULL,
    name          TEXT NOT NULL,
    sha256        TEXT NOT NULL,
    row_count     INTEGER NOT NULL,
    amount_fen    INTEGER NOT NULL,
    received_at   TEXT NOT NULL,
    superseded_by INTEGER REFERENCES source (id)
) STRICT;
CREATE UNIQUE INDEX source_current ON source (dataset, name) WHERE superseded_by IS NULL;

-- The 64-bit hash of every reference of a current source, so that 5 million of them stay small and go in sorted.
CREATE TABLE ref (
    hash   INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES source (id)
) STRICT;

CREATE TABLE edition (
    number       INTEGER PRIMARY KEY,
    as_of        TEXT NOT NULL,
    published_at TEXT NOT NULL,
    digest       TEXT NOT NULL,
    inputs       TEXT NOT NULL,
    row_count    INTEGER NOT NULL
) STRICT;

-- What the laws found wrong with an edition; it was published nevertheless, and people can ask about it.
CREATE TABLE finding (
    edition INTEGER NOT NULL REFERENCES edition (number),
    law     TEXT NOT NULL,
    subject TEXT NOT NULL,
    words   TEXT NOT NULL
) STRICT;
CREATE INDEX finding_edition ON finding (edition);

-- The query points that got an enrolment.
CREATE TABLE kiosk (
    number      INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    place       TEXT NOT NULL,
    enrolled_at TEXT NOT NULL
) STRICT;

-- +goose Down
DROP TABLE kiosk;
DROP TABLE finding;
DROP TABLE edition;
DROP TABLE ref;
DROP TABLE source;
DROP TABLE county;
