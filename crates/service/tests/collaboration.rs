//! Sharing an app, scope by scope: the story of the product, on both databases, with everything that is refused.

use atelier_domain::closure::closed;
use atelier_domain::time::{DAY, SECOND};
use atelier_domain::{Below, Endpoint, Preset, Scope, ScopeSet};
use atelier_service::audit::AuditFilter;
use atelier_service::collaborators::{AddCollaborators, EditCollaborator, Filter, GrantRow, Invitee, PEOPLE};
use atelier_service::{AppName, Error, Who};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::people::{PASSWORD, with_key};
use atelier_testkit::sharing::{edit, invitation, invite, join, people, street_signs};
use atelier_testkit::{Bench, on_both_databases};

on_both_databases! {
    the_story_of_ada_bo_cy_and_di,
    nobody_gives_more_than_they_have,
    an_invitation_waits_for_the_address_that_was_invited,
    an_invitation_is_taken_up_once_and_only_by_its_address,
    only_the_last_link_of_an_invitation_counts_and_only_in_time,
    what_the_inviter_lost_meanwhile_is_not_given,
    an_automatic_token_narrows_and_ends_with_its_grant,
    people_who_cannot_be_added_are_each_told_why,
    what_stands_against_people_is_told_beforehand_and_no_more,
    what_cannot_be_given_is_told_and_changes_nothing,
    an_invitation_that_expired_is_sent_again_and_taken_up_once,
    the_list_is_filtered_and_paged_at_once,
    two_editors_at_once_notice_each_other,
    an_end_date_ends_access,
    strangers_find_nothing,
    a_deleted_app_is_gone_and_can_be_restored,
}

const VIEW: Endpoint = Endpoint::ViewApp;

async fn the_story_of_ada_bo_cy_and_di(bench: Bench) {
    let service = &bench.service;
    let (ada, bo, di) = (bench.person("ada").await, bench.person("bo").await, bench.person("di").await);
    let app = street_signs(&bench, &ada).await;
    let worker = Preset::Worker.scopes();
    let bo_grant = invite(&bench, &ada.who, &app, &bo.email, worker).await;
    invite(&bench, &ada.who, &app, "cy@example.org", worker).await;

    // Bo finds the app, but may not invite.
    let shared = service.list_collaborations(&bo.who, None, 10).await.unwrap().apps;
    assert_eq!(shared.len(), 1);
    assert_eq!((shared[0].slug.as_str(), shared[0].scopes), ("street-signs", worker));
    let refused = service.add_collaborators(&bo.who, &app, &invitation(&di.email, worker)).await.unwrap_err();
    let (missing, explanation) = forbidden(refused);
    assert!(missing.contains(Scope::CollaboratorsAdd));
    assert!(explanation.contains("Ada could give it to you"), "{explanation}");

    // Ada widens him; he invites Di with less than he has, and cannot give her more.
    let wider = worker.union(closed(ScopeSet::of(&[Scope::CollaboratorsAdd])));
    service.edit_collaborator(&ada.who, &app, &edit(&bo_grant, wider)).await.unwrap();
    let more = invitation(&di.email, worker.with(Scope::AnnotationsDelete));
    let (missing, explanation) =
        forbidden(service.add_collaborators(&bo.who, &app, &more).await.unwrap_err());
    assert_eq!(missing, ScopeSet::of(&[Scope::AnnotationsDelete]));
    assert!(explanation.ends_with("`Annotations_Delete`; Ada could give it to you"), "{explanation}");
    let di_grant = invite(&bench, &bo.who, &app, &di.email, worker).await;
    assert_eq!(di_grant.parent_id, Some(bo_grant.id));
    let wider_for_di = edit(&di_grant, worker.with(Scope::InputsDelete));
    assert!(service.edit_collaborator(&bo.who, &app, &wider_for_di).await.is_err());

    // Ada narrows Bo: the preview says that Di narrows with him, and so it is at the very next request.
    let looks_only = closed(ScopeSet::of(&[Scope::AnnotationsGet, Scope::CollaboratorsAdd]));
    let preview = service.preview_edit(&ada.who, &app, &edit(&bo_grant, looks_only)).await.unwrap();
    assert_eq!((preview.lines.len(), preview.people_narrowed), (2, 1));
    assert!(
        service.get_app(&di.who, &app, VIEW).await.unwrap().1.permit.scopes().contains(Scope::AnnotationsAdd)
    );
    service.edit_collaborator(&ada.who, &app, &edit(&bo_grant, looks_only)).await.unwrap();
    let di_now = service.get_app(&di.who, &app, VIEW).await.unwrap().1.permit.scopes();
    assert!(!di_now.contains(Scope::AnnotationsAdd));
    assert!(di_now.is_subset(looks_only));

    // Ada removes Bo and keeps Di under herself.
    service.remove_collaborator(&ada.who, &app, bo_grant.id, Below::KeepUnderMe).await.unwrap();
    assert_eq!(service.get_app(&bo.who, &app, VIEW).await.unwrap_err(), Error::NotFound);
    let rows = people(&bench, &ada.who, &app).await;
    let di_row = rows.iter().find(|row| row.id == di_grant.id).unwrap();
    assert_eq!((di_row.parent_id, di_row.granted_by), (None, ada.id));

    // Everything is in the audit list, with before and after: of Di also who stands above her.
    let filter = AuditFilter { action: Some("collaborator".into()), ..AuditFilter::default() };
    let audit = service.list_app_audit(&ada.who, &app, &filter).await.unwrap();
    let changed = audit.entries.iter().find(|entry| entry.action == "collaborator.changed").unwrap();
    assert!(changed.before_state.is_some() && changed.after_state.is_some());
    let passed_on = audit.entries.iter().filter(|entry| entry.subject == "Di").find_map(|entry| {
        let inviter = |state: &Option<serde_json::Value>| state.as_ref()?.get("invited_by").cloned();
        inviter(&entry.before_state).zip(inviter(&entry.after_state))
    });
    assert_eq!(passed_on, Some(("Bo".into(), "Ada".into())));
    for action in
        ["collaborator.added", "collaborator.invited", "collaborator.changed", "collaborator.removed"]
    {
        assert!(audit.entries.iter().any(|entry| entry.action == action), "{action}");
    }
}

