//! Verifying the audit list: whatever somebody does to it with the database in their hands is found.

use std::collections::BTreeSet;

use atelier_domain::id::AuditId;
use atelier_domain::time::{DAY, HOUR};
use atelier_domain::{Hex, Preset, Timestamp};
use atelier_service::audit::{AuditKey, Expected, LinkedRow, Root, Verified, Wanted};
use atelier_service::{Service, World};
use atelier_store::chain::{Link, digest};
use atelier_store::db::Param;
use atelier_store::queries::audit_chain;
use atelier_store::{Backend, Store};
use atelier_testkit::sharing::{edit, invite, make_app, street_signs};
use atelier_testkit::{Bench, SeededEntropy, on_both_databases};
use uuid::Uuid;

on_both_databases! {
    a_list_that_nobody_touched_is_as_it_was_written,
    every_changed_column_of_every_entry_is_found,
    every_removed_entry_is_found,
    every_exchange_of_two_entries_is_found,
    an_entry_that_was_added_past_the_chain_is_found,
    every_changed_link_is_found,
    links_that_were_made_anew_are_told_by_a_signed_root,
    roots_that_were_changed_are_found,
    the_end_of_the_chain_is_signed_once_a_day,
    of_two_servers_one_signs,
    what_was_done_to_the_list_is_found_by_whoever_signs,
    what_is_wanted_is_given_out_in_the_order_of_the_chain,
}

/// The place of the last entry of [`history`].
const LAST: i64 = 12;

/// A list of some length, and what stands against it being changed taken off.
async fn history(bench: &Bench) -> Vec<LinkedRow> {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let app = street_signs(bench, &ada).await;
    let grant = invite(bench, &ada.who, &app, &bo.email, Preset::Worker.scopes()).await;
    bench.clock.advance(1);
    for preset in [Preset::Viewer, Preset::Reviewer, Preset::Worker] {
        let row =
            bench.service.edit_collaborator(&ada.who, &app, &edit(&grant, preset.scopes())).await.unwrap();
        assert_eq!(row.scopes, preset.scopes());
    }
    make_app(bench, &ada, "tea").await;
    let rows = rows(bench).await;
    let statements: &[&'static str] = match bench.service.store().backend() {
        Backend::Sqlite => &[
            "DROP TRIGGER audit_is_never_changed",
            "DROP TRIGGER audit_is_never_deleted",
            "DROP TRIGGER audit_chain_is_never_changed",
            "DROP TRIGGER audit_chain_is_never_deleted",
            "DROP TRIGGER audit_roots_is_never_changed",
            "DROP TRIGGER audit_roots_is_never_deleted",
        ],
        Backend::Postgres => &[
            "ALTER TABLE audit DISABLE TRIGGER ALL",
            "ALTER TABLE audit_chain DISABLE TRIGGER ALL",
            "ALTER TABLE audit_roots DISABLE TRIGGER ALL",
        ],
    };
    for statement in statements {
        run(bench, statement, &[]).await;
    }
    for statement in [
        "CREATE TABLE kept_audit AS SELECT * FROM audit",
        "CREATE TABLE kept_chain AS SELECT * FROM audit_chain",
    ] {
        run(bench, statement, &[]).await;
    }
    rows
}

async fn rows(bench: &Bench) -> Vec<LinkedRow> {
    let mut tx = bench.service.store().read().await.unwrap();
    audit_chain::linked_after(&mut tx, 0).await.unwrap()
}

async fn run(bench: &Bench, sql: &'static str, params: &[Param<'_>]) -> u64 {
    let mut tx = bench.service.store().write().await.unwrap();
    let touched = tx.execute(sql, params).await.unwrap();
    tx.commit().await.unwrap();
    touched
}

