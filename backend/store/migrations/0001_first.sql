-- The first schema. Times are milliseconds since 1970 UTC, booleans 0 or 1, ids never reused (AUTOINCREMENT).
-- Rows that are written by the thousand carry no foreign keys: their module keeps them together and `verify` checks it.

CREATE TABLE household (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    last_seq  INTEGER NOT NULL DEFAULT 0,   -- the change log's counter
    unindexed INTEGER NOT NULL DEFAULT 0    -- emails whose body is not in the search index yet
) STRICT;

CREATE TABLE member (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL UNIQUE REFERENCES account (id),
    name       TEXT NOT NULL,
    email      TEXT NOT NULL UNIQUE,        -- lower-case
    password   TEXT NOT NULL,               -- argon2id, PHC string
    is_admin   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    settings   TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE session (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    member_id    INTEGER NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    token_hash   BLOB NOT NULL UNIQUE,
    user_agent   TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_member ON session (member_id, last_used_at);
CREATE INDEX session_age ON session (last_used_at);

CREATE TABLE app_password (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    member_id    INTEGER NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    label        TEXT NOT NULL,
    hash         BLOB NOT NULL UNIQUE,      -- HMAC under the household's key
    salt         BLOB NOT NULL,             -- SCRAM-SHA-256
    iterations   INTEGER NOT NULL,
    stored_key   BLOB NOT NULL,
    server_key   BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;
CREATE INDEX app_password_member ON app_password (member_id, id);

CREATE TABLE source (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id      INTEGER NOT NULL REFERENCES account (id),
    label           TEXT NOT NULL,
    email           TEXT NOT NULL,
    hue             INTEGER NOT NULL,
    is_primary      INTEGER NOT NULL,
    sort_order      INTEGER NOT NULL,
    config          TEXT NOT NULL,
    password        BLOB NOT NULL,          -- sealed
    paused          INTEGER NOT NULL DEFAULT 0,
    state           TEXT NOT NULL,
    state_detail    TEXT,
    last_checked_at INTEGER,
    next_try_at     INTEGER,
    container_id    INTEGER                 -- the Mailbox its folders hang below, unless primary
) STRICT;
CREATE UNIQUE INDEX source_label ON source (account_id, label);
CREATE UNIQUE INDEX source_primary ON source (account_id) WHERE is_primary = 1;

CREATE TABLE pop3_seen (
    source_id INTEGER NOT NULL,
    uidl      TEXT NOT NULL,
    email_id  INTEGER NOT NULL,
    seen_at   INTEGER NOT NULL,
    PRIMARY KEY (source_id, uidl)
) STRICT, WITHOUT ROWID;

CREATE TABLE mailbox (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id     INTEGER NOT NULL,
    source_id      INTEGER,
    parent_id      INTEGER,
    name           TEXT NOT NULL,
    role           TEXT,
    source_role    TEXT,
    sort_order     INTEGER NOT NULL DEFAULT 0,
    is_subscribed  INTEGER NOT NULL,
    selectable     INTEGER NOT NULL,
    remote_name    TEXT,
    total_emails   INTEGER NOT NULL DEFAULT 0,
    unread_emails  INTEGER NOT NULL DEFAULT 0,
    total_threads  INTEGER NOT NULL DEFAULT 0,
    unread_threads INTEGER NOT NULL DEFAULT 0,
    uid_validity   INTEGER NOT NULL DEFAULT 0,
    uid_next       INTEGER NOT NULL DEFAULT 0,
    highest_modseq INTEGER NOT NULL DEFAULT 0,
    cursor         TEXT
) STRICT;
CREATE UNIQUE INDEX mailbox_name ON mailbox (account_id, coalesce(parent_id, 0), name);
CREATE UNIQUE INDEX mailbox_role ON mailbox (account_id, role) WHERE role IS NOT NULL;
CREATE UNIQUE INDEX mailbox_remote ON mailbox (source_id, remote_name) WHERE remote_name IS NOT NULL;

CREATE TABLE thread (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL,
    key        BLOB NOT NULL,
    emails     INTEGER NOT NULL             -- how many; a full one is followed by another of the same key
) STRICT;
CREATE INDEX thread_key ON thread (account_id, key, id);

-- What filters, sorts and counts need, narrow on purpose.
CREATE TABLE email (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id      INTEGER NOT NULL,
    source_id       INTEGER,
    thread_id       INTEGER NOT NULL,
    sort_key        INTEGER NOT NULL,       -- received second << 30 | id: in order of time, one of a kind
    received_at     INTEGER NOT NULL,
    sent_at         INTEGER,
    size            INTEGER NOT NULL,
    keywords        INTEGER NOT NULL,       -- bits of the common ones
    custom_keywords TEXT,                   -- JSON array of the others
    has_attachment  INTEGER NOT NULL,
    indexed         INTEGER NOT NULL,       -- the body is in the search index
    search_rowid    INTEGER NOT NULL,
    sort_from       TEXT NOT NULL,
    sort_to         TEXT NOT NULL,
    sort_subject    TEXT NOT NULL,
    message_id      TEXT,
    remote_id       TEXT,
    content_hash    BLOB NOT NULL,
    blob            TEXT
) STRICT;
CREATE INDEX email_thread ON email (thread_id, sort_key);
CREATE INDEX email_newest ON email (account_id, sort_key, thread_id);
CREATE UNIQUE INDEX email_search ON email (search_rowid, id, thread_id);
CREATE INDEX email_message_id ON email (account_id, message_id, sort_key) WHERE message_id IS NOT NULL;
CREATE INDEX email_remote_id ON email (source_id, remote_id) WHERE remote_id IS NOT NULL;
CREATE INDEX email_content ON email (account_id, content_hash);
CREATE INDEX email_source ON email (account_id, source_id) WHERE source_id IS NOT NULL;
CREATE INDEX email_unindexed ON email (account_id, source_id, sort_key) WHERE indexed = 0;
CREATE INDEX email_flagged ON email (account_id, sort_key) WHERE (keywords & 2) <> 0;
CREATE INDEX email_blob ON email (blob) WHERE blob IS NOT NULL;

-- What a row on the screen shows.
CREATE TABLE email_row (
    email_id INTEGER PRIMARY KEY,
    envelope TEXT NOT NULL,
    preview  TEXT NOT NULL
) STRICT;

-- What an opened message needs.
CREATE TABLE email_detail (
    email_id  INTEGER PRIMARY KEY,
    structure TEXT NOT NULL,
    header    BLOB NOT NULL
) STRICT;

CREATE TABLE placement (
    mailbox_id INTEGER NOT NULL,
    email_id   INTEGER NOT NULL,
    uid        INTEGER,
    PRIMARY KEY (mailbox_id, email_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX placement_uid ON placement (mailbox_id, uid) WHERE uid IS NOT NULL;
CREATE INDEX placement_email ON placement (email_id, mailbox_id);

-- UIDs that were left or destroyed here while the server still has them.
CREATE TABLE ghost (
    mailbox_id INTEGER NOT NULL,
    uid        INTEGER NOT NULL,
    email_id   INTEGER NOT NULL,
    PRIMARY KEY (mailbox_id, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX ghost_email ON ghost (email_id, mailbox_id);

-- Lists: list_id is a mailbox, or -account for the union of its inboxes. kind 0 = every email, 1 = one a thread.
CREATE TABLE list_entry (
    list_id   INTEGER NOT NULL,
    kind      INTEGER NOT NULL,
    sort_key  INTEGER NOT NULL,             -- of the email; its low 30 bits are the email's id
    thread_id INTEGER NOT NULL,
    PRIMARY KEY (list_id, kind, sort_key)
) STRICT, WITHOUT ROWID;

-- Counted blocks over list_entry (level 0) and over those blocks (level 1): the rank of a row in a few reads.
CREATE TABLE list_node (
    list_id INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    level   INTEGER NOT NULL,
    first   INTEGER NOT NULL,               -- the lowest sort_key that belongs to it
    n       INTEGER NOT NULL,               -- entries below it
    PRIMARY KEY (list_id, kind, level, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE change (
    account_id INTEGER NOT NULL,
    type       INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    object     INTEGER NOT NULL,
    op         INTEGER NOT NULL,            -- 1 created, 2 updated, 3 destroyed, 4 only counts
    thread_id  INTEGER,                     -- of an email
    PRIMARY KEY (account_id, type, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE type_state (
    account_id INTEGER NOT NULL,
    type       INTEGER NOT NULL,
    seq        INTEGER NOT NULL,            -- the last change
    oldest     INTEGER NOT NULL,            -- the log is whole from here on
    PRIMARY KEY (account_id, type)
) STRICT, WITHOUT ROWID;

CREATE TABLE task (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL,
    source_id  INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    payload    TEXT NOT NULL,
    email_id   INTEGER,
    mailbox_id INTEGER,
    priority   INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL,
    error      TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX task_source ON task (source_id, priority, id);
CREATE INDEX task_time ON task (source_id, not_before);
CREATE INDEX task_email ON task (account_id, email_id) WHERE email_id IS NOT NULL;
CREATE INDEX task_mailbox ON task (account_id, mailbox_id) WHERE mailbox_id IS NOT NULL;

CREATE TABLE identity (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id     INTEGER NOT NULL,
    source_id      INTEGER,
    name           TEXT NOT NULL,
    email          TEXT NOT NULL,
    reply_to       TEXT,
    bcc            TEXT,
    text_signature TEXT NOT NULL,
    html_signature TEXT NOT NULL,
    may_delete     INTEGER NOT NULL
) STRICT;
CREATE INDEX identity_account ON identity (account_id, id);

CREATE TABLE submission (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id  INTEGER NOT NULL,
    identity_id INTEGER NOT NULL,
    email_id    INTEGER NOT NULL,
    thread_id   INTEGER NOT NULL,
    source_id   INTEGER,
    envelope    TEXT NOT NULL,
    send_at     INTEGER NOT NULL,
    stage       TEXT NOT NULL,
    blob        TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    delivery    TEXT NOT NULL,
    notes       TEXT NOT NULL,
    failure     TEXT,
    attempts    INTEGER NOT NULL DEFAULT 0,
    next_try_at INTEGER,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX submission_account ON submission (account_id, send_at);
CREATE INDEX submission_message ON submission (account_id, message_id);
CREATE INDEX submission_due ON submission (coalesce(next_try_at, send_at)) WHERE stage IN ('held', 'queued');
CREATE INDEX submission_stage ON submission (stage);
CREATE INDEX submission_blob ON submission (blob);

CREATE TABLE upload (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL,
    blob       TEXT NOT NULL,
    size       INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX upload_account ON upload (account_id, size);
CREATE INDEX upload_expiry ON upload (expires_at);
CREATE INDEX upload_blob ON upload (blob);

CREATE TABLE address (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL,
    email      TEXT NOT NULL,               -- lower-case
    name       TEXT,
    written    INTEGER NOT NULL,            -- letters to it
    seen       INTEGER NOT NULL,            -- letters it was seen in
    last_at    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX address_email ON address (account_id, email);
CREATE INDEX address_rank ON address (account_id, written, seen, last_at);

CREATE TABLE address_word (
    account_id INTEGER NOT NULL,
    word       TEXT NOT NULL,
    address_id INTEGER NOT NULL,
    PRIMARY KEY (account_id, word, address_id)
) STRICT, WITHOUT ROWID;

-- rowid = account << 50 | received second << 17 | tie: one account's rows lie together, in order of time.
CREATE VIRTUAL TABLE search USING fts5 (
    sender, recipient, cc, bcc, subject, body, files,
    content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2"
);