async fn nobody_gives_more_than_they_have(bench: Bench) {
    let (ada, bo, di) = (bench.person("ada").await, bench.person("bo").await, bench.person("di").await);
    let app = street_signs(&bench, &ada).await;
    let scopes =
        closed(ScopeSet::of(&[Scope::AnnotationsAdd, Scope::CollaboratorsAdd, Scope::CollaboratorsDelete]));
    let bo_grant = invite(&bench, &ada.who, &app, &bo.email, scopes).await;
    for scope in Scope::all().filter(|scope| !scopes.contains(*scope)) {
        let more = invitation(&di.email, scopes.with(scope));
        let refused = bench.service.add_collaborators(&bo.who, &app, &more).await.unwrap_err();
        assert!(forbidden(refused).0.contains(scope), "{scope}");
    }
    // Nor to themselves, nor do they touch those above them.
    let own = edit(&bo_grant, scopes.with(Scope::InputsDelete));
    assert!(bench.service.edit_collaborator(&bo.who, &app, &own).await.is_err());
    let di_grant = invite(&bench, &bo.who, &app, &di.email, scopes).await;
    let upwards = bench.service.remove_collaborator(&di.who, &app, bo_grant.id, Below::RemoveToo).await;
    assert!(forbidden(upwards.unwrap_err()).1.contains("invited them"));
    bench.service.remove_collaborator(&bo.who, &app, di_grant.id, Below::RemoveToo).await.unwrap();
}

