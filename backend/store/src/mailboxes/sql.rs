//! SQL of the Mailboxes.

pub(super) const ALL: &str = "SELECT * FROM mailbox WHERE account_id = $1";
pub(super) const GET: &str = "SELECT * FROM mailbox WHERE id = $2 AND account_id = $1";
pub(super) const BY_ROLE: &str = "SELECT * FROM mailbox WHERE account_id = $1 AND role = $2 AND role IS NOT NULL";
pub(super) const COUNT: &str = "SELECT count(*) FROM mailbox WHERE account_id = $1";
pub(super) const SIBLINGS: &str = "SELECT name FROM mailbox
    WHERE account_id = $1 AND coalesce(parent_id, 0) = $2 AND id <> $3";
pub(super) const CHILDREN: &str = "SELECT count(*) FROM mailbox WHERE account_id = $1 AND coalesce(parent_id, 0) = $2";
pub(super) const OWNER: &str = "SELECT is_primary, container_id FROM source WHERE account_id = $1 AND id = $2";
pub(super) const INSERT: &str = "INSERT INTO mailbox (account_id, source_id, parent_id, name, role, source_role,
        sort_order, is_subscribed, selectable, remote_name)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id";
pub(super) const UPDATE: &str = "UPDATE mailbox SET parent_id = $3, name = $4, sort_order = $5, is_subscribed = $6,
    selectable = $7, remote_name = $8 WHERE id = $2 AND account_id = $1";
pub(super) const REPARENT: &str = "UPDATE mailbox SET parent_id = $3, name = $4 WHERE id = $2 AND account_id = $1";
pub(super) const SET_ROLES: &str = "UPDATE mailbox SET role = $3, source_role = $4 WHERE id = $2 AND account_id = $1";
pub(super) const EMAILS: &str = "SELECT email_id FROM placement WHERE mailbox_id = $1 LIMIT $2";
pub(super) const THREADS: &str = "SELECT DISTINCT e.thread_id FROM placement p
    CROSS JOIN email e ON e.id = p.email_id WHERE p.mailbox_id = $1";
pub(super) const SET_REMOTE: &str = "UPDATE mailbox SET uid_validity = $3, uid_next = $4, highest_modseq = $5,
    cursor = $6 WHERE id = $2 AND account_id = $1";
/// A Mailbox without Emails; `$1` is its id.
pub(super) const DESTROY: &[&str] = &[
    "DELETE FROM ghost WHERE mailbox_id = $1",
    "DELETE FROM list_node WHERE list_id = $1",
    "DELETE FROM mailbox WHERE id = $1",
];
