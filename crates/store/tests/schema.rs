//! Both databases have the same schema: tables, columns, keys, indexes and checks, said in the same words.

use std::collections::BTreeSet;

use atelier_store::db::{FromRow, Row};
use atelier_store::{Result, Store};
use atelier_testkit::{Bench, Database};

/// One thing that a database's catalogue says of its schema.
struct Fact(String);

impl FromRow for Fact {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self(row.get("fact")?))
    }
}

/// What SQLite's catalogue says; checks it keeps only in the text of its tables. For words it has tables of its own making,
/// where PostgreSQL has a column that makes itself.
const SQLITE: [&str; 5] = [
    "SELECT 'column ' || m.name || ' ' || c.name || ' ' || c.type || \
     CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN ' not null' ELSE '' END AS fact \
     FROM sqlite_master m JOIN pragma_table_info(m.name) c \
     WHERE m.type = 'table' AND m.name <> '_sqlx_migrations' AND m.name NOT LIKE 'sqlite_%' \
     AND substr(m.name, 1, 11) <> 'input_words'",
    "SELECT m.name || ' primary key ' || (SELECT group_concat(k.name, ', ') FROM \
     (SELECT c.name FROM pragma_table_info(m.name) c WHERE c.pk > 0 ORDER BY c.pk) k) AS fact \
     FROM sqlite_master m \
     WHERE m.type = 'table' AND m.name <> '_sqlx_migrations' AND m.name NOT LIKE 'sqlite_%' \
     AND substr(m.name, 1, 11) <> 'input_words'",
    "SELECT m.name || ' unique ' || (SELECT group_concat(k.name, ', ') FROM \
     (SELECT i.name FROM pragma_index_info(l.name) i ORDER BY i.seqno) k) AS fact \
     FROM sqlite_master m JOIN pragma_index_list(m.name) l \
     WHERE m.type = 'table' AND m.name <> '_sqlx_migrations' AND l.origin = 'u' \
     AND substr(m.name, 1, 11) <> 'input_words'",
    "SELECT k.name || ' foreign key ' || group_concat(k.\"from\", ', ') || ' references ' || k.\"table\" || ' ' || \
     group_concat(k.\"to\", ', ') || \
     CASE k.on_delete WHEN 'NO ACTION' THEN '' ELSE ' on delete ' || k.on_delete END AS fact FROM \
     (SELECT m.name, f.* FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f \
     WHERE m.type = 'table' AND m.name <> '_sqlx_migrations' ORDER BY m.name, f.id, f.seq) k GROUP BY k.name, k.id",
    "SELECT sql AS fact FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
];

/// The text of SQLite's tables.
const SQLITE_TABLES: &str = "SELECT sql AS fact FROM sqlite_master \
     WHERE type = 'table' AND name <> '_sqlx_migrations' AND name NOT LIKE 'sqlite_%' \
     AND substr(name, 1, 11) <> 'input_words'";

/// SQLite's tables that do not hold their columns to the types declared.
const SQLITE_LAX: &str = "SELECT name AS fact FROM pragma_table_list \
     WHERE type = 'table' AND strict = 0 AND name <> '_sqlx_migrations' AND name NOT LIKE 'sqlite_%'";

/// What PostgreSQL's catalogue says, its types in SQLite's words. Two of them are checks in SQLite: truth values and
/// JSON documents.
const POSTGRES: [&str; 4] = [
    "SELECT CAST('column ' || table_name || ' ' || column_name || ' ' || CASE data_type \
     WHEN 'uuid' THEN 'blob' WHEN 'bytea' THEN 'blob' WHEN 'bigint' THEN 'integer' WHEN 'boolean' THEN 'integer' \
     WHEN 'jsonb' THEN 'text' WHEN 'double precision' THEN 'real' ELSE data_type END || \
     CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END AS TEXT) AS fact \
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations' \
     AND is_generated = 'NEVER'",
    "SELECT CAST(table_name || ' check ' || CASE data_type WHEN 'jsonb' THEN 'json_valid(' || column_name || ')' \
     ELSE column_name || ' in (0, 1)' END AS TEXT) AS fact \
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations' \
     AND data_type IN ('jsonb', 'boolean')",
    "SELECT CAST(t.relname || ' ' || pg_get_constraintdef(c.oid) AS TEXT) AS fact \
     FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = c.connamespace \
     WHERE n.nspname = 'public' AND t.relname <> '_sqlx_migrations' AND c.contype IN ('p', 'u', 'f', 'c')",
    "SELECT i.indexdef AS fact FROM pg_indexes i \
     WHERE i.schemaname = 'public' AND i.tablename <> '_sqlx_migrations' AND i.indexname <> 'input_words' \
     AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)",
];

