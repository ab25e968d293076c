//! What becomes of work when somebody goes.

use super::*;

on_both_databases! {
    who_is_removed_leaves_their_work_and_not_what_was_left,
    who_is_narrowed_no_longer_labels,
    whose_grant_ends_by_its_date_leaves_what_was_left,
}

async fn grant_of(story: &Story, who: &Person) -> atelier_domain::id::GrantId {
    let rows = people(&story.bench, &story.ada.who, &story.app).await;
    rows.into_iter().find(|row| row.user_id == Some(who.id)).unwrap().id
}

async fn who_is_removed_leaves_their_work_and_not_what_was_left(bench: Bench) {
    let story = Story::of(bench, 4).await;
    story.make(task(&["bo", "cy"], WorkerStrategy::Partitioned)).await.unwrap();
    story.label(&story.bo.who, 0, "stop").await;
    story.act(&story.bo.who, 2, Act::Start, "").await.unwrap();
    let (service, grant) = (&story.bench.service, grant_of(&story, &story.bo).await);
    let preview = service.preview_removal(&story.ada.who, &story.app, grant, Below::RemoveToo).await.unwrap();
    assert_eq!(preview.assignments_returning, 1);
    service.remove_collaborator(&story.ada.who, &story.app, grant, Below::RemoveToo).await.unwrap();
    assert_eq!(story.stands(&story.bo, 0).await, [said::SUCCESS], "what they did stays");
    for number in [1, 3] {
        story.label(&story.cy.who, number, "stop").await;
    }
    assert_eq!(story.next(&story.cy.who).await, [2], "what they left is for whoever is free");
    assert!(story.label(&story.cy.who, 2, "stop").await.is_task_done);
}

async fn who_is_narrowed_no_longer_labels(bench: Bench) {
    let story = Story::of(bench, 2).await;
    story.make(task(&["bo", "cy"], WorkerStrategy::Partitioned)).await.unwrap();
    let grant = grant_of(&story, &story.bo).await;
    let edit = |scopes: ScopeSet| atelier_service::collaborators::EditCollaborator {
        grant,
        scopes,
        endpoints: None,
        reach: Reach::Everything,
        ends_at: None,
        note: None,
        expected_version: None,
    };
    let service = &story.bench.service;
    // More is no less.
    let more = Preset::Worker.scopes().union(closed(ScopeSet::of(&[Scope::Search])));
    let preview = service.preview_edit(&story.ada.who, &story.app, &edit(more)).await.unwrap();
    assert_eq!(preview.assignments_returning, 0);
    service.edit_collaborator(&story.ada.who, &story.app, &edit(more)).await.unwrap();
    assert_eq!(story.next(&story.bo.who).await, [0]);
    let less = Preset::Viewer.scopes();
    let preview = service.preview_edit(&story.ada.who, &story.app, &edit(less)).await.unwrap();
    assert_eq!(preview.assignments_returning, 1);
    service.edit_collaborator(&story.ada.who, &story.app, &edit(less)).await.unwrap();
    assert!(story.next(&story.bo.who).await.is_empty());
    story.label(&story.cy.who, 1, "stop").await;
    assert_eq!(story.next(&story.cy.who).await, [0]);
}

async fn whose_grant_ends_by_its_date_leaves_what_was_left(bench: Bench) {
    let story = Story::of(bench, 4).await;
    story.make(task(&["bo", "cy"], WorkerStrategy::Partitioned)).await.unwrap();
    story.label(&story.bo.who, 0, "stop").await;
    let service = &story.bench.service;
    let edit = atelier_service::collaborators::EditCollaborator {
        grant: grant_of(&story, &story.bo).await,
        scopes: Preset::Worker.scopes(),
        endpoints: None,
        reach: Reach::Everything,
        ends_at: Some(story.bench.now().plus(LOCKED_FOR)),
        note: None,
        expected_version: None,
    };
    service.edit_collaborator(&story.ada.who, &story.app, &edit).await.unwrap();
    assert_eq!(service.retire_ended().await.unwrap(), 0, "it lasts yet");
    assert_eq!(story.next(&story.bo.who).await, [2]);
    story.bench.clock.advance(LOCKED_FOR);
    assert_eq!(service.retire_ended().await.unwrap(), 1);
    assert_eq!(service.retire_ended().await.unwrap(), 0, "once is enough");
    assert_eq!(story.stands(&story.bo, 0).await, [said::SUCCESS], "what they did stays");
    let people = story.task().await.people;
    let labels = |person: &Person| people.iter().any(|one| one.user_id == person.id && one.labels);
    assert!(!labels(&story.bo) && labels(&story.cy));
    for number in [1, 3] {
        story.label(&story.cy.who, number, "stop").await;
    }
    assert_eq!(story.next(&story.cy.who).await, [2], "what they left is for whoever is free");
}
