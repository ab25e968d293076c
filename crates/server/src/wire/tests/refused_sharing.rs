//! Sharing that is refused: beyond what the inviter may, or with whom it cannot be.

use atelier_contract::proto::{Collaborator, PostCollaboratorsRequest, User};
use atelier_domain::{Endpoint, Scope};
use atelier_service::Error;
use atelier_testkit::sharing::invitation;

use super::*;

impl Story {
    /// Lets Bo invite, within what whoever labels may do; answers a token of his own.
    async fn bo_may_invite(&self) -> (Person, String) {
        let bo = self.bench.sign_in("bo", "bo@example.org").await;
        let scopes =
            Preset::Worker.scopes().union(ScopeSet::of(&[Scope::CollaboratorsAdd, Scope::CollaboratorsGet]));
        let patch = json!({
            "action": "overwrite",
            "collaborators": [{ "user": { "id": "bo" }, "scopes": scopes.to_wire() }],
        });
        let (http, answer) = self.rest(Method::PATCH, COLLABORATORS, &self.ana_token, patch).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
        let token = self.key_of(&bo, |_| {}).await;
        (bo, token)
    }
}

#[test]
fn nobody_gives_more_than_they_have_through_any_door() {
    tell(async |story| {
        story.bench.person("cy").await;
        let (bo, token) = story.bo_may_invite().await;
        let before = story.state().await;

        for scope in ["Inputs_Delete", "All"] {
            let invite = json!({ "collaborators": [{ "user": { "id": "cy" }, "scopes": [scope] }] });
            let (http, answer) = story.rest(Method::POST, COLLABORATORS, &token, invite).await;
            assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
            assert!(details(&answer).contains("Inputs_Delete"), "{answer}");
        }

        let cy = Collaborator {
            user: Some(User { id: "cy".into(), ..User::default() }),
            scopes: vec!["Inputs_Delete".into()],
            ..Collaborator::default()
        };
        let question = PostCollaboratorsRequest { user_app_id: tea(), collaborators: vec![cy] };
        let answer: MultiCollaboratorsResponse = story.grpc("PostCollaborators", &token, &question).await;
        let status = answer.status.unwrap();
        assert_eq!(status.code, 11007, "{status:?}");
        assert!(status.details.contains("Inputs_Delete"), "{status:?}");

        let sharing = invitation("cy@example.org", ScopeSet::of(&[Scope::InputsDelete]));
        let tea = AppName::of("ana", "tea");
        let refused = story.bench.service.add_collaborators(&bo.who, &tea, &sharing).await.unwrap_err();
        let Error::Forbidden { endpoint, missing, .. } = refused else { panic!("{refused:?}") };
        assert_eq!(endpoint, Endpoint::PostCollaborators);
        assert!(missing.contains(Scope::InputsDelete));

        assert_eq!(story.state().await, before);
    });
}

#[test]
fn nobody_gives_longer_than_they_have() {
    tell(async |story| {
        story.bench.person("cy").await;
        let soon = story.bench.now().plus(atelier_domain::time::DAY);
        let tea = AppName::of("ana", "tea");
        let service = &story.bench.service;
        let share = async |who: &Who, ends_at| {
            let sharing = invitation("cy@example.org", Preset::Worker.scopes());
            let sharing = AddCollaborators { ends_at, ..sharing };
            service.add_collaborators(who, &tea, &sharing).await
        };
        let past = share(&story.ana.who, Some(story.bench.now().plus(-1))).await.unwrap_err();
        assert!(matches!(past, Error::Invalid { .. }), "{past:?}");

        let (bo, token) = story.bo_may_invite().await;
        let short = story.key_of(&bo, |key| key.ends_at = Some(soon)).await;
        let before = story.state().await;
        let invite = json!({ "collaborators": [{ "user": { "id": "cy" }, "scopes": ["Inputs_Get"] }] });
        // On the wire an invitation has no end, which is later than that of the key.
        let (http, answer) = story.rest(Method::POST, COLLABORATORS, &short, invite.clone()).await;
        assert_eq!((http, code(&answer)), (403, 11007), "{answer}");
        assert!(details(&answer).contains("a later end date"), "{answer}");
        assert_eq!(story.state().await, before);
        let (http, answer) = story.rest(Method::POST, COLLABORATORS, &token, invite).await;
        assert_eq!((http, code(&answer)), (200, 10000), "{answer}");
    });
}

