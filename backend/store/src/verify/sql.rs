//! SQL of the checks. Each of `CHECKS` returns one text a problem.

pub(super) const THREADS: &str = "SELECT id, emails FROM thread WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3";
pub(super) const COUNTS: &str = "SELECT id, total_emails, unread_emails, total_threads, unread_threads FROM mailbox
    WHERE account_id = $1";
pub(super) const ENTRIES: &str = "SELECT sort_key, thread_id FROM list_entry WHERE list_id = $1 AND kind = $2";
pub(super) const NODES: &str = "SELECT first, n FROM list_node WHERE list_id = $1 AND kind = $2 AND level = $3
    ORDER BY first";
pub(super) const LOOSE_BRANCHES: &str = "SELECT b.first FROM list_node b
    WHERE b.list_id = $1 AND b.kind = $2 AND b.level = 1 AND NOT EXISTS
        (SELECT 1 FROM list_node l WHERE l.list_id = $1 AND l.kind = $2 AND l.level = 0 AND l.first = b.first)";
pub(super) const BLOBS: &str = "SELECT blob, 'e' || id FROM email WHERE blob IS NOT NULL
    UNION ALL SELECT blob, 's' || id FROM submission WHERE stage NOT IN ('sent', 'canceled')
    UNION ALL SELECT blob, 'upload ' || id FROM upload";