/// Makes the list what it was.
async fn restore(bench: &Bench) {
    let mut tx = bench.service.store().write().await.unwrap();
    for statement in [
        "DELETE FROM audit",
        "DELETE FROM audit_chain",
        "INSERT INTO audit SELECT * FROM kept_audit",
        "INSERT INTO audit_chain SELECT * FROM kept_chain",
    ] {
        tx.execute(statement, &[]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn verify(bench: &Bench, expected: &Expected) -> Verified {
    bench.service.verify_audit(expected).await.unwrap()
}

/// What is wrong with the list, in sentences.
async fn faults(bench: &Bench) -> Vec<String> {
    sentences(&verify(bench, &Expected::default()).await)
}

fn sentences(verified: &Verified) -> Vec<String> {
    assert_eq!(verified.found.more, 0);
    verified.found.faults.iter().map(ToString::to_string).collect()
}

/// Exactly these faults, by how they begin.
#[track_caller]
fn assert_told(faults: &[String], beginnings: &[String], case: &str) {
    let fit = |(fault, beginning): (&String, &String)| fault.starts_with(beginning.as_str());
    assert!(
        faults.len() == beginnings.len() && faults.iter().zip(beginnings).all(fit),
        "{case}: {faults:#?} are {beginnings:#?}"
    );
}

async fn a_list_that_nobody_touched_is_as_it_was_written(bench: Bench) {
    assert!(verify(&bench, &Expected::default()).await.found.is_nothing(), "an empty list is no fault");
    let rows = history(&bench).await;
    let verified = verify(&bench, &Expected::default()).await;
    assert_eq!(sentences(&verified), Vec::<String>::new());
    assert_eq!((verified.count, verified.head.map(|head| head.position)), (12, Some(LAST)));
    assert!(verified.last_root.is_none());
    let kept =
        |row: &LinkedRow| Link { position: row.position, hash: Hex(row.hash.as_slice().try_into().unwrap()) };
    let expected = Expected { kept: rows.iter().map(kept).collect(), ..Expected::default() };
    assert!(verify(&bench, &expected).await.found.is_nothing());
    // What tampering tests do to make it what it was.
    restore(&bench).await;
    assert!(faults(&bench).await.is_empty());
}

/// ASVS 16.4.2.
async fn every_changed_column_of_every_entry_is_found(bench: Bench) {
    let changes = [
        "UPDATE audit SET at = at + 1 WHERE id = $1",
        "UPDATE audit SET app_id = $2 WHERE id = $1",
        "UPDATE audit SET actor_id = $2 WHERE id = $1",
        "UPDATE audit SET actor = actor || '.' WHERE id = $1",
        "UPDATE audit SET key_id = $2 WHERE id = $1",
        "UPDATE audit SET action = action || '.' WHERE id = $1",
        "UPDATE audit SET subject_id = $2 WHERE id = $1",
        "UPDATE audit SET subject = subject || '.' WHERE id = $1",
        "UPDATE audit SET before_state = '{\"forged\": true}' WHERE id = $1",
        "UPDATE audit SET after_state = '{\"forged\": true}' WHERE id = $1",
        "UPDATE audit SET address = address || '.' WHERE id = $1",
        "UPDATE audit SET user_agent = user_agent || '.' WHERE id = $1",
    ];
    for row in history(&bench).await {
        let params = [Param::from(row.entry_id), Param::from(Uuid::from_u128(7))];
        for change in changes {
            let count = if change.contains("$2") { 2 } else { 1 };
            assert_eq!(run(&bench, change, &params[..count]).await, 1);
            let told = format!("entry {} was changed; it says now: `", row.position);
            assert_told(&faults(&bench).await, &[told], change);
            restore(&bench).await;
        }
        assert_eq!(run(&bench, "UPDATE audit SET id = $2 WHERE id = $1", &params).await, 1);
        let beginnings =
            [format!("entry {} was removed: {}", row.position, row.entry_id), "an entry has no link".into()];
        assert_told(&faults(&bench).await, &beginnings, "another identifier");
        restore(&bench).await;
    }
}

/// ASVS 16.4.2.
async fn every_removed_entry_is_found(bench: Bench) {
    for row in history(&bench).await {
        let (place, id) = (row.position, [Param::from(row.entry_id)]);
        run(&bench, "DELETE FROM audit WHERE id = $1", &id).await;
        assert_told(&faults(&bench).await, &[format!("entry {place} was removed: ")], "its link is left");

        run(&bench, "DELETE FROM audit_chain WHERE entry_id = $1", &id).await;
        // That the last one is gone is told by a root only.
        let gone = (place < LAST).then(|| format!("entry {place} was removed, or at least its link"));
        assert_told(&faults(&bench).await, gone.as_slice(), "with its link");
        restore(&bench).await;

        run(&bench, "DELETE FROM audit_chain WHERE entry_id = $1", &id).await;
        let beginnings: Vec<String> = gone.into_iter().chain(["an entry has no link".into()]).collect();
        assert_told(&faults(&bench).await, &beginnings, "its link alone");
        restore(&bench).await;

        // The others take its place.
        run(&bench, "DELETE FROM audit WHERE id = $1", &id).await;
        run(&bench, "DELETE FROM audit_chain WHERE entry_id = $1", &id).await;
        for next in place + 1..=LAST {
            let places = [Param::from(next), Param::from(next - 1)];
            run(&bench, "UPDATE audit_chain SET position = $2 WHERE position = $1", &places).await;
        }
        let faults = faults(&bench).await;
        assert_eq!(faults.is_empty(), place == LAST, "{place}: {faults:#?}");
        restore(&bench).await;
    }
    run(&bench, "DELETE FROM audit WHERE at > $1", &[Param::from(0)]).await;
    assert_eq!(faults(&bench).await.len(), 12);
    restore(&bench).await;
    run(&bench, "DELETE FROM audit_chain WHERE position BETWEEN 3 AND 5", &[]).await;
    let unlinked = "an entry has no link".to_owned();
    let gap = "entries 3 to 5 were removed, or at least their links".to_owned();
    assert_told(&faults(&bench).await, &[gap, unlinked.clone(), unlinked.clone(), unlinked], "several");
}

/// ASVS 16.4.2.
async fn every_exchange_of_two_entries_is_found(bench: Bench) {
    let rows = history(&bench).await;
    for (one, other) in (1..=LAST).flat_map(|one| (one + 1..=LAST).map(move |other| (one, other))) {
        let id = |place: i64| rows[usize::try_from(place - 1).unwrap()].entry_id;
        let moved = |from: i64, to: i64| format!("the order was changed: entry {from} belongs at {to}: ");
        // Which of them each link links.
        let set = "UPDATE audit_chain SET entry_id = $2 WHERE position = $1";
        for (place, entry) in [(one, AuditId(Uuid::nil())), (other, id(one)), (one, id(other))] {
            run(&bench, set, &[place.into(), entry.into()]).await;
        }
        let case = format!("{one} and {other}");
        assert_told(&faults(&bench).await, &[moved(other, one), moved(one, other)], &case);
        restore(&bench).await;
        // Where each link stands.
        let set = "UPDATE audit_chain SET position = $2 WHERE position = $1";
        for (from, to) in [(one, 0), (other, one), (0, other)] {
            run(&bench, set, &[from.into(), to.into()]).await;
        }
        assert_told(&faults(&bench).await, &[moved(other, one), moved(one, other)], &case);
        restore(&bench).await;
        // What each of them says.
        let set = "UPDATE audit SET id = $2 WHERE id = $1";
        for (from, to) in
            [(id(one), AuditId(Uuid::nil())), (id(other), id(one)), (AuditId(Uuid::nil()), id(other))]
        {
            run(&bench, set, &[from.into(), to.into()]).await;
        }
        let changed = [one, other].map(|place| format!("entry {place} was changed; it says now: "));
        assert_told(&faults(&bench).await, &changed, &case);
        restore(&bench).await;
    }
    run(&bench, "UPDATE audit_chain SET position = -1 WHERE position = 4", &[]).await;
    let beginnings = [
        "the order was changed: a link says that it is at -1, and stands after 0".to_owned(),
        "entry 4 was removed, or at least its link".to_owned(),
    ];
    assert_told(&faults(&bench).await, &beginnings, "where none can be");
}

/// ASVS 16.4.2.
async fn an_entry_that_was_added_past_the_chain_is_found(bench: Bench) {
    history(&bench).await;
    let add = "INSERT INTO audit SELECT $1, at, app_id, actor_id, 'Cy', key_id, action, subject_id, subject, \
               before_state, after_state, address, user_agent FROM kept_audit LIMIT 1";
    for id in [0, 7, u128::MAX] {
        let touched = run(&bench, add, &[Uuid::from_u128(id).into()]).await;
        assert_eq!(touched, 1);
        let told = faults(&bench).await;
        assert_told(&told, &["an entry has no link: it was added past the chain".into()], "added");
        assert!(told[0].contains("by `Cy`"), "{told:?}");
        restore(&bench).await;
    }
    // With a link whose hash does not fit.
    run(&bench, add, &[Uuid::from_u128(7).into()]).await;
    let link = "INSERT INTO audit_chain (position, entry_id, hash) SELECT 13, $1, hash FROM kept_chain WHERE position = 12";
    run(&bench, link, &[Uuid::from_u128(7).into()]).await;
    assert_told(&faults(&bench).await, &["entry 13 was changed; it says now: ".into()], "linked anyhow");
}

/// ASVS 16.4.2.
async fn every_changed_link_is_found(bench: Bench) {
    for row in history(&bench).await {
        let place = row.position;
        for hash in [[7; 32].as_slice(), &[0; 32], &[7; 31], &[]] {
            let params = [Param::from(place), Param::from(hash)];
            run(&bench, "UPDATE audit_chain SET hash = $2 WHERE position = $1", &params).await;
            // Of the last one nobody can say which of the two was changed.
            let what = if place == LAST { "entry" } else { "the link of entry" };
            let told = format!("{what} {place} was changed");
            assert_told(&faults(&bench).await, &[told], "its hash");
            restore(&bench).await;
        }
    }
}

/// Makes the links from `from` on anew, so that they fit one another.
async fn forge(bench: &Bench, from: i64) {
    let mut last = Link::START;
    for row in rows(bench).await {
        let link = last.followed_by(&digest(row.entry.as_ref().unwrap()));
        if row.position >= from {
            let params = [Param::from(link.position), Param::from(&link.hash.0)];
            run(bench, "UPDATE audit_chain SET hash = $2 WHERE position = $1", &params).await;
        }
        last = link;
    }
}

fn key(seed: u8) -> AuditKey {
    AuditKey::new(&Hex([seed; 32]))
}

/// Signs the end of a list, whether it is as it was written or not.
async fn sign(bench: &Bench, seed: u8) -> Option<Root> {
    bench.service.sign_audit_root(&key(seed)).await.unwrap().map(|signed| signed.root)
}

/// ASVS 16.4.2.
async fn links_that_were_made_anew_are_told_by_a_signed_root(bench: Bench) {
    let rows = history(&bench).await;
    let root = sign(&bench, 1).await.unwrap();
    assert_eq!(root.link.position, LAST);
    let ours = Expected { keys: BTreeSet::from([key(1).public()]), ..Expected::default() };
    for row in rows {
        run(&bench, "UPDATE audit SET subject = 'Nobody' WHERE id = $1", &[row.entry_id.into()]).await;
        forge(&bench, row.position).await;
        let verified = verify(&bench, &ours).await;
        let told = "the signed root of 2026-01-01 says 12:".to_owned();
        assert_told(&sentences(&verified), &[told], "made anew");
        restore(&bench).await;
        // And from an end on, the entries are gone.
        run(&bench, "DELETE FROM audit WHERE id >= $1", &[row.entry_id.into()]).await;
        run(&bench, "DELETE FROM audit_chain WHERE position >= $1", &[row.position.into()]).await;
        let told = sentences(&verify(&bench, &ours).await);
        let end = row.position - 1;
        assert!(
            matches!(told.as_slice(), [one] if one.ends_with(&format!(
                "the chain ends at {end}: the last entries were removed with their links"
            ))),
            "{told:?}"
        );
        restore(&bench).await;
    }
    assert!(verify(&bench, &ours).await.found.is_nothing());

    // Whoever also makes the root anew needs the key, and what was kept elsewhere tells of it without any.
    run(&bench, "UPDATE audit SET subject = 'Nobody' WHERE id = (SELECT entry_id FROM audit_chain WHERE position = 5)", &[])
        .await;
    forge(&bench, 5).await;
    run(&bench, "DELETE FROM audit_roots", &[]).await;
    assert!(verify(&bench, &ours).await.found.is_nothing(), "nothing in the database tells of it now");
    let kept = Expected { kept: vec![root.link], ..Expected::default() };
    let told = sentences(&verify(&bench, &kept).await);
    assert_told(&told, &["the root that was kept elsewhere says 12:".into()], "kept elsewhere");
    sign(&bench, 2).await.unwrap();
    let told = sentences(&verify(&bench, &ours).await);
    assert_told(
        &told,
        &["the root of 2026-01-01 is signed with a key that is not known".into()],
        "another key",
    );
}

async fn roots_that_were_changed_are_found(bench: Bench) {
    history(&bench).await;
    let before = sign(&bench, 1).await.unwrap();
    let changes: [(&'static str, &'static str); 5] = [
        ("UPDATE audit_roots SET position = 11", "the root of 2026-01-01 was changed"),
        (
            "UPDATE audit_roots SET hash = (SELECT hash FROM audit_chain WHERE position = 11)",
            "the root of 2026-01-01 was",
        ),
        ("UPDATE audit_roots SET public_key = hash", "the root of 2026-01-01 was changed"),
        ("UPDATE audit_roots SET signature = hash", "the root of 2026-01-01 was changed"),
        ("UPDATE audit_roots SET day = day + 86400000000", "the root of 2026-01-02 was changed"),
    ];
    for (change, told) in changes {
        assert_eq!(run(&bench, change, &[]).await, 1);
        assert_told(&faults(&bench).await, &[told.to_owned()], change);
        run(&bench, "DELETE FROM audit_roots", &[]).await;
        assert_eq!(sign(&bench, 1).await, Some(before));
    }
    assert!(faults(&bench).await.is_empty());
}

/// ASVS 16.4.2.
async fn the_end_of_the_chain_is_signed_once_a_day(bench: Bench) {
    let sign = async || sign(&bench, 1).await;
    assert_eq!(sign().await, None, "there is nothing to sign");
    let ada = bench.person("ada").await;
    let noon = bench.now();
    let first = sign().await.unwrap();
    let midnight = Timestamp::from_micros(noon.micros() - noon.micros() % DAY);
    assert_eq!(first.day, midnight);
    assert!(first.is_genuine());
    make_app(&bench, &ada, "tea").await;
    for later in [0, 11 * HOUR] {
        bench.clock.advance(later);
        assert_eq!(sign().await, None, "once a day");
    }
    bench.clock.advance(HOUR);
    let second = sign().await.unwrap();
    assert_eq!((second.day, second.link.position), (midnight.plus(DAY), first.link.position + 1));
    // Though nothing happened: what did not happen is signed as well.
    bench.clock.advance(3 * DAY);
    let third = sign().await.unwrap();
    assert_eq!((third.day, third.link), (midnight.plus(4 * DAY), second.link));
    // A clock that was put back finds its day signed.
    bench.clock.advance(-3 * DAY);
    assert_eq!(sign().await, None);
    assert_eq!(bench.service.audit_roots().await.unwrap(), [first, second, third]);
    let verified = verify(&bench, &Expected::default()).await;
    assert_eq!((sentences(&verified), verified.last_root), (Vec::new(), Some(third)));
}

/// ASVS 16.4.2.
async fn of_two_servers_one_signs(bench: Bench) {
    bench.person("ada").await;
    let other = Service::new(
        Store::open(bench.url()).await.unwrap(),
        bench.service.objects().clone(),
        World::new(bench.clock.clone(), SeededEntropy::default()),
        "https://atelier.test",
    );
    for day in 1..=5 {
        let (one, key_one, key_other) = (&bench.service, key(1), key(2));
        let (one, other) = tokio::join!(one.sign_audit_root(&key_one), other.sign_audit_root(&key_other));
        let signed = [one.unwrap(), other.unwrap()].into_iter().flatten().map(|signed| signed.root);
        let signed: Vec<Root> = signed.collect();
        assert_eq!(signed.len(), 1);
        let roots = bench.service.audit_roots().await.unwrap();
        assert_eq!((roots.len(), roots.last()), (day, signed.first()));
        bench.clock.advance(DAY);
    }
}

async fn what_was_done_to_the_list_is_found_by_whoever_signs(bench: Bench) {
    history(&bench).await;
    let found = async || bench.service.sign_audit_root(&key(1)).await.unwrap().unwrap().found;
    assert!(found().await.is_nothing());
    bench.clock.advance(DAY);
    run(&bench, "UPDATE audit SET actor = 'Nobody' WHERE actor <> 'Bo'", &[]).await;
    forge(&bench, 1).await;
    let told: Vec<String> = found().await.faults.iter().map(ToString::to_string).collect();
    assert_told(&told, &["the signed root of 2026-01-01 says 12:".into()], "made anew since");
}

async fn what_is_wanted_is_given_out_in_the_order_of_the_chain(bench: Bench) {
    history(&bench).await;
    let places = async |wanted: Wanted| {
        let mut export = bench.service.export_audit(wanted).await.unwrap();
        let mut places = Vec::new();
        loop {
            let rows = export.next().await.unwrap();
            if rows.is_empty() {
                return places;
            }
            places.extend(rows.iter().map(|row| row.position));
        }
    };
    assert_eq!(places(Wanted::default()).await, (1..=LAST).collect::<Vec<_>>());
    let app = |name: &str| Some(("ada".to_owned(), name.to_owned()));
    let signs = places(Wanted { app: app("street-signs"), ..Wanted::default() }).await;
    let tea = places(Wanted { app: app("tea"), ..Wanted::default() }).await;
    assert_eq!((signs.len(), tea.as_slice()), (5, [LAST].as_slice()), "{signs:?}");
    let now = bench.now();
    assert_eq!(places(Wanted { from: Some(now.plus(1)), ..Wanted::default() }).await, [0; 0]);
    let since = places(Wanted { from: Some(now), ..Wanted::default() }).await;
    let until = places(Wanted { until: Some(now), ..Wanted::default() }).await;
    assert!(!since.is_empty() && !until.is_empty());
    assert_eq!([until, since].concat(), (1..=LAST).collect::<Vec<_>>());
    let unknown = bench.service.export_audit(Wanted { app: app("coffee"), ..Wanted::default() }).await;
    assert!(matches!(unknown, Err(atelier_service::Error::NotFound)));
}