#[test]
fn whoever_cannot_be_added_is_named_with_the_reason_and_nobody_is_added() {
    tell(async |story| {
        story.bench.person("cy").await;
        let (_, bo_token) = story.bo_may_invite().await;
        let by_address =
            |address: &str| json!({ "user": { "primary_email": address }, "scopes": ["Inputs_Get"] });
        let by_id = |id: &str| json!({ "user": { "id": id }, "scopes": ["Inputs_Get"] });
        let cy = by_address("cy@example.org");
        let cases = [
            (&story.ana_token, vec![cy.clone(), cy.clone()], "collaborators[1] is in the list twice"),
            (&story.ana_token, vec![cy.clone(), by_id("cy")], "collaborators[1] is in the list twice"),
            (&story.ana_token, vec![cy.clone(), by_id("ana")], "collaborators[1] is you"),
            (&story.ana_token, vec![by_address("ana@example.org")], "is you"),
            (&bo_token, vec![cy.clone(), by_address("ana@example.org")], "is Ana, who owns the app"),
            (&bo_token, vec![by_id("bo")], "is you"),
            (&story.ana_token, vec![cy.clone(), by_id("bo")], "is Bo, who is a collaborator already"),
            (&story.ana_token, vec![by_address("BO@example.org")], "is a collaborator already"),
            (&story.ana_token, vec![cy.clone(), by_address("cy.example.org")], "is not an e-mail address"),
            (&story.ana_token, vec![by_address("cy@")], "is not an e-mail address"),
            (&story.ana_token, vec![by_address("a\u{0}@example.org")], "must not contain"),
            (&story.ana_token, vec![by_id("nobody-at-all")], "nobody here is called `nobody-at-all`"),
            (&story.ana_token, vec![by_id("a/b")], "must not contain"),
            (&story.ana_token, vec![json!({ "scopes": ["Inputs_Get"] })], "e-mail address or an id"),
            (&story.ana_token, vec![], "at least one person"),
            (&story.ana_token, vec![json!({ "user": { "id": "cy" }, "scopes": [] })], "open nothing"),
            (
                &story.ana_token,
                vec![json!({ "user": { "id": "cy" }, "scopes": ["Fly"] })],
                "`Fly` is not a scope",
            ),
        ];
        let before = story.state().await;
        for (token, people, words) in cases {
            let invite = json!({ "collaborators": people });
            let (http, answer) = story.rest(Method::POST, COLLABORATORS, token, invite.clone()).await;
            assert_eq!((http, code(&answer)), (400, 11102), "{invite}: {answer}");
            assert!(details(&answer).contains(words), "{invite}: {answer}");
            assert_eq!(story.state().await, before, "{invite}");
        }
    });
}

#[test]
fn an_edit_that_cannot_be_is_refused() {
    tell(async |story| {
        let token = &story.ana_token;
        let before = story.state().await;
        let edit = |collaborator: Value| json!({ "action": "overwrite", "collaborators": [collaborator] });
        for (body, http, expected, words) in [
            (json!({ "action": "merge", "collaborators": [{}] }), 400, 11102, "action must be `overwrite`"),
            (json!({ "collaborators": [{}] }), 400, 11102, "action must be `overwrite`"),
            (json!({ "action": "overwrite" }), 400, 11102, "at least one person"),
            (edit(json!({ "scopes": ["Inputs_Get"] })), 400, 11102, "must have an id, or a user"),
            (edit(json!({ "id": "7", "scopes": ["Inputs_Get"] })), 404, 11101, ""),
            (edit(json!({ "user": { "id": "cy" }, "scopes": ["Inputs_Get"] })), 404, 11101, ""),
            (edit(json!({ "user": { "id": "bo" }, "scopes": [] })), 400, 11102, "open nothing"),
            (edit(json!({ "user": { "id": "bo" }, "scopes": ["Fly"] })), 400, 11102, "`Fly` is not a scope"),
        ] {
            let (status, answer) = story.rest(Method::PATCH, COLLABORATORS, token, body.clone()).await;
            assert_eq!((status, code(&answer)), (http, expected), "{body}: {answer}");
            assert!(details(&answer).contains(words), "{body}: {answer}");
        }
        for (body, http, expected) in [
            (json!({ "collaborator_ids": ["7"] }), 404, 11101),
            (json!({ "user_emails": ["nobody@example.org"] }), 404, 11101),
            (json!({ "user_emails": ["nobody"] }), 400, 11102),
        ] {
            let (status, answer) = story.rest(Method::DELETE, COLLABORATORS, token, body.clone()).await;
            assert_eq!((status, code(&answer)), (http, expected), "{body}: {answer}");
        }
        assert_eq!(story.state().await, before);
    });
}