async fn an_invitation_waits_for_the_address_that_was_invited(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let pending = invite(&bench, &ada.who, &app, "cy@example.org", Preset::Worker.scopes()).await;
    assert!(pending.is_pending());
    // Cy registers with another address and gets nothing.
    let cy = bench.person("cyrus").await;
    assert_eq!(bench.service.get_app(&cy.who, &app, VIEW).await.unwrap_err(), Error::NotFound);
    // She claims the invited one: still nothing, until she has proved it.
    bench.service.add_address(&cy.who, "cy@example.org").await.unwrap();
    assert_eq!(bench.service.get_app(&cy.who, &app, VIEW).await.unwrap_err(), Error::NotFound);
    let link = bench.mailed_secret("cy@example.org", "/verify/").await;
    let verified = bench.service.verify_address(&cy.who.origin, &link, PASSWORD).await.unwrap();
    assert_eq!(verified.joined, ["street-signs"]);
    assert!(bench.service.get_app(&cy.who, &app, VIEW).await.is_ok());
}

/// ASVS 6.4.1.
async fn an_invitation_is_taken_up_once_and_only_by_its_address(bench: Bench) {
    let (ada, eve) = (bench.person("ada").await, bench.person("eve").await);
    let app = street_signs(&bench, &ada).await;
    invite(&bench, &ada.who, &app, "cy@example.org", Preset::Worker.scopes()).await;
    let secret = bench.mailed_secret("cy@example.org", "/invitation/").await;
    assert_eq!(bench.service.peek_invitation(&secret).await.unwrap().app_name, "street-signs");
    let (field, message) = invalid(bench.service.accept_invitation(&eve.who, &secret).await.unwrap_err());
    assert_eq!(field, "invitation");
    assert!(message.contains("is for cy@example.org") && message.contains("sign in with"), "{message}");
    assert!(people(&bench, &ada.who, &app).await[0].is_pending(), "it still waits for whom it is for");
    assert_eq!(bench.service.get_app(&eve.who, &app, VIEW).await.unwrap_err(), Error::NotFound);
    // Cy proves the address while the invitation waits: she is in, and the link is used up.
    let cy = bench.person("cy").await;
    assert!(bench.service.get_app(&cy.who, &app, VIEW).await.is_ok());
    assert!(bench.service.peek_invitation(&secret).await.is_err());
    assert_eq!(bench.service.accept_invitation(&cy.who, &secret).await.unwrap_err(), Error::NotFound);
}

/// ASVS 6.4.1.
async fn only_the_last_link_of_an_invitation_counts_and_only_in_time(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let pending = invite(&bench, &ada.who, &app, "cy@example.org", Preset::Worker.scopes()).await;
    let first = bench.mailed_secret("cy@example.org", "/invitation/").await;
    bench.service.resend_invitation(&ada.who, &app, pending.id).await.unwrap();
    let second = bench.mailed_secret("cy@example.org", "/invitation/").await;
    assert!(bench.service.peek_invitation(&first).await.is_err());
    assert!(bench.service.peek_invitation(&second).await.is_ok());
    bench.clock.advance(7 * DAY);
    assert!(bench.service.peek_invitation(&second).await.is_err(), "it has expired");
}

/// ASVS 8.3.3.
async fn what_the_inviter_lost_meanwhile_is_not_given(bench: Bench) {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let app = street_signs(&bench, &ada).await;
    let scopes = closed(ScopeSet::of(&[Scope::AnnotationsAdd, Scope::CollaboratorsAdd]));
    let bo_grant = invite(&bench, &ada.who, &app, &bo.email, scopes).await;
    invite(&bench, &bo.who, &app, "cy@example.org", Preset::Worker.scopes().intersection(scopes)).await;
    let less = closed(ScopeSet::of(&[Scope::AnnotationsGet]));
    bench.service.edit_collaborator(&ada.who, &app, &edit(&bo_grant, less)).await.unwrap();
    let cy = bench.person("cy").await;
    let now = bench.service.get_app(&cy.who, &app, VIEW).await.unwrap().1.permit.scopes();
    assert!(now.is_subset(less) && !now.is_empty(), "{now:?}");
}

