-- The tables of version 4 of the state, as a wikimop of that version made them: this file never changes.
CREATE TABLE plans (
    id TEXT PRIMARY KEY, created TEXT NOT NULL, header BLOB NOT NULL, sha256 TEXT, items INTEGER NOT NULL DEFAULT 0,
    origin TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE items (
    plan TEXT NOT NULL REFERENCES plans, seq INTEGER NOT NULL, step TEXT NOT NULL, key TEXT NOT NULL,
    pageid INTEGER, title TEXT NOT NULL, blocked TEXT, line BLOB NOT NULL,
    PRIMARY KEY (plan, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX items_by_key ON items (plan, step, key);
CREATE INDEX items_by_page ON items (plan, pageid);
CREATE TABLE runs (
    id TEXT PRIMARY KEY, plan TEXT NOT NULL UNIQUE REFERENCES plans, state TEXT NOT NULL, created TEXT NOT NULL,
    ended TEXT, user TEXT NOT NULL, reason TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE results (
    run TEXT NOT NULL REFERENCES runs, seq INTEGER NOT NULL, state TEXT NOT NULL, code TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '', logid INTEGER, batch INTEGER, tries INTEGER NOT NULL DEFAULT 0, at TEXT NOT NULL, facts BLOB, kept BLOB,
    PRIMARY KEY (run, seq)
) WITHOUT ROWID;
CREATE INDEX results_by_state ON results (run, state);
CREATE TABLE batches (
    run TEXT NOT NULL REFERENCES runs, batch INTEGER NOT NULL, step TEXT NOT NULL, newest_logid INTEGER NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (run, batch)
) WITHOUT ROWID;
CREATE TABLE commits (number INTEGER NOT NULL);
PRAGMA user_version = 5;
CREATE TABLE found (
    run TEXT NOT NULL REFERENCES runs, seq INTEGER NOT NULL, n INTEGER NOT NULL, step TEXT NOT NULL, key TEXT NOT NULL,
    line BLOB NOT NULL, state TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (run, seq, n)
) WITHOUT ROWID;
CREATE UNIQUE INDEX found_by_key ON found (run, step, key);
CREATE INDEX found_by_state ON found (run, step, state);
