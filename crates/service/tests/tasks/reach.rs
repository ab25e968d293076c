//! Whoever is limited to assigned tasks: which inputs are theirs, from one moment to the next.

use atelier_domain::{Endpoint, Rights};
use atelier_service::inputs::InputsFilter;
use atelier_service::models::{Likeness, Likest};
use atelier_service::search::Query;
use atelier_testkit::sharing::give_exactly;

use super::*;

on_both_databases! {
    a_labeller_sees_what_is_theirs_and_a_reviewer_what_they_review,
    what_lies_in_the_pool_is_seen_once_it_is_taken,
    what_goes_to_somebody_else_is_seen_no_longer,
    the_limit_is_lifted_and_narrowed_like_any_right,
}

impl Story {
    /// Limits somebody to what tasks give them, with every scope of the app.
    async fn limit(&self, person: &Person) {
        let rights = Rights { reach: Reach::Assigned, ..Rights::FULL };
        give_exactly(&self.bench, &self.ada, &self.app, person.id, rights).await;
    }

    /// The inputs that somebody sees, the oldest first, as their numbers; each way of looking at them says the same.
    async fn sees(&self, person: &Person) -> Vec<usize> {
        let service = &self.bench.service;
        let filter = InputsFilter::default();
        let page = service.list_inputs(&person.who, &self.app, &filter, 0, 100).await.unwrap();
        let mut slugs: Vec<String> = page.inputs.into_iter().map(|row| row.slug).collect();
        slugs.reverse();
        let counts = service.count_inputs(&person.who, &self.app).await.unwrap();
        assert_eq!(usize::try_from(counts.ready), Ok(slugs.len()));
        let (query, part) =
            (Default::default(), atelier_service::search::Part { after: None, skip: 0, size: 100 });
        let endpoint = Endpoint::PostInputsSearches;
        let found = service.search_inputs(&person.who, &self.app, endpoint, &query, part).await.unwrap();
        let mut found: Vec<String> = found.value.rows.into_iter().map(|row| row.input.slug).collect();
        found.reverse();
        assert_eq!(found, slugs);
        while service.embed_some().await.unwrap() > 0 {}
        if let Some(first) = slugs.first() {
            let (endpoint, query) = (Endpoint::PostInputsSearches, Query::default());
            let (like, likest) =
                (Likeness::Input(first.to_string()), Likest { skip: 0, size: 100, from: -1.0 });
            let found = service.search_alike(&person.who, &self.app, endpoint, &query, like, likest);
            let mut found: Vec<String> =
                found.await.unwrap().value.inputs.into_iter().map(|(row, _)| row.input.slug).collect();
            found.push(first.to_string());
            found.sort();
            assert_eq!(found, slugs);
        }
        for number in 0..4 {
            let slug = format!("note-{number:02}");
            let one = service.get_input(&person.who, &self.app, &slug).await;
            assert_eq!(one.is_ok(), slugs.contains(&slug), "{slug}: {one:?}");
        }
        slugs.iter().map(|slug| slug.trim_start_matches("note-").parse().unwrap()).collect()
    }
}

async fn a_labeller_sees_what_is_theirs_and_a_reviewer_what_they_review(bench: Bench) {
    let story = Story::of(bench, 4).await;
    story.limit(&story.bo).await;
    story.limit(&story.di).await;
    give_exactly(&story.bench, &story.ada, &story.app, story.cy.id, Rights::FULL).await;
    assert!(story.sees(&story.bo).await.is_empty(), "nothing is assigned yet");
    let some = Source::Inputs(vec!["note-00".into(), "note-01".into(), "note-02".into()]);
    let made = NewTask { source: some, ..reviewed(task(&["bo", "cy"], WorkerStrategy::Partitioned), 100) };
    story.make(made).await.unwrap();
    assert_eq!(story.sees(&story.bo).await, [0, 2]);
    assert_eq!(story.sees(&story.di).await, [0, 1, 2]);
    assert_eq!(story.sees(&story.cy).await, [0, 1, 2, 3], "who is not limited sees all");
    // What somebody said elsewhere is out of sight with its input.
    let elsewhere =
        NewAnnotation { input: "note-03".into(), labels: labels("stop"), ..NewAnnotation::default() };
    let service = &story.bench.service;
    service.post_annotations(&story.ada.who, &story.app, vec![elsewhere]).await.unwrap();
    story.label(&story.bo.who, 0, "stop").await;
    story.label(&story.cy.who, 1, "stop").await;
    let said = async |who: &Who| {
        let filter = AnnotationsFilter::default();
        let rows = service.list_annotations(who, &story.app, &filter, 0, 100).await.unwrap();
        rows.into_iter().map(|row| row.input_slug).collect::<Vec<_>>()
    };
    assert_eq!(said(&story.bo.who).await, ["note-00"]);
    assert_eq!(said(&story.di.who).await, ["note-00", "note-01"]);
    assert_eq!(said(&story.cy.who).await.len(), 3);
    story.act(&story.di.who, 0, Act::Approve, "").await.unwrap();
    assert_eq!(story.sees(&story.bo).await, [0, 2], "what they did stays theirs to see");
}