/// ASVS 8.3.2.
async fn an_automatic_token_narrows_and_ends_with_its_grant(bench: Bench) {
    let service = &bench.service;
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let app = street_signs(&bench, &ada).await;
    let grant = invite(&bench, &ada.who, &app, &bo.email, Preset::Worker.scopes()).await;
    let keys = service.list_keys(&bo.who).await.unwrap();
    let automatic = keys.iter().find(|key| key.grant_id == Some(grant.id)).unwrap();
    let opened = service.reveal_key(&bo.who, automatic.id).await.unwrap();
    assert!(service.reveal_key(&bo.who, automatic.id).await.is_err(), "a secret is shown once");
    let token = with_key(opened.secret.expose());
    let scopes = |who: Who| {
        let (service, app) = (service.clone(), app.clone());
        async move { service.get_app(&who, &app, Endpoint::GetApp).await.map(|(_, asked)| asked.permit.scopes()) }
    };
    assert_eq!(scopes(token.clone()).await, Ok(Preset::Worker.scopes()));
    let less = Preset::Viewer.scopes().intersection(Preset::Worker.scopes());
    service.edit_collaborator(&ada.who, &app, &edit(&grant, less)).await.unwrap();
    assert_eq!(scopes(token.clone()).await, Ok(closed(less)));
    service.remove_collaborator(&ada.who, &app, grant.id, Below::RemoveToo).await.unwrap();
    assert!(matches!(scopes(token).await, Err(Error::Unauthenticated(_))));
}

async fn people_who_cannot_be_added_are_each_told_why(bench: Bench) {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let app = street_signs(&bench, &ada).await;
    invite(&bench, &ada.who, &app, &bo.email, Preset::Worker.scopes()).await;
    let addresses = ["nobody", "ada@example.org", "bo@example.org", "cy@example.org", "cy@example.org"];
    let input = AddCollaborators {
        people: addresses.iter().map(|address| Invitee::Address((*address).into())).collect(),
        scopes: Preset::Worker.scopes(),
        ..AddCollaborators::default()
    };
    let Error::Invalid { fields } =
        bench.service.add_collaborators(&ada.who, &app, &input).await.unwrap_err()
    else {
        panic!("each has its reason");
    };
    let wrong: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(wrong, ["people[0]", "people[1]", "people[2]", "people[4]"], "{fields:?}");
    let why = ["is not an e-mail address", "is you", "is a collaborator already", "is in the list twice"];
    for (field, why) in fields.iter().zip(why) {
        assert!(field.message.contains(why), "{field:?}");
    }
    assert_eq!(people(&bench, &ada.who, &app).await.len(), 1, "nobody was added");
    let nothing =
        AddCollaborators { scopes: ScopeSet::EMPTY, ..invitation("cy@example.org", ScopeSet::EMPTY) };
    assert!(matches!(
        bench.service.add_collaborators(&ada.who, &app, &nothing).await,
        Err(Error::Invalid { .. })
    ));
    let past = AddCollaborators {
        ends_at: Some(bench.now()),
        ..invitation("cy@example.org", Preset::Worker.scopes())
    };
    assert!(matches!(
        bench.service.add_collaborators(&ada.who, &app, &past).await,
        Err(Error::Invalid { fields }) if fields[0].field == "ends_at"
    ));
}

