//! Both databases do the same: every test here runs on each.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use atelier_domain::id::{AuditId, UserId};
use atelier_domain::{Email, Timestamp};
use atelier_store::Error;
use atelier_store::queries::{audit, audit_chain, mails, users};
use atelier_testkit::{Bench, on_both_databases};
use uuid::Uuid;

on_both_databases! {
    a_dropped_transaction_leaves_nothing,
    many_writers_at_once_all_get_on_disk,
    whoever_leaves_in_the_middle_of_writing_keeps_nobody_else_from_it,
    whoever_leaves_while_a_snapshot_begins_leaves_nothing_open,
    a_snapshot_does_not_see_what_is_written_after_it,
    slugs_that_differ_in_case_are_the_same,
    an_address_is_proved_by_one_person_only,
    audit_entries_are_never_changed_or_deleted,
    a_mail_is_taken_once,
}

async fn add_user(bench: &Bench, slug: &str) -> Result<UserId, Error> {
    let id = UserId::new(bench.now(), &bench.service.world().salt());
    let mut tx = bench.service.store().write().await?;
    let user = users::NewUser { id, slug, name: slug, password_hash: Some("-") };
    users::insert(&mut tx, &user, bench.now()).await?;
    tx.commit().await?;
    Ok(id)
}

async fn a_dropped_transaction_leaves_nothing(bench: Bench) {
    let store = bench.service.store();
    {
        let mut tx = store.write().await.unwrap();
        let id = UserId::new(bench.now(), &bench.service.world().salt());
        let user = users::NewUser { id, slug: "ada", name: "Ada", password_hash: Some("-") };
        users::insert(&mut tx, &user, bench.now()).await.unwrap();
    }
    add_user(&bench, "bo").await.unwrap();
    let mut tx = store.read().await.unwrap();
    assert!(users::by_slug(&mut tx, "ada").await.unwrap().is_none());
    assert!(users::by_slug(&mut tx, "bo").await.unwrap().is_some());
}