async fn what_lies_in_the_pool_is_seen_once_it_is_taken(bench: Bench) {
    let story = Story::of(bench, 4).await;
    story.limit(&story.bo).await;
    story.make(task(&["bo", "cy"], WorkerStrategy::Dynamic)).await.unwrap();
    assert!(story.sees(&story.bo).await.is_empty());
    let taken = story.next(&story.bo.who).await;
    assert_eq!(story.sees(&story.bo).await, taken);
    assert_eq!(taken, [0, 1, 2, 3], "a batch is larger than all there is");
    // Another may take what was left lying for too long.
    story.bench.clock.advance(LOCKED_FOR);
    let others = story.next(&story.cy.who).await;
    let left: Vec<usize> = (0..4).filter(|number| !others.contains(number)).collect();
    assert_eq!(story.sees(&story.bo).await, left);
}

async fn what_goes_to_somebody_else_is_seen_no_longer(bench: Bench) {
    let story = Story::of(bench, 4).await;
    story.limit(&story.bo).await;
    story.make(task(&["bo", "cy"], WorkerStrategy::Partitioned)).await.unwrap();
    assert_eq!(story.sees(&story.bo).await, [0, 2]);
    let service = &story.bench.service;
    let patch = PatchTask {
        slug: "signs".into(),
        labellers: Some(vec![Labeller::new("cy")]),
        ..PatchTask::default()
    };
    service.patch_tasks(&story.ada.who, &story.app, PatchAction::Overwrite, vec![patch]).await.unwrap();
    assert!(story.sees(&story.bo).await.is_empty());
    let found = service.list_tasks(&story.bo.who, &story.app, &TasksFilter::default(), 0, 10).await.unwrap();
    assert!(found.value.is_empty(), "nor is the task");
}

async fn the_limit_is_lifted_and_narrowed_like_any_right(bench: Bench) {
    let story = Story::of(bench, 2).await;
    let service = &story.bench.service;
    let rows = people(&story.bench, &story.ada.who, &story.app).await;
    let grant = rows.iter().find(|row| row.user_id == Some(story.bo.id)).unwrap();
    let searching = Preset::Worker.scopes().union(closed(ScopeSet::of(&[Scope::Search])));
    let scopes = searching.union(closed(ScopeSet::of(&[Scope::CollaboratorsAdd])));
    let edit = |reach| atelier_service::collaborators::EditCollaborator {
        reach,
        ..atelier_testkit::sharing::edit(grant, scopes)
    };
    service.edit_collaborator(&story.ada.who, &story.app, &edit(Reach::Everything)).await.unwrap();
    // Bo brings in Ed, who sees all as long as Bo does.
    let ed = join_by(&story, &story.bo, "ed", searching).await;
    assert_eq!(story.sees(&ed).await, [0, 1]);
    let preview = service.preview_edit(&story.ada.who, &story.app, &edit(Reach::Assigned)).await.unwrap();
    let told: Vec<_> =
        preview.lines.iter().map(|line| (line.name.as_str(), line.difference.short())).collect();
    let narrowed = "assigned tasks only".to_owned();
    assert_eq!(told[1], ("Ed", narrowed.clone()));
    assert!(told[0].1.ends_with(&narrowed), "{told:?}");
    service.edit_collaborator(&story.ada.who, &story.app, &edit(Reach::Assigned)).await.unwrap();
    assert!(story.sees(&ed).await.is_empty());
    let wider = atelier_service::collaborators::AddCollaborators {
        people: vec![atelier_service::collaborators::Invitee::Address("flo@example.org".into())],
        scopes: searching,
        ..Default::default()
    };
    let refused = service.add_collaborators(&story.bo.who, &story.app, &wider).await;
    assert!(matches!(refused, Err(Error::Forbidden { .. })), "{refused:?}");
    let lifted = service.edit_collaborator(&story.bo.who, &story.app, &edit(Reach::Everything)).await;
    assert!(lifted.is_err(), "nobody widens their own: {lifted:?}");
}

async fn join_by(story: &Story, inviter: &Person, slug: &str, scopes: ScopeSet) -> Person {
    let person = story.bench.person(slug).await;
    atelier_testkit::sharing::invite(&story.bench, &inviter.who, &story.app, &person.email, scopes).await;
    person
}