async fn what_cannot_be_given_is_told_and_changes_nothing(bench: Bench) {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let app = street_signs(&bench, &ada).await;
    let worker = Preset::Worker.scopes();
    let changing = closed(ScopeSet::of(&[Scope::CollaboratorsAdd, Scope::CollaboratorsDelete]));
    let inviter = AddCollaborators {
        ends_at: Some(bench.now().plus(DAY)),
        ..invitation(&bo.email, worker.union(changing))
    };
    let bos = bench.service.add_collaborators(&ada.who, &app, &inviter).await.unwrap().grants.remove(0);
    let lasting = Some(bench.now().plus(DAY / 2));
    let fits = AddCollaborators { ends_at: lasting, ..invitation("cy@example.org", worker) };
    bench.service.add_collaborators(&bo.who, &app, &fits).await.unwrap();
    let cys = people(&bench, &ada.who, &app).await.into_iter().find(GrantRow::is_pending).unwrap();
    let standing = async || {
        let rows = people(&bench, &ada.who, &app).await.into_iter();
        rows.map(|row| (row.id, row.version, row.scopes, row.endpoints, row.ends_at)).collect::<Vec<_>>()
    };
    let before = standing().await;

    // What is limited to an endpoint that the scopes do not open opens nothing, however many they are.
    let shut = || Some([Endpoint::DeleteInputs].into_iter().collect());
    let (past, beyond) = (Some(bench.now().plus(-SECOND)), Some(bench.now().plus(DAY + SECOND)));
    let more = worker.with(Scope::InputsDelete);
    let scopes_of = |error: Error| match error {
        Error::Invalid { .. } => invalid(error),
        other => (String::new(), forbidden(other).1),
    };
    for (scopes, endpoints, ends_at, field, words) in [
        (ScopeSet::EMPTY, None, lasting, "scopes", "open nothing"),
        (worker, shut(), lasting, "scopes", "open nothing"),
        (worker, None, past, "ends_at", "is in the past"),
        (worker, None, Some(bench.now()), "ends_at", "is in the past"),
        (worker, None, beyond, "", "a later end date"),
        (worker, None, None, "", "a later end date"),
        (more, None, lasting, "", "Inputs_Delete"),
    ] {
        let input = AddCollaborators { endpoints, ends_at, ..invitation("di@example.org", scopes) };
        let added = bench.service.add_collaborators(&bo.who, &app, &input).await.unwrap_err();
        let input = EditCollaborator { endpoints, ends_at, ..edit(&cys, scopes) };
        let edited = bench.service.edit_collaborator(&bo.who, &app, &input).await.unwrap_err();
        for (found, message) in [scopes_of(added), scopes_of(edited)] {
            assert_eq!(found, field, "{message}");
            assert!(message.contains(words), "{message}");
        }
        assert_eq!(standing().await, before, "{words}");
    }
    // Nor is anything lost of what could be given.
    let access = bench.service.get_app(&bo.who, &app, VIEW).await.unwrap().1.permit.scopes();
    assert_eq!(access, bos.scopes);
    let filter = AuditFilter { action: Some("collaborator".into()), ..AuditFilter::default() };
    let told = bench.service.list_app_audit(&ada.who, &app, &filter).await.unwrap().entries;
    assert_eq!(told.len(), 2, "nobody is told of what did not happen: {told:?}");
}

async fn an_invitation_that_expired_is_sent_again_and_taken_up_once(bench: Bench) {
    let service = &bench.service;
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let pending = invite(&bench, &ada.who, &app, "cy@example.org", Preset::Worker.scopes()).await;
    let first = bench.mailed_secret("cy@example.org", "/invitation/").await;
    bench.clock.advance(7 * DAY);
    // Cy comes too late. The people of the app still see whom they had invited.
    let cy = bench.person("cy").await;
    assert_eq!(service.peek_invitation(&first).await.unwrap_err(), Error::NotFound);
    assert_eq!(service.accept_invitation(&cy.who, &first).await.unwrap_err(), Error::NotFound);
    assert_eq!(service.get_app(&cy.who, &app, VIEW).await.unwrap_err(), Error::NotFound);
    let ada = bench.sign_in("ada", &ada.email).await;
    assert!(people(&bench, &ada.who, &app).await[0].is_pending());

    service.resend_invitation(&ada.who, &app, pending.id).await.unwrap();
    let second = bench.mailed_secret("cy@example.org", "/invitation/").await;
    assert_eq!(service.accept_invitation(&cy.who, &first).await.unwrap_err(), Error::NotFound);
    assert_eq!(service.accept_invitation(&cy.who, &second).await.unwrap().slug, "street-signs");
    // A second time it is nothing to anyone, and takes nothing away.
    let eve = bench.person("eve").await;
    for who in [&cy.who, &eve.who] {
        assert_eq!(service.accept_invitation(who, &second).await.unwrap_err(), Error::NotFound);
    }
    assert!(service.get_app(&cy.who, &app, VIEW).await.is_ok());
    assert_eq!(people(&bench, &ada.who, &app).await.len(), 1);
}