async fn ask(store: &Store, sql: &'static str) -> Vec<String> {
    let mut tx = store.read().await.expect("a snapshot");
    let facts: Vec<Fact> = tx.fetch_all(sql, &[]).await.expect("the catalogue can be read");
    facts.into_iter().map(|fact| fact.0).collect()
}

/// The same words for the same thing. Without parentheses, since PostgreSQL sets more of them than anyone wrote.
fn plainly(fact: &str) -> String {
    let mut fact = fact.to_lowercase();
    for (theirs, ours) in [
        ("::text", ""),
        ("using btree", ""),
        ("public.", ""),
        ("\"", ""),
        ("= any", " in "),
        ("array[", " "),
        ("]", " "),
        ("(", " "),
        (")", " "),
    ] {
        fact = fact.replace(theirs, ours);
    }
    fact.split_whitespace().collect::<Vec<_>>().join(" ").replace(" ,", ",")
}

/// The checks in the text of a table, each with the table's name.
fn checks(table: &str) -> Vec<String> {
    let name = table.split_whitespace().nth(2).expect("CREATE TABLE names its table");
    let conditions = table.split("CHECK ").skip(1).map(|rest| {
        let mut open = 0;
        let end = rest.find(|c: char| {
            open += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            open == 0
        });
        &rest[..end.expect("its parentheses are closed")]
    });
    conditions.map(|condition| format!("{name} check {condition}")).collect()
}

#[test]
fn both_databases_have_the_same_schema() {
    Bench::run(Database::Sqlite, |bench| async move {
        // All of it, or its folder would be gone before the database is asked.
        let bench = bench;
        let store = bench.service.store();
        let (mut sqlite, mut postgres) = (BTreeSet::new(), BTreeSet::new());
        for sql in SQLITE {
            sqlite.extend(ask(store, sql).await.iter().map(|fact| plainly(fact)));
        }
        for table in ask(store, SQLITE_TABLES).await {
            sqlite.extend(checks(&table).iter().map(|fact| plainly(fact)));
        }
        assert!(ask(store, SQLITE_LAX).await.is_empty(), "SQLite holds every column to its type");

        let other = Bench::open(Database::Postgres).await;
        for sql in POSTGRES {
            postgres.extend(ask(other.service.store(), sql).await.iter().map(|fact| plainly(fact)));
        }
        // Two catalogues that could not be read would agree as well.
        for known in [
            "column grants user_id blob",
            "email_addresses primary key user_id, address",
            "inputs unique app_id, slug",
            "annotations foreign key input_id references inputs id on delete cascade",
            "concept_relations foreign key app_id, object references concepts app_id, slug on delete cascade",
            "create unique index users_slug on users lower slug",
            "create index mails_due on mails due_at where sent_at is null",
            "grants check state in 'pending', 'active', 'ended'",
            "grants check state <> 'pending' or address is not null and expires_at is not null",
        ] {
            assert!(sqlite.contains(known), "{known}");
        }
        // SQLite, of which one writes at a time, counts up and down; PostgreSQL keeps what each statement changed.
        for facts in [&mut sqlite, &mut postgres] {
            facts.retain(|fact| !fact.contains("_tallies"));
        }
        let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| -> Vec<String> {
            one.difference(other).cloned().collect()
        };
        assert_eq!(only(&sqlite, &postgres), Vec::<String>::new(), "only SQLite has these");
        assert_eq!(only(&postgres, &sqlite), Vec::<String>::new(), "only PostgreSQL has these");
    });
}
