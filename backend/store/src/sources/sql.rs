//! SQL of the Sources.

pub(super) const ALL: &str = "SELECT * FROM source WHERE account_id = $1";
pub(super) const HOUSEHOLD: &str = "SELECT * FROM source ORDER BY id";
pub(super) const GET: &str = "SELECT * FROM source WHERE id = $2 AND account_id = $1";
pub(super) const PASSWORD: &str = "SELECT password FROM source WHERE id = $2 AND account_id = $1";
pub(super) const CONTAINER: &str = "SELECT container_id FROM source WHERE id = $2 AND account_id = $1";
pub(super) const INSERT: &str = "INSERT INTO source
    (account_id, label, email, hue, is_primary, sort_order, config, password, state)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'fresh') RETURNING id";
pub(super) const UPDATE: &str = "UPDATE source SET label = coalesce($3, label), email = coalesce($4, email),
    hue = coalesce($5, hue), sort_order = coalesce($6, sort_order), config = coalesce($7, config),
    password = coalesce($8, password), paused = coalesce($9, paused) WHERE id = $2 AND account_id = $1";
pub(super) const SET_PRIMARY: &str = "UPDATE source SET is_primary = $3 WHERE id = $2 AND account_id = $1";
pub(super) const SET_CONTAINER: &str = "UPDATE source SET container_id = $3 WHERE id = $2 AND account_id = $1";
pub(super) const OWN_MAILBOX: &str = "UPDATE mailbox SET source_id = $2 WHERE id = $1";
pub(super) const SET_HEALTH: &str = "UPDATE source SET state = $3, state_detail = $4,
        last_checked_at = coalesce($5, last_checked_at), next_try_at = $6
    WHERE id = $2 AND account_id = $1 AND (state IS NOT $3 OR state_detail IS NOT $4
        OR last_checked_at IS NOT coalesce($5, last_checked_at) OR next_try_at IS NOT $6)";
pub(super) const EMAILS: &str = "SELECT id FROM email WHERE account_id = $1 AND source_id = $2 LIMIT $3";
/// What else goes with a Source; `$1` is its id.
pub(super) const DESTROY: &[&str] = &[
    "DELETE FROM task WHERE source_id = $1",
    "DELETE FROM pop3_seen WHERE source_id = $1",
    "DELETE FROM source WHERE id = $1",
];
pub(super) const POP3_SEEN: &str = "SELECT s.uidl, s.email_id, s.seen_at FROM json_each($2) u
    CROSS JOIN pop3_seen s ON s.source_id = $1 AND s.uidl = u.value";
pub(super) const POP3_REMEMBER: &str = "INSERT INTO pop3_seen (source_id, uidl, email_id, seen_at)
    SELECT $1, value->>0, value->>1, value->>2 FROM jsonb_each($2) WHERE true
    ON CONFLICT (source_id, uidl) DO UPDATE SET email_id = excluded.email_id";
pub(super) const POP3_FORGET: &str = "DELETE FROM pop3_seen WHERE source_id = $1
    AND uidl NOT IN (SELECT value FROM json_each($2))";