async fn the_list_is_filtered_and_paged_at_once(bench: Bench) {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let app = street_signs(&bench, &ada).await;
    let worker = Preset::Worker.scopes();
    let inviter = worker.union(closed(ScopeSet::of(&[Scope::CollaboratorsAdd])));
    let added = [
        (&ada, "bo", inviter),
        (&ada, "cy", Preset::Viewer.scopes()),
        (&bo, "di", worker),
        (&bo, "ed", worker),
        (&bo, "flo", worker),
    ];
    for (by, name, scopes) in added {
        invite(&bench, &by.who, &app, &format!("{name}@example.org"), scopes).await;
        // What is made at the same moment has no order.
        bench.clock.advance(SECOND);
    }
    let found = async |filter: Filter<'_>, size| {
        let page = bench.service.list_collaborators(&ada.who, &app, &filter, size).await.unwrap();
        let names: Vec<String> = page.rows.iter().map(|row| row.email.clone().unwrap()).collect();
        (names.join(" ").replace("@example.org", ""), page.more, page.rows.last().map(|row| row.id))
    };
    let all = Filter::default();
    assert_eq!(found(Filter { preset: Some(Preset::Viewer), ..all }, 9).await.0, "cy");
    // Whoever has a little more than a worker still shows as one.
    assert_eq!(found(Filter { preset: Some(Preset::Worker), ..all }, 9).await.0, "bo di ed flo");
    assert_eq!(found(Filter { preset: Some(Preset::Trusted), ..all }, 9).await.0, "");
    assert_eq!(found(Filter { scope: Some(Scope::CollaboratorsAdd), ..all }, 9).await.0, "bo");
    assert_eq!(found(Filter { granted_by: Some("ada"), pending: Some(true), ..all }, 9).await.0, "cy");

    // A page goes on where the one before ended, within what the filter lets through.
    let by_bo = Filter { granted_by: Some("bo"), ..all };
    let (names, more, last) = found(by_bo, 2).await;
    assert_eq!((names.as_str(), more), ("di ed", true));
    let (names, more, _) = found(Filter { after: last, ..by_bo }, 2).await;
    assert_eq!((names.as_str(), more), ("flo", false));

    let page = bench.service.list_collaborators(&ada.who, &app, &by_bo, 1).await.unwrap();
    let inviters: Vec<&str> = page.inviters.iter().map(|inviter| inviter.name.as_str()).collect();
    assert_eq!(inviters, ["Ada", "Bo"]);
}

async fn two_editors_at_once_notice_each_other(bench: Bench) {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let app = street_signs(&bench, &ada).await;
    let grant = invite(&bench, &ada.who, &app, &bo.email, Preset::Worker.scopes()).await;
    let first =
        EditCollaborator { expected_version: Some(grant.version), ..edit(&grant, Preset::Viewer.scopes()) };
    bench.service.edit_collaborator(&ada.who, &app, &first).await.unwrap();
    let second = EditCollaborator { scopes: Preset::Reviewer.scopes(), ..first };
    assert!(matches!(
        bench.service.edit_collaborator(&ada.who, &app, &second).await,
        Err(Error::Conflict(_))
    ));
}

async fn an_end_date_ends_access(bench: Bench) {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let app = street_signs(&bench, &ada).await;
    let input = AddCollaborators {
        ends_at: Some(bench.now().plus(DAY)),
        ..invitation(&bo.email, closed(ScopeSet::of(&[Scope::CollaboratorsAdd])))
    };
    bench.service.add_collaborators(&ada.who, &app, &input).await.unwrap();
    let longer = invitation("cy@example.org", closed(ScopeSet::of(&[Scope::CollaboratorsGet])));
    let refused = bench.service.add_collaborators(&bo.who, &app, &longer).await.unwrap_err();
    assert!(forbidden(refused).1.ends_with("a later end date; Ada could give it to you"));
    bench.clock.advance(DAY);
    // Sessions end by idleness before a day is over: Bo signs in again.
    let bo = bench.sign_in("bo", &bo.email).await;
    let refused = bench.service.get_app(&bo.who, &app, VIEW).await.unwrap_err();
    assert!(forbidden(refused).1.contains("has ended"));
}

