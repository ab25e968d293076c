//! The chain of the audit list, on both databases.

use std::collections::BTreeSet;
use std::sync::Arc;

use atelier_domain::Timestamp;
use atelier_domain::id::AuditId;
use atelier_domain::time::HOUR;
use atelier_store::chain::{Link, digest};
use atelier_store::db::{FromRow, Row};
use atelier_store::queries::audit_chain::{self, LinkedRow};
use atelier_store::queries::{audit, users};
use atelier_store::{Backend, Result, Store, WriteTx};
use atelier_testkit::{Bench, on_both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

on_both_databases! {
    what_many_tell_at_once_is_one_chain,
    the_list_is_in_the_order_of_the_chain_whatever_clocks_say,
    what_is_given_back_hashes_as_it_was_written,
    entries_that_were_there_before_are_linked_once,
    what_is_not_written_is_not_told,
    whoever_serves_may_not_change_the_list,
}

/// Tells of `subject` in the list, as of `moment` microseconds after now.
fn tell(bench: &Bench, tx: &mut WriteTx, subject: &str, moment: i64, after: Option<&Value>) {
    let now = bench.now().plus(moment);
    let entry = audit::NewEntry {
        id: AuditId::new(now, &bench.service.world().salt()),
        app: None,
        actor_id: None,
        actor: "Ada",
        key: None,
        action: "app.changed",
        subject_id: None,
        subject,
        before: None,
        after,
        address: "127.0.0.1",
        user_agent: "test",
    };
    audit::add(tx, &entry, now);
}

/// The whole chain, which fits from one link to the next.
async fn chain(store: &Store) -> Vec<LinkedRow> {
    let mut tx = store.read().await.unwrap();
    let rows = audit_chain::linked_after(&mut tx, 0).await.unwrap();
    let mut last = Link::START;
    for row in &rows {
        last = last.followed_by(&digest(row.entry.as_ref().expect("the entry is there")));
        assert_eq!((row.position, row.hash.as_slice()), (last.position, last.hash.0.as_slice()));
    }
    assert_eq!(audit_chain::head(&mut tx).await.unwrap().unwrap_or(Link::START), last);
    assert!(audit_chain::unlinked(&mut tx, None).await.unwrap().is_empty());
    rows
}

fn subjects(rows: &[LinkedRow]) -> Vec<&str> {
    rows.iter().filter_map(|row| row.entry.as_ref()).map(|entry| entry.subject.as_str()).collect()
}

/// ASVS 16.4.2.
async fn what_many_tell_at_once_is_one_chain(bench: Bench) {
    let bench = Arc::new(bench);
    let writers: Vec<_> = (0..48)
        .map(|number| {
            let bench = bench.clone();
            tokio::spawn(async move {
                let mut tx = bench.service.store().write().await.unwrap();
                // Some lock something else before they tell, as operations do, and some two things in either order.
                let addresses: Vec<atelier_domain::Email> =
                    (0..number % 3).map(|n| format!("a{n}@example.org").parse().unwrap()).collect();
                users::lock_addresses(&mut tx, &addresses).await.unwrap();
                for part in 0..=number % 4 {
                    tell(&bench, &mut tx, &format!("{number}-{part}"), number % 7, None);
                }
                // Some give up, and leave no gap.
                if number % 6 != 0 {
                    tx.commit().await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let rows = chain(bench.service.store()).await;
    let told = subjects(&rows);
    let wanted: Vec<String> = (0..48)
        .filter(|number| number % 6 != 0)
        .flat_map(|number| (0..=number % 4).map(move |part| format!("{number}-{part}")))
        .collect();
    let set = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(set(&told), wanted.iter().cloned().collect());
    assert_eq!(told.len(), wanted.len());
    // What one transaction tells stays together and in order.
    for pair in told.windows(2) {
        let ((one, part), (other, next)) =
            (pair[0].split_once('-').unwrap(), pair[1].split_once('-').unwrap());
        let (part, next): (u8, u8) = (part.parse().unwrap(), next.parse().unwrap());
        assert!(if one == other { next == part + 1 } else { next == 0 }, "{told:?}");
    }
}

async fn the_list_is_in_the_order_of_the_chain_whatever_clocks_say(bench: Bench) {
    let other = Store::open(bench.url()).await.unwrap();
    for (number, (store, moment)) in
        [(bench.service.store(), 0), (&other, HOUR), (bench.service.store(), 0), (&other, -HOUR)]
            .iter()
            .enumerate()
    {
        let mut tx = store.write().await.unwrap();
        // Two at one moment as well.
        tell(&bench, &mut tx, &format!("{number}a"), *moment, None);
        tell(&bench, &mut tx, &format!("{number}b"), *moment, None);
        tx.commit().await.unwrap();
    }
    let rows = chain(&other).await;
    assert_eq!(subjects(&rows), ["0a", "0b", "1a", "1b", "2a", "2b", "3a", "3b"]);
    let ids: Vec<AuditId> = rows.iter().map(|row| row.entry_id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    let at: Vec<i64> =
        rows.iter().filter_map(|row| row.entry.as_ref()).map(|entry| entry.at.since(bench.now())).collect();
    assert_eq!(at, [0, 0, HOUR, HOUR, 0, 0, -HOUR, -HOUR], "the moments stay what each clock said");
}

async fn what_is_given_back_hashes_as_it_was_written(bench: Bench) {
    let store = bench.service.store();
    let numbers = [0.1, -0.0, 1.0, 1e19, 1.234_567_890_123_456_7e18, 1e21, 1e-7, 5e-324, f64::MAX, 0.1 + 0.2];
    let documents = [
        json!({ "zz": 1, "a": 2, "aa": { "b": [null, true, "x"], "a": {} } }),
        json!(numbers),
        json!([i64::MIN, i64::MAX, u64::MAX, 9_007_199_254_740_993_u64, 0, -1, 100]),
        json!((0..64).map(|n| f64::from_bits(0x3fb9_9999_9999_9999 + n)).collect::<Vec<_>>()),
        json!((0..64).map(|n| f64::from(n) / 3.0 * 1e-9).collect::<Vec<_>>()),
        json!(f32::MIN_POSITIVE),
        json!("\u{1} \" \\ / é 字 😀 \u{2028}"),
        json!({ "": "", "😀": 1, "\u{ffff}": 2 }),
        json!(null),
    ];
    let mut tx = store.write().await.unwrap();
    for document in &documents {
        tell(&bench, &mut tx, "numbers", 0, Some(document));
    }
    tx.commit().await.unwrap();
    let mut link = Link::START;
    for ((row, document), number) in chain(store).await.iter().zip(&documents).zip(0..) {
        let read = row.entry.as_ref().unwrap();
        let written = audit::AuditRow { after_state: Some(document.clone()), ..read.clone() };
        assert_eq!(digest(read), digest(&written), "{document}");
        let (id, at) = (AuditId(Uuid::from_u128(number)), Timestamp::from_micros(0));
        link = link.followed_by(&digest(&audit::AuditRow { id, at, ..read.clone() }));
    }
    // The same on both, and for as long as somebody keeps it.
    assert_eq!(link.to_string(), "9:e90887dccc3db372f76685ada185fc17d7b593f1b107592b0c5b1a5815a69db6");
}

async fn entries_that_were_there_before_are_linked_once(bench: Bench) {
    let store = bench.service.store();
    let mut tx = store.write().await.unwrap();
    for subject in ["c", "a", "b"] {
        tell(&bench, &mut tx, subject, 0, Some(&json!({ "b": 1.5, "a": 1 })));
    }
    tx.commit().await.unwrap();
    let before = chain(store).await;
    // As a list is that was written when there was no chain.
    take_off_triggers(store).await;
    run(store, "DELETE FROM audit_chain").await;
    let reopened = Store::open(bench.url()).await.unwrap();
    let after = chain(&reopened).await;
    let hashes = |rows: &[LinkedRow]| rows.iter().map(|row| row.hash.clone()).collect::<Vec<_>>();
    assert_eq!(hashes(&after), hashes(&before), "in the order of identifiers, which is that of the chain");
    // What is there without a link later is no earlier entry: nobody makes it look like one.
    run(store, "DELETE FROM audit_chain WHERE position = 2").await;
    let unlinked = async |store: &Store| {
        let mut tx = store.read().await.unwrap();
        audit_chain::unlinked(&mut tx, None).await.unwrap().len()
    };
    assert_eq!(unlinked(&Store::open(bench.url()).await.unwrap()).await, 1);
    let root = audit_chain::RootRow {
        day: bench.now(),
        position: 3,
        hash: vec![0; 32],
        public_key: vec![0; 32],
        signature: vec![0; 64],
    };
    let mut tx = store.write().await.unwrap();
    audit_chain::add_root(&mut tx, &root).await.unwrap();
    tx.commit().await.unwrap();
    run(store, "DELETE FROM audit_chain").await;
    assert_eq!(unlinked(&Store::open(bench.url()).await.unwrap()).await, 3);
}

async fn take_off_triggers(store: &Store) {
    let statements: &[&'static str] = match store.backend() {
        Backend::Sqlite => &["DROP TRIGGER audit_chain_is_never_deleted"],
        Backend::Postgres => &["ALTER TABLE audit_chain DISABLE TRIGGER ALL"],
    };
    for statement in statements {
        run(store, statement).await;
    }
}

async fn run(store: &Store, statement: &'static str) {
    let mut tx = store.write().await.unwrap();
    tx.execute(statement, &[]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn what_is_not_written_is_not_told(bench: Bench) {
    let store = bench.service.store();
    let mut tx = store.write().await.unwrap();
    tell(&bench, &mut tx, "with a NUL\0 in it", 0, None);
    assert!(tx.commit().await.is_err());
    let mut tx = store.write().await.unwrap();
    tell(&bench, &mut tx, "one", 0, None);
    tx.commit().await.unwrap();
    assert_eq!(subjects(&chain(store).await), ["one"]);
}

/// A privilege that somebody has.
struct Privilege(String);

impl FromRow for Privilege {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self(row.get("privilege")?))
    }
}

/// ASVS 16.4.2.
async fn whoever_serves_may_not_change_the_list(bench: Bench) {
    // SQLite knows no privileges: its triggers refuse.
    if bench.service.store().backend() == Backend::Postgres {
        let mut tx = bench.service.store().read().await.unwrap();
        for table in ["audit", "audit_chain", "audit_roots"] {
            let granted: Vec<Privilege> = tx
                .fetch_all(
                    "SELECT CAST(privilege_type AS TEXT) AS privilege FROM information_schema.table_privileges \
                     WHERE table_name = $1",
                    &[table.into()],
                )
                .await
                .unwrap();
            let granted: BTreeSet<&str> = granted.iter().map(|privilege| privilege.0.as_str()).collect();
            assert!(granted.is_superset(&BTreeSet::from(["SELECT", "INSERT"])), "{table}: {granted:?}");
            for refused in ["UPDATE", "DELETE", "TRUNCATE"] {
                assert!(!granted.contains(refused), "{table}: {granted:?}");
            }
        }
    }
}