async fn many_writers_at_once_all_get_on_disk(bench: Bench) {
    let bench = std::sync::Arc::new(bench);
    let writers: Vec<_> = (0..64)
        .map(|n| {
            let bench = bench.clone();
            tokio::spawn(async move {
                // Every fourth gives up half-way; the others must not notice.
                if n % 4 == 0 {
                    let mut tx = bench.service.store().write().await.unwrap();
                    let id = UserId::new(bench.now(), &bench.service.world().salt());
                    let slug = format!("lost-{n}");
                    let user = users::NewUser { id, slug: &slug, name: "Lost", password_hash: Some("-") };
                    users::insert(&mut tx, &user, bench.now()).await.unwrap();
                } else {
                    add_user(&bench, &format!("user-{n}")).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let mut tx = bench.service.store().read().await.unwrap();
    for n in 0..64 {
        let kept = users::by_slug(&mut tx, &format!("user-{n}")).await.unwrap();
        assert_eq!(kept.is_some(), n % 4 != 0, "user-{n}");
        assert!(users::by_slug(&mut tx, &format!("lost-{n}")).await.unwrap().is_none());
    }
}

/// Asks for something and leaves after so many steps of it; without them, if it is done before.
async fn leave_after<T>(steps: usize, asked: impl Future<Output = T>) {
    let mut asked = pin!(asked);
    let mut taken = 0;
    poll_fn(|context| {
        taken += 1;
        let is_done = asked.as_mut().poll(context).is_ready();
        if is_done || taken == steps { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Whoever asks may hang up, and is then not answered any further, wherever that is.
async fn whoever_leaves_in_the_middle_of_writing_keeps_nobody_else_from_it(bench: Bench) {
    for steps in 1..=40 {
        leave_after(steps, add_user(&bench, &format!("left-{steps}"))).await;
        add_user(&bench, &format!("stayed-{steps}")).await.unwrap();
    }
}

/// A connection on which a snapshot had begun for nobody would give the next one who writes a transaction that only reads.
async fn whoever_leaves_while_a_snapshot_begins_leaves_nothing_open(bench: Bench) {
    for round in 0..24 {
        leave_after(1 + round % 2, bench.service.store().read()).await;
        // The connection goes back to the others beside this.
        tokio::time::sleep(Duration::from_millis(3)).await;
        add_user(&bench, &format!("stayed-{round}")).await.unwrap();
    }
}

async fn a_snapshot_does_not_see_what_is_written_after_it(bench: Bench) {
    let mut snapshot = bench.service.store().read().await.unwrap();
    assert!(users::by_slug(&mut snapshot, "ada").await.unwrap().is_none());
    add_user(&bench, "ada").await.unwrap();
    assert!(users::by_slug(&mut snapshot, "ada").await.unwrap().is_none());
    drop(snapshot);
    let mut later = bench.service.store().read().await.unwrap();
    assert!(users::by_slug(&mut later, "ada").await.unwrap().is_some());
}

async fn slugs_that_differ_in_case_are_the_same(bench: Bench) {
    add_user(&bench, "ada").await.unwrap();
    assert!(matches!(add_user(&bench, "Ada").await, Err(Error::Duplicate)));
}

async fn an_address_is_proved_by_one_person_only(bench: Bench) {
    let (ada, bo) = (add_user(&bench, "ada").await.unwrap(), add_user(&bench, "bo").await.unwrap());
    let address: Email = "ada@example.org".parse().unwrap();
    let now = bench.now();
    let mut tx = bench.service.store().write().await.unwrap();
    users::add_address(&mut tx, ada, &address, true, now).await.unwrap();
    users::add_address(&mut tx, bo, &address, true, now).await.unwrap();
    assert!(users::verify_address(&mut tx, ada, &address, now).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = bench.service.store().write().await.unwrap();
    assert!(matches!(users::verify_address(&mut tx, bo, &address, now).await, Err(Error::Duplicate)));
    drop(tx);
    let mut tx = bench.service.store().read().await.unwrap();
    let owner = users::by_verified_address(&mut tx, &address).await.unwrap().unwrap();
    assert_eq!(owner.id, ada);
    assert_eq!(owner.email.as_deref(), Some("ada@example.org"));
}

/// ASVS 16.4.2.
async fn audit_entries_are_never_changed_or_deleted(bench: Bench) {
    let state = serde_json::json!({ "scopes": ["Apps_Get"] });
    let entry = audit::NewEntry {
        id: AuditId::new(bench.now(), &bench.service.world().salt()),
        app: None,
        actor_id: None,
        actor: "Ada",
        key: None,
        action: "app.created",
        subject_id: None,
        subject: "street-signs",
        before: None,
        after: Some(&state),
        address: "127.0.0.1",
        user_agent: "test",
    };
    let mut tx = bench.service.store().write().await.unwrap();
    audit::add(&mut tx, &entry, bench.now());
    let root = audit_chain::RootRow {
        day: bench.now(),
        position: 1,
        hash: vec![0; 32],
        public_key: vec![0; 32],
        signature: vec![0; 64],
    };
    assert!(audit_chain::add_root(&mut tx, &root).await.unwrap());
    assert!(!audit_chain::add_root(&mut tx, &root).await.unwrap(), "a day has one root");
    tx.commit().await.unwrap();
    for statement in [
        "UPDATE audit SET actor = 'Bo'",
        "DELETE FROM audit",
        "UPDATE audit_chain SET position = 2",
        "DELETE FROM audit_chain",
        "UPDATE audit_roots SET position = 2",
        "DELETE FROM audit_roots",
    ] {
        let mut tx = bench.service.store().write().await.unwrap();
        assert!(tx.execute(statement, &[]).await.is_err(), "{statement}");
    }
}

async fn a_mail_is_taken_once(bench: Bench) {
    let now = bench.now();
    let later = now.plus(1_000);
    let mut tx = bench.service.store().write().await.unwrap();
    mails::insert(&mut tx, Uuid::from_u128(1), "ada@example.org", "Hello", "Text", now).await.unwrap();
    let taken = mails::take_due(&mut tx, now, later).await.unwrap().unwrap();
    assert_eq!((taken.recipient.as_str(), taken.attempts), ("ada@example.org", 1));
    assert!(mails::take_due(&mut tx, now, later).await.unwrap().is_none());
    assert!(mails::take_due(&mut tx, later, Timestamp::from_micros(i64::MAX)).await.unwrap().is_some());
    mails::sent(&mut tx, taken.id, later).await.unwrap();
    let end = Timestamp::from_micros(i64::MAX);
    assert!(mails::take_due(&mut tx, end, end).await.unwrap().is_none());
    tx.commit().await.unwrap();
}