/// Name and statement of each check that is one question.
pub(super) const CHECKS: &[(&str, &str)] = &[
    (
        "email without a mailbox",
        "SELECT 'e' || e.id FROM email e
        WHERE NOT EXISTS (SELECT 1 FROM placement p WHERE p.email_id = e.id)",
    ),
    (
        "email without a thread",
        "SELECT 'e' || e.id FROM email e LEFT JOIN thread t ON t.id = e.thread_id
        WHERE t.account_id IS NOT e.account_id",
    ),
    (
        "email without its row",
        "SELECT 'e' || e.id FROM email e LEFT JOIN email_row w ON w.email_id = e.id
        LEFT JOIN email_detail d ON d.email_id = e.id WHERE w.email_id IS NULL OR d.email_id IS NULL",
    ),
    (
        "row without its email",
        "SELECT 'e' || w.email_id FROM email_row w
        WHERE NOT EXISTS (SELECT 1 FROM email e WHERE e.id = w.email_id)
        UNION ALL SELECT 'e' || d.email_id FROM email_detail d
        WHERE NOT EXISTS (SELECT 1 FROM email e WHERE e.id = d.email_id)",
    ),
    (
        "sort key",
        "SELECT 'e' || id FROM email
        WHERE sort_key <> ((received_at / 1000) << 30 | id) OR received_at % 1000 <> 0",
    ),
    (
        "placement",
        "SELECT 'e' || p.email_id || ' in m' || p.mailbox_id FROM placement p
        LEFT JOIN email e ON e.id = p.email_id LEFT JOIN mailbox m ON m.id = p.mailbox_id
        WHERE e.id IS NULL OR m.id IS NULL OR m.account_id <> e.account_id OR m.source_id IS NOT e.source_id
            OR m.selectable = 0",
    ),
    (
        "ghost",
        "SELECT 'uid ' || g.uid || ' in m' || g.mailbox_id FROM ghost g
        LEFT JOIN mailbox m ON m.id = g.mailbox_id WHERE m.id IS NULL
        UNION ALL SELECT 'uid ' || g.uid || ' in m' || g.mailbox_id || ' is an email, too' FROM ghost g
        JOIN placement p ON p.mailbox_id = g.mailbox_id AND p.uid = g.uid",
    ),
    (
        "thread without an email",
        "SELECT 't' || t.id FROM thread t
        WHERE NOT EXISTS (SELECT 1 FROM email e WHERE e.thread_id = t.id)",
    ),
    (
        "list of nothing",
        "SELECT DISTINCT 'list ' || l.list_id FROM list_node l
        WHERE NOT EXISTS (SELECT 1 FROM mailbox m WHERE m.id = l.list_id)
            AND NOT EXISTS (SELECT 1 FROM account a WHERE a.id = -l.list_id)",
    ),
    (
        "search row",
        "SELECT 'e' || e.id || ' is not in the index' FROM email e
        WHERE NOT EXISTS (SELECT 1 FROM search_docsize s WHERE s.id = e.search_rowid)
        UNION ALL SELECT 'index row ' || s.id || ' is of no email' FROM search_docsize s
        WHERE NOT EXISTS (SELECT 1 FROM email e WHERE e.search_rowid = s.id)
        UNION ALL SELECT 'e' || id || ' is in the index of another account' FROM email
        WHERE search_rowid >> 50 <> account_id",
    ),
    (
        "unindexed counter",
        "SELECT 'a' || a.id FROM account a
        WHERE a.unindexed <> (SELECT count(*) FROM email e WHERE e.account_id = a.id AND e.indexed = 0)",
    ),
    (
        "change log",
        "SELECT 'a' || s.account_id || ' type ' || s.type FROM type_state s
        JOIN account a ON a.id = s.account_id
        WHERE s.seq > a.last_seq OR s.oldest > s.seq
            OR s.seq < coalesce((SELECT max(c.seq) FROM change c
                WHERE c.account_id = s.account_id AND c.type = s.type), 0)
            OR s.oldest > coalesce((SELECT min(c.seq) FROM change c
                WHERE c.account_id = s.account_id AND c.type = s.type), s.seq)
        UNION ALL SELECT 'a' || account_id || ' uses ' || seq || ' twice' FROM change
        GROUP BY account_id, seq HAVING count(*) > 1",
    ),
    (
        "mailbox tree",
        "SELECT 'm' || m.id FROM mailbox m LEFT JOIN mailbox p ON p.id = m.parent_id
        WHERE m.parent_id IS NOT NULL AND p.account_id IS NOT m.account_id
        UNION ALL SELECT 'm' || m.id || ' lies below itself' FROM mailbox m WHERE m.id IN (
            WITH RECURSIVE above (id, n) AS (SELECT m.parent_id, 1 UNION
                SELECT x.parent_id, n + 1 FROM mailbox x JOIN above ON x.id = above.id WHERE n < 100)
            SELECT id FROM above)",
    ),
    (
        "mailbox of no source",
        "SELECT 'm' || m.id FROM mailbox m LEFT JOIN source s ON s.id = m.source_id
        WHERE m.source_id IS NOT NULL AND s.account_id IS NOT m.account_id",
    ),
    (
        "role",
        "SELECT 'm' || m.id FROM mailbox m JOIN source s ON s.id = m.source_id
        WHERE m.role IS NOT CASE WHEN s.is_primary THEN m.source_role END",
    ),
    ("primary source", "SELECT 'a' || account_id FROM source GROUP BY account_id HAVING sum(is_primary) <> 1"),
    (
        "email of no source",
        "SELECT 'e' || e.id FROM email e LEFT JOIN source s ON s.id = e.source_id
        WHERE e.source_id IS NOT NULL AND s.account_id IS NOT e.account_id",
    ),
    (
        "task",
        "SELECT 'task ' || t.id FROM task t LEFT JOIN source s ON s.id = t.source_id
        WHERE s.account_id IS NOT t.account_id",
    ),
    (
        "submission",
        "SELECT 's' || s.id FROM submission s WHERE NOT EXISTS
        (SELECT 1 FROM account a WHERE a.id = s.account_id)",
    ),
    (
        "member",
        "SELECT 'u' || m.id FROM member m LEFT JOIN account a ON a.id = m.account_id WHERE a.id IS NULL
        UNION ALL SELECT 'a' || a.id || ' has no member' FROM account a
        WHERE NOT EXISTS (SELECT 1 FROM member m WHERE m.account_id = a.id)
        UNION ALL SELECT 'no administrator' WHERE EXISTS (SELECT 1 FROM member)
            AND NOT EXISTS (SELECT 1 FROM member WHERE is_admin = 1)",
    ),
    (
        "identity",
        "SELECT 'i' || i.id FROM identity i LEFT JOIN source s ON s.id = i.source_id
        WHERE i.source_id IS NOT NULL AND s.account_id IS NOT i.account_id",
    ),
    (
        "address book",
        "SELECT 'word ' || w.word FROM address_word w
        WHERE NOT EXISTS (SELECT 1 FROM address a WHERE a.id = w.address_id AND a.account_id = w.account_id)",
    ),
];
