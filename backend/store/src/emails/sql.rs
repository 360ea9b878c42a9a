//! SQL of the Emails.

pub(crate) const GET: &str = "SELECT e.id, e.thread_id, e.source_id, e.blob, e.size, e.received_at, e.sent_at,
        e.message_id, e.keywords, e.custom_keywords,
        (SELECT json_group_array(p.mailbox_id) FROM placement p WHERE p.email_id = e.id),
        e.has_attachment, w.preview, w.envelope, e.content_hash
    FROM json_each($1) i
    CROSS JOIN email e ON e.id = i.value
    CROSS JOIN email_row w ON w.email_id = e.id
    WHERE e.account_id = $2";
pub(crate) const DETAILS: &str = "SELECT d.email_id, d.structure, d.header FROM json_each($1) i
    CROSS JOIN email e ON e.id = i.value
    CROSS JOIN email_detail d ON d.email_id = e.id
    WHERE e.account_id = $2";
pub(crate) const PLACEMENTS: &str = "SELECT p.email_id, p.mailbox_id, p.uid FROM json_each($1) i
    CROSS JOIN placement p ON p.email_id = i.value
    CROSS JOIN email e ON e.id = p.email_id
    WHERE e.account_id = $2";
pub(crate) const GHOSTS: &str = "SELECT g.email_id, g.mailbox_id, g.uid FROM json_each($1) i
    CROSS JOIN ghost g ON g.email_id = i.value
    CROSS JOIN mailbox m ON m.id = g.mailbox_id
    WHERE m.account_id = $2";
pub(crate) const AWAITING: &str = "SELECT e.id, e.content_hash, e.message_id FROM placement p
    CROSS JOIN email e ON e.id = p.email_id
    WHERE p.mailbox_id = $1 AND p.uid IS NULL AND e.account_id = $2";
pub(crate) const BY_MESSAGE_ID: &str = "SELECT id FROM email
    WHERE account_id = $1 AND message_id = $2 AND message_id IS NOT NULL ORDER BY sort_key DESC LIMIT 20";
pub(crate) const BY_REMOTE_ID: &str = "SELECT id FROM email
    WHERE source_id = $1 AND remote_id = $2 AND remote_id IS NOT NULL AND account_id = $3 LIMIT 1";
pub(crate) const BY_CONTENT: &str = "SELECT e.content_hash, e.id FROM json_each($1) h
    CROSS JOIN email e ON e.account_id = $2 AND e.content_hash = unhex(h.value)
    WHERE EXISTS (SELECT 1 FROM placement p WHERE p.mailbox_id = $3 AND p.email_id = e.id)";
pub(crate) const PLACED: &str = "SELECT p.uid, e.id, e.keywords, e.custom_keywords, 0
    FROM mailbox m
    CROSS JOIN placement p ON p.mailbox_id = m.id AND p.uid IS NOT NULL
    CROSS JOIN email e ON e.id = p.email_id
    WHERE m.id = $1 AND m.account_id = $2
    UNION ALL SELECT g.uid, g.email_id, 0, NULL, 1 FROM mailbox m
    CROSS JOIN ghost g ON g.mailbox_id = m.id
    WHERE m.id = $1 AND m.account_id = $2";
pub(crate) const PLACED_AT: &str = "SELECT p.uid, e.id, e.keywords, e.custom_keywords, 0
    FROM mailbox m
    CROSS JOIN json_each($3) u
    CROSS JOIN placement p ON p.mailbox_id = m.id AND p.uid = u.value AND p.uid IS NOT NULL
    CROSS JOIN email e ON e.id = p.email_id
    WHERE m.id = $1 AND m.account_id = $2
    UNION ALL SELECT g.uid, g.email_id, 0, NULL, 1 FROM mailbox m
    CROSS JOIN json_each($3) u
    CROSS JOIN ghost g ON g.mailbox_id = m.id AND g.uid = u.value
    WHERE m.id = $1 AND m.account_id = $2";

