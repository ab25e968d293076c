//! What becomes of secrets: rotated, used after their time, reported as leaked; on both databases.

use atelier_domain::ScopeSet;
use atelier_service::audit::AuditFilter;
use atelier_service::keys::{CreateKey, KeySecret, OpenedKey, ROTATION_OVERLAP};
use atelier_service::{Error, Who};
use atelier_testkit::people::{anonymous, with_key};
use atelier_testkit::{Bench, Person, on_both_databases};

on_both_databases! {
    a_rotated_secret_is_taken_until_its_overlap_is_over,
    a_secret_used_after_its_time_ends_the_whole_family,
    anyone_ends_a_key_of_which_they_hold_a_secret,
    what_is_no_key_or_ended_already_is_reported_in_vain,
}

async fn made(bench: &Bench, whose: &Person) -> OpenedKey {
    let key = CreateKey { description: "Uploads".into(), scopes: ScopeSet::ALL, ..CreateKey::default() };
    bench.service.create_key(&whose.who, &key).await.unwrap()
}

/// Whether the secret opens something.
async fn opens(bench: &Bench, secret: &KeySecret) -> bool {
    match bench.service.get_user(&with_key(secret.expose())).await {
        Ok(_) => true,
        Err(Error::Unauthenticated(_)) => false,
        Err(other) => panic!("{other:?}"),
    }
}

/// How many entries of this kind there are, once what happens beside requests has happened.
async fn audited(bench: &Bench, who: &Who, action: &str) -> usize {
    bench.service.finish().await;
    let filter = AuditFilter { action: Some(action.into()), ..AuditFilter::default() };
    bench.service.list_own_audit(who, &filter, 50).await.unwrap().entries.len()
}

async fn a_rotated_secret_is_taken_until_its_overlap_is_over(bench: Bench) {
    let ada = bench.person("ada").await;
    let first = made(&bench, &ada).await;
    let second = bench.service.rotate_key(&ada.who, first.key.id).await.unwrap().secret;
    bench.clock.advance(ROTATION_OVERLAP - 1);
    assert!(opens(&bench, &first.secret).await && opens(&bench, &second).await);
    bench.clock.advance(1);
    assert!(opens(&bench, &second).await, "nobody has used the first one yet");
}

/// ASVS 7.4.2.
async fn a_secret_used_after_its_time_ends_the_whole_family(bench: Bench) {
    let ada = bench.person("ada").await;
    let first = made(&bench, &ada).await;
    let second = bench.service.rotate_key(&ada.who, first.key.id).await.unwrap().secret;
    let third = bench.service.rotate_key(&ada.who, first.key.id).await.unwrap().secret;
    let other = made(&bench, &ada).await.secret;
    bench.clock.advance(ROTATION_OVERLAP);
    while bench.next_mail().await.is_some() {}
    // Several at once: it ends once, and is told once.
    for _ in 0..3 {
        assert!(!opens(&bench, &first.secret).await);
    }
    assert_eq!(audited(&bench, &ada.who, "key.reused").await, 1);
    assert!(!opens(&bench, &second).await && !opens(&bench, &third).await);
    assert!(opens(&bench, &other).await, "other keys of the person go on");
    let mail = bench.next_mail().await.unwrap();
    assert_eq!(mail.recipient, ada.email);
    assert!(mail.body.contains("`Uploads`") && !mail.body.contains(first.secret.expose()), "{}", mail.body);
    assert!(bench.next_mail().await.is_none());
}

/// ASVS 7.4.2.
async fn anyone_ends_a_key_of_which_they_hold_a_secret(bench: Bench) {
    let ada = bench.person("ada").await;
    for rotated in [false, true] {
        let first = made(&bench, &ada).await;
        let current = if rotated {
            bench.service.rotate_key(&ada.who, first.key.id).await.unwrap().secret
        } else {
            first.secret.clone()
        };
        while bench.next_mail().await.is_some() {}
        bench
            .service
            .report_leaked(&anonymous().origin, &format!("  {} \n", first.secret.expose()))
            .await
            .unwrap();
        assert!(!opens(&bench, &first.secret).await && !opens(&bench, &current).await);
        let mail = bench.next_mail().await.unwrap();
        assert!(mail.body.contains("has leaked"), "{}", mail.body);
    }
    assert_eq!(audited(&bench, &ada.who, "key.reported_leaked").await, 2);
}

async fn what_is_no_key_or_ended_already_is_reported_in_vain(bench: Bench) {
    let ada = bench.person("ada").await;
    let key = made(&bench, &ada).await;
    bench.service.revoke_key(&ada.who, key.key.id).await.unwrap();
    while bench.next_mail().await.is_some() {}
    let unknown = KeySecret::new(&[7; 29]);
    for text in ["", "hello", "atl_", unknown.expose(), key.secret.expose()] {
        bench.service.report_leaked(&anonymous().origin, text).await.unwrap();
    }
    assert!(bench.next_mail().await.is_none());
}
