//! Whose turn it is to label, and what they can say.

use super::*;

on_both_databases! {
    everybody_gets_their_part_and_labels_it,
    whoever_is_free_takes_ten_and_others_take_what_lapsed,
    an_input_that_several_label_comes_to_nobody_twice,
    what_is_skipped_says_why_and_ends_the_task,
    only_what_the_task_asks_for_is_said_within_it,
    what_was_submitted_stays_as_it_is,
    what_is_handed_in_is_there_whole_and_once,
}

async fn everybody_gets_their_part_and_labels_it(bench: Bench) {
    let story = Story::of(bench, 5).await;
    story.make(task(&["bo", "cy"], WorkerStrategy::Partitioned)).await.unwrap();
    assert_eq!(story.next(&story.bo.who).await, [0, 2, 4]);
    assert_eq!(story.next(&story.cy.who).await, [1, 3]);
    assert!(story.next(&story.di.who).await.is_empty(), "who does not label has nothing to do");
    let refused = story.act(&story.cy.who, 0, Act::Start, "").await.unwrap_err();
    assert_eq!(refused, Error::Conflict("this input is assigned to somebody else".into()));
    for number in [0, 2, 4] {
        assert!(!story.label(&story.bo.who, number, "stop").await.is_task_done);
        assert_eq!(story.stands(&story.bo, number).await, [said::SUCCESS]);
    }
    assert!(story.next(&story.bo.who).await.is_empty());
    story.label(&story.cy.who, 1, "stop").await;
    assert!(story.label(&story.cy.who, 3, "yield").await.is_task_done);
    assert_eq!(story.task().await.row.status, status::DONE);
}

async fn whoever_is_free_takes_ten_and_others_take_what_lapsed(bench: Bench) {
    let story = Story::of(bench, 15).await;
    story.make(task(&["bo", "cy"], WorkerStrategy::Dynamic)).await.unwrap();
    assert_eq!(story.next(&story.bo.who).await, (0..10).collect::<Vec<_>>());
    assert_eq!(story.next(&story.cy.who).await, (10..15).collect::<Vec<_>>());
    assert_eq!(story.next(&story.bo.who).await.len(), 10, "nobody takes more before these are done");
    // Whoever works keeps what they took; whoever does not loses it.
    story.bench.clock.advance(LOCKED_FOR - 1);
    story.label(&story.bo.who, 0, "stop").await;
    story.bench.clock.advance(LOCKED_FOR - 1);
    for number in 1..10 {
        story.label(&story.bo.who, number, "stop").await;
    }
    assert_eq!(story.next(&story.bo.who).await, (10..15).collect::<Vec<_>>());
    assert!(story.next(&story.cy.who).await.is_empty());
    for number in 10..14 {
        story.label(&story.bo.who, number, "stop").await;
    }
    assert!(story.label(&story.bo.who, 14, "stop").await.is_task_done);
}

async fn an_input_that_several_label_comes_to_nobody_twice(bench: Bench) {
    let story = Story::of(bench, 3).await;
    story.make(NewTask { per_input: 2, ..task(&["bo", "cy"], WorkerStrategy::Dynamic) }).await.unwrap();
    assert_eq!(story.next(&story.bo.who).await, [0, 1, 2]);
    assert_eq!(story.next(&story.cy.who).await, [0, 1, 2]);
    for number in 0..3 {
        story.label(&story.bo.who, number, "stop").await;
    }
    assert!(story.next(&story.bo.who).await.is_empty(), "the other half is for somebody else");
    let again = story.act(&story.bo.who, 0, Act::Start, "").await.unwrap_err();
    assert_eq!(again, Error::Conflict("this input is done already".into()));
}

async fn what_is_skipped_says_why_and_ends_the_task(bench: Bench) {
    let story = Story::of(bench, 1).await;
    story.make(task(&["bo"], WorkerStrategy::Partitioned)).await.unwrap();
    let silent = story.act(&story.bo.who, 0, Act::Skip, " ").await.unwrap_err();
    assert_eq!(invalid(silent).0, "note");
    let acted = story.act(&story.bo.who, 0, Act::Skip, "Too blurred.").await.unwrap();
    assert!(acted.is_task_done);
    assert_eq!(acted.assignments[0].reason.as_deref(), Some("Too blurred."));
    assert_eq!(acted.assignments[0].assignment.state, AssignmentState::Skipped);
}

