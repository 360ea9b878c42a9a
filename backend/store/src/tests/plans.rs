//! Every statement of the crate is prepared and its query plan looked at: nothing hot walks a table or sorts.

use std::path::Path;

use sqlx::Row;

use super::store;

/// Statements that may walk a table or sort: what they read is small, or they run seldom. File and constant.
const COLD: &[&str] = &[
    "emails/sql.rs LAST_ID", // one row a table that counts
    "household.rs ADMINS",   // members are few
    "household.rs IS_EMPTY",
    "household.rs MEMBERS",
    "household.rs REMOVE_ACCOUNT", // a member goes
    "lists/tree.rs BLOCKS_OF",     // sorts one transaction's keys
    "lists/tree.rs ENSURE_ROOT",   // two values
    "mailboxes/sql.rs THREADS",    // a role passes
    "query/headers.rs CANDIDATES", // a header that no index knows
    "sources/sql.rs HOUSEHOLD",    // at start
    "tasks.rs WAITING",            // the metrics
];

/// Statements in the sources: (file and constant, SQL).
fn statements() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut found, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && name != "tests" && name != "verify" {
                folders.push(path);
            } else if name.ends_with(".rs")
                && !name.ends_with("tests.rs")
                && name != "verify.rs"
                && name != "query/build.rs"
            {
                found.extend(of_file(&name, &std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn of_file(name: &str, text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut constant = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\n']) {
        let (before, after) = rest.split_at(at);
        if let Some((_, decl)) = before.split_once("const ") {
            constant = decl.split(':').next().unwrap().to_owned();
        }
        rest = &after[1..];
        if after.starts_with('"') {
            let end = rest.find('"').unwrap_or(rest.len());
            let literal = &rest[..end];
            if ["SELECT ", "INSERT ", "UPDATE ", "DELETE "].iter().any(|verb| literal.starts_with(verb))
                && (literal.contains(" FROM ") || literal.contains("INTO ") || literal.contains(" SET "))
                && !literal.ends_with(' ')
            {
                found.push((format!("{name} {constant}"), literal.to_owned()));
            }
            rest = rest.get(end + 1..).unwrap_or_default();
        }
    }
    found
}

/// A step that costs the more the more there is.
fn is_walk(step: &str) -> bool {
    // json_each is asked by index 1; FTS5 by a rowid ("0:=") or a MATCH ("0:M…").
    let harmless =
        ["VIRTUAL TABLE INDEX 1:", "VIRTUAL TABLE INDEX 0:=", "VIRTUAL TABLE INDEX 0:M", "SCAN CONSTANT ROW"];
    // All Emails of an account, where a Thread's or a list's were meant.
    let whole_account = step.contains(" e ") && step.ends_with("(account_id=?)");
    whole_account
        || step.contains("TEMP B-TREE")
        || (step.starts_with("SCAN ") && !harmless.iter().any(|h| step.contains(h)))
}

#[tokio::test]
async fn no_hot_statement_walks_a_table_or_sorts() {
    let store = store().await;
    let mut r = store.read().await.unwrap();
    let statements = statements();
    assert!(statements.len() > 150, "only {} statements were found", statements.len());
    let mut walks = Vec::new();
    for (name, sql) in statements {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let rows = sqlx::raw_sql(explain).fetch_all(r.db()).await.unwrap_or_else(|e| panic!("{name}: {e}\n{sql}"));
        let steps: Vec<String> = rows.iter().map(|row| row.get::<String, _>(3)).collect();
        let mut bad: Vec<&String> = steps.iter().filter(|step| is_walk(step)).collect();
        if sql.contains("->>") && sql.starts_with("UPDATE") && !sql.contains(" IN (") {
            // The batch drives, the table is looked up: not the batch parsed again for each row of the table.
            bad.extend(steps.iter().take(1).filter(|step| !step.contains("VIRTUAL TABLE")));
        }
        if !bad.is_empty() && !COLD.contains(&name.as_str()) {
            walks.push(format!("{name}\n    {}", steps.join("\n    ")));
        }
    }
    assert!(walks.is_empty(), "\n{}", walks.join("\n"));
}