// Inserting.
pub(crate) const OWN_MAILBOXES: &str = "SELECT id, source_id, selectable FROM mailbox WHERE account_id = $1";
pub(crate) const OWN_MAILBOX: &str = "SELECT source_id, selectable FROM mailbox WHERE id = $1 AND account_id = $2";
pub(crate) const THREADS_BY_KEY: &str = "SELECT k.value, t.id, t.emails FROM json_each($2) k
    CROSS JOIN thread t ON t.id =
        (SELECT max(x.id) FROM thread x WHERE x.account_id = $1 AND x.key = unhex(k.value))";
pub(crate) const NEW_THREAD: &str =
    "INSERT INTO thread (account_id, key, emails) SELECT $1, unhex(value), 0 FROM json_each($2)
    RETURNING id, lower(hex(key))";
pub(crate) const LAST_ID: &str = "SELECT seq FROM sqlite_sequence WHERE name = 'email'";
pub(crate) const LAST_TIE: &str = "SELECT b.value,
        (SELECT max(e.search_rowid) FROM email e WHERE e.search_rowid >= b.value AND e.search_rowid < b.value + $2)
    FROM json_each($1) b";
pub(crate) const INSERT: &str =
    "INSERT INTO email (id, account_id, source_id, thread_id, sort_key, received_at, sent_at,
        size, keywords, custom_keywords, has_attachment, indexed, search_rowid, sort_from, sort_to, sort_subject,
        message_id, remote_id, content_hash, blob)
    SELECT value->>0, $1, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8,
        value->>9, value->>10, value->>11, value->>12, value->>13, value->>14, value->>15, value->>16,
        unhex(value->>17), value->>18
    FROM jsonb_each($2)";
pub(crate) const INSERT_ROWS: &str = "INSERT INTO email_row (email_id, envelope, preview)
    SELECT value->>0, value->>1, value->>2 FROM jsonb_each($1)";
/// All headers come as one blob, so that none has to be encoded.
pub(crate) const INSERT_DETAILS: &str = "INSERT INTO email_detail (email_id, structure, header)
    SELECT value->>0, value->>1, substr($2, value->>2, value->>3) FROM jsonb_each($1)";
pub(crate) const INSERT_PLACEMENTS: &str = "INSERT INTO placement (mailbox_id, email_id, uid)
    SELECT value->>0, value->>1, value->>2 FROM jsonb_each($1) WHERE true
    ON CONFLICT (mailbox_id, email_id) DO UPDATE SET uid = coalesce(excluded.uid, uid)";
pub(crate) const INSERT_SEARCH: &str = "INSERT INTO search (rowid, sender, recipient, cc, bcc, subject, body, files)
    SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7 FROM jsonb_each($1)";

// Changing.
pub(crate) const FOR_CHANGE: &str =
    "SELECT e.id, e.thread_id, e.source_id, e.keywords, e.custom_keywords, e.search_rowid,
        e.indexed
    FROM json_each($1) i CROSS JOIN email e ON e.id = i.value WHERE e.account_id = $2";
pub(crate) const SET_KEYWORDS: &str = "UPDATE email SET keywords = d.bits, custom_keywords = d.custom
    FROM (SELECT value->>0 AS id, value->>1 AS bits, value->>2 AS custom FROM jsonb_each($1)) d
    WHERE email.id = d.id AND +email.account_id = $2";
pub(crate) const SET_BLOB: &str = "UPDATE email SET blob = $3 WHERE id = $2 AND account_id = $1";
pub(crate) const SET_REMOTE_ID: &str = "UPDATE email SET remote_id = $3 WHERE id = $2 AND account_id = $1";
pub(crate) const SET_SOURCE: &str =
    "UPDATE email SET source_id = $3, remote_id = NULL WHERE id = $2 AND account_id = $1";
pub(crate) const SET_INDEXED: &str = "UPDATE email SET indexed = 1
    WHERE indexed = 0 AND id IN (SELECT value FROM json_each($1))";