async fn strangers_find_nothing(bench: Bench) {
    let (ada, eve) = (bench.person("ada").await, bench.person("eve").await);
    let app = street_signs(&bench, &ada).await;
    let missing = AppName::of("ada", "no-such-app");
    for name in [&app, &missing] {
        assert_eq!(bench.service.get_app(&eve.who, name, VIEW).await.unwrap_err(), Error::NotFound);
        let filter = Filter::default();
        let listed = bench.service.list_collaborators(&eve.who, name, &filter, 10).await;
        assert_eq!(listed.unwrap_err(), Error::NotFound);
        assert_eq!(bench.service.delete_app(&eve.who, name, None).await.unwrap_err(), Error::NotFound);
    }
}

async fn a_deleted_app_is_gone_and_can_be_restored(bench: Bench) {
    let (ada, bo) = (bench.person("ada").await, bench.person("bo").await);
    let app = street_signs(&bench, &ada).await;
    invite(&bench, &ada.who, &app, &bo.email, Preset::Worker.scopes()).await;
    let mistyped = bench.service.delete_app(&ada.who, &app, Some("street-sign")).await;
    assert!(matches!(mistyped, Err(Error::Invalid { .. })));
    bench.service.delete_app(&ada.who, &app, Some("street-signs")).await.unwrap();
    assert_eq!(bench.service.get_app(&bo.who, &app, VIEW).await.unwrap_err(), Error::NotFound);
    assert!(bench.service.list_collaborations(&bo.who, None, 10).await.unwrap().apps.is_empty());
    let deleted = bench.service.list_deleted_apps(&ada.who).await.unwrap();
    bench.service.restore_app(&ada.who, deleted[0].id).await.unwrap();
    assert!(bench.service.get_app(&bo.who, &app, VIEW).await.is_ok());
    bench.service.delete_app(&ada.who, &app, Some("street-signs")).await.unwrap();
    bench.clock.advance(atelier_service::apps::RESTORABLE);
    let ada = bench.sign_in("ada", &ada.email).await;
    assert!(bench.service.list_deleted_apps(&ada.who).await.unwrap().is_empty());
    assert_eq!(bench.service.restore_app(&ada.who, deleted[0].id).await.unwrap_err(), Error::NotFound);
}

async fn what_stands_against_people_is_told_beforehand_and_no_more(bench: Bench) {
    let service = &bench.service;
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let bo = join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
    let cy = bench.person("cy").await;
    service.add_address(&cy.who, "cy.too@example.org").await.unwrap();
    let secret = bench.mailed_secret("cy.too@example.org", "/verify/").await;
    service.verify_address(&cy.who.origin, &secret, PASSWORD).await.unwrap();

    let named = |addresses: &[&str]| -> Vec<Invitee> {
        addresses.iter().map(|address| Invitee::Address((*address).to_owned())).collect()
    };
    let asked = named(&["nobody", &bo.email, &ada.email, "di@example.org", "di@example.org"]);
    let against = service.check_invitees(&ada.who, &app, &asked).await.unwrap();
    let told: Vec<_> = against.iter().map(Option::as_deref).collect();
    assert_eq!(
        told[1..],
        [Some("is Bo, who is a collaborator already"), Some("is you"), None, Some("is in the list twice")]
    );
    assert!(told[0].is_some_and(|why| why.contains("not an e-mail address")), "{told:?}");
    // That both are one stranger's, or anybody's at all, is not told.
    let both = named(&[&cy.email, "cy.too@example.org"]);
    assert_eq!(service.check_invitees(&ada.who, &app, &both).await.unwrap(), [None, None]);
    // Nothing was added by asking.
    assert_eq!(people(&bench, &ada.who, &app).await.len(), 1);

    let (missing, _) = forbidden(service.check_invitees(&bo.who, &app, &both).await.unwrap_err());
    assert!(missing.contains(Scope::CollaboratorsAdd));
    assert!(matches!(service.check_invitees(&cy.who, &app, &both).await, Err(Error::NotFound)));
    let many = vec![Invitee::Address("di@example.org".to_owned()); PEOPLE + 1];
    assert_eq!(invalid(service.check_invitees(&ada.who, &app, &many).await.unwrap_err()).0, "people");
}