async fn only_what_the_task_asks_for_is_said_within_it(bench: Bench) {
    let story = Story::of(bench, 2).await;
    story.make(task(&["bo", "cy"], WorkerStrategy::Partitioned)).await.unwrap();
    let wrong = story.say(&story.bo.who, 0, "turn").await.unwrap_err();
    assert!(invalid(wrong).1.contains("`turn`"), "it is a concept of the app, and none of the task's");
    let elsewhere = story.say(&story.bo.who, 1, "stop").await.unwrap_err();
    assert_eq!(invalid(elsewhere).0, "annotations[0].task", "it is somebody else's to label");
    let region = Region {
        id: "r".parse().unwrap(),
        shape: Shape::Span { start: 0, end: 4 },
        labels: labels("stop").concepts,
    };
    let parts = NewAnnotation {
        input: "note-00".into(),
        labels: Labels { concepts: Vec::new(), regions: vec![region] },
        task: "signs".into(),
        ..NewAnnotation::default()
    };
    let refused =
        story.bench.service.post_annotations(&story.bo.who, &story.app, vec![parts]).await.unwrap_err();
    assert_eq!(invalid(refused).0, "annotations[0].labels");
}

async fn what_was_submitted_stays_as_it_is(bench: Bench) {
    let story = Story::of(bench, 1).await;
    story.make(reviewed(task(&["bo"], WorkerStrategy::Partitioned), 100)).await.unwrap();
    let slug = story.say(&story.bo.who, 0, "stop").await.unwrap();
    let change = |concept: &str| {
        let patch =
            PatchAnnotation { slug: slug.clone(), labels: labels(concept), ..PatchAnnotation::default() };
        story.bench.service.patch_annotations(
            &story.bo.who,
            &story.app,
            PatchAction::Merge,
            vec![patch],
            false,
        )
    };
    change("yield").await.unwrap();
    let pass = |who: &Who| {
        let status = Some(said::SUCCESS);
        let patch = PatchAnnotation { slug: slug.clone(), status, ..PatchAnnotation::default() };
        let (service, who) = (story.bench.service.clone(), who.clone());
        let app = story.app.clone();
        async move { service.patch_annotations(&who, &app, PatchAction::Merge, vec![patch], false).await }
    };
    for who in [&story.bo.who, &story.ada.who] {
        assert_eq!(invalid(pass(who).await.unwrap_err()).0, "annotations[0].status", "past the review");
    }
    story.act(&story.bo.who, 0, Act::Submit, "").await.unwrap();
    assert_eq!(invalid(change("stop").await.unwrap_err()).0, "annotations[0].task");
    assert!(story.say(&story.bo.who, 0, "stop").await.is_err());
    story.act(&story.di.who, 0, Act::RequestChanges, "Once more.").await.unwrap();
    change("stop").await.unwrap();
}

async fn what_is_handed_in_is_there_whole_and_once(bench: Bench) {
    let story = Story::of(bench, 2).await;
    story.make(reviewed(task(&["bo"], WorkerStrategy::Partitioned), 100)).await.unwrap();
    let submit = |who: &Who, concept: &str| {
        let (service, who, app, meant) =
            (story.bench.service.clone(), who.clone(), story.app.clone(), labels(concept));
        async move { service.submit_labels(&who, &app, "signs", "note-00", meant, None).await }
    };
    // What cannot be handed in leaves nothing behind.
    assert_eq!(invalid(submit(&story.bo.who, "tree").await.unwrap_err()).0, "annotations[0].labels");
    assert!(story.stands(&story.bo, 0).await.is_empty());
    assert!(submit(&story.cy.who, "stop").await.is_err());
    // The same from several pages, or by one that did not hear of it, is handed in once.
    let (one, other) = tokio::join!(submit(&story.bo.who, "stop"), submit(&story.bo.who, "stop"));
    assert_eq!((one, other), (Ok(()), Ok(())));
    assert_eq!(story.stands(&story.bo, 0).await, [said::AWAITING_REVIEW]);
    assert!(matches!(submit(&story.bo.who, "yield").await, Err(Error::Conflict(_))), "it stands");
    // Somebody who changes their mind says of what they said before that it is not there.
    story.act(&story.di.who, 0, Act::RequestChanges, "Look again.").await.unwrap();
    submit(&story.bo.who, "yield").await.unwrap();
    submit(&story.bo.who, "yield").await.unwrap();
    assert_eq!(story.stands(&story.bo, 0).await, [said::AWAITING_REVIEW]);
    story.act(&story.di.who, 0, Act::Approve, "").await.unwrap();
    submit(&story.bo.who, "yield").await.unwrap();
    assert_eq!(story.stands(&story.bo, 0).await, [said::SUCCESS]);
}