// Placing.
pub(crate) const FREE_UIDS: &str = "UPDATE placement SET uid = NULL
    WHERE mailbox_id = $1 AND uid IS NOT NULL AND uid IN (SELECT value->>2 FROM jsonb_each($2))";
pub(crate) const HAUNT: &str = "INSERT INTO ghost (mailbox_id, uid, email_id)
    SELECT p.mailbox_id, p.uid, p.email_id FROM json_each($1) i
    CROSS JOIN placement p ON p.email_id = i.value
    WHERE p.uid IS NOT NULL AND ($2 IS NULL OR p.mailbox_id NOT IN (SELECT value FROM json_each($2)))
    ON CONFLICT DO UPDATE SET email_id = excluded.email_id";
pub(crate) const UNPLACE_OTHERS: &str = "DELETE FROM placement
    WHERE email_id = $1 AND mailbox_id NOT IN (SELECT value FROM json_each($2))";
/// Back where its ghost is: under the UID that the server still knows.
pub(crate) const RETURN: &str = "INSERT INTO placement (mailbox_id, email_id, uid)
    SELECT m.value, $1, (SELECT max(g.uid) FROM ghost g WHERE g.mailbox_id = m.value AND g.email_id = $1)
    FROM json_each($2) m WHERE true ON CONFLICT (mailbox_id, email_id) DO NOTHING";
pub(crate) const EXORCISE: &str = "DELETE FROM ghost WHERE email_id = $1 AND EXISTS
    (SELECT 1 FROM placement p WHERE p.mailbox_id = ghost.mailbox_id AND p.uid = ghost.uid AND p.uid IS NOT NULL)";
pub(crate) const FORGET_GHOSTS: &str = "DELETE FROM ghost
    WHERE mailbox_id = $1 AND uid IN (SELECT value FROM json_each($2))";
pub(crate) const CLEAR_UIDS: &str = "UPDATE placement SET uid = NULL WHERE mailbox_id = $1 AND uid IS NOT NULL";
pub(crate) const CLEAR_GHOSTS: &str = "DELETE FROM ghost WHERE mailbox_id = $1";
pub(crate) const AT_UIDS: &str = "SELECT p.email_id FROM json_each($2) u
    CROSS JOIN placement p ON p.mailbox_id = $1 AND p.uid = u.value AND p.uid IS NOT NULL";
pub(crate) const UNMATCHED: &str = "SELECT email_id FROM placement
    WHERE mailbox_id = $1 AND uid IS NULL AND email_id NOT IN (SELECT value FROM json_each($2))";

// Removing.
pub(crate) const ALSO_ELSEWHERE: &str = "SELECT i.value FROM json_each($1) i
    WHERE EXISTS (SELECT 1 FROM placement p WHERE p.email_id = i.value AND p.mailbox_id <> $2)";
pub(crate) const UNPLACE: &str = "DELETE FROM placement
    WHERE mailbox_id = $1 AND email_id IN (SELECT value FROM json_each($2))";
pub(crate) const ERASE_SEARCH: &str = "DELETE FROM search WHERE rowid IN (SELECT value FROM json_each($1))";
/// What goes with Emails; `$1` is the ids.
pub(crate) const ERASE: &[&str] = &[
    "DELETE FROM placement WHERE email_id IN (SELECT value FROM json_each($1))",
    "DELETE FROM email_row WHERE email_id IN (SELECT value FROM json_each($1))",
    "DELETE FROM email_detail WHERE email_id IN (SELECT value FROM json_each($1))",
    "DELETE FROM email WHERE id IN (SELECT value FROM json_each($1))",
];

// Search.
pub(crate) const UNINDEXED: &str = "SELECT id FROM email
    WHERE account_id = $1 AND source_id = $2 AND indexed = 0 ORDER BY sort_key DESC LIMIT $3";
pub(crate) const UNINDEXED_COUNT: &str = "SELECT unindexed FROM account WHERE id = $1";
