//! Making and changing tasks, and who may.

use super::*;

on_both_databases! {
    a_task_is_made_of_what_is_there,
    what_cannot_be_done_is_refused_before_anything_is_made,
    only_who_is_able_takes_part,
    a_task_changes_its_people_and_rests,
    people_are_not_changed_so_that_a_task_could_not_end,
    what_becomes_of_inputs_and_concepts_becomes_of_tasks,
    each_act_needs_its_scope,
}

async fn a_task_is_made_of_what_is_there(bench: Bench) {
    let story = Story::of(bench, 4).await;
    let made = story
        .make(NewTask {
            name: "Street signs".into(),
            instructions: "Say **what** stands there.".into(),
            priority: 3,
            due_at: Some(story.bench.now().plus(LOCKED_FOR)),
            ..task(&["bo", "cy"], WorkerStrategy::Partitioned)
        })
        .await
        .unwrap();
    assert_eq!(made.row.name, "Street signs");
    assert_eq!(made.row.status, status::IN_PROGRESS);
    let choices: Vec<&str> = made.concepts.iter().map(|concept| concept.slug.as_str()).collect();
    assert_eq!(choices, ["yield", "stop"], "in the order in which they were named");
    let found: Vec<_> = made.people.iter().map(|one| (one.slug.as_str(), one.labels, one.reviews)).collect();
    assert_eq!(found, [("bo", true, false), ("cy", true, false)]);
    assert_eq!(story.task().await, made);
    // What comes later is no part of it.
    let later = NewInput {
        slug: "note-99".into(),
        content: Content::Text("Late".into()),
        metadata: None,
        place: None,
        labels: Labels::default(),
        datasets: Vec::new(),
    };
    let posted = PostInputs { inputs: vec![later], ..PostInputs::default() };
    story.bench.service.post_inputs(&story.ada.who, &story.app, posted).await.unwrap();
    let pending = |slug: &str| (Some(slug.to_owned()), AssignmentState::Pending, 2);
    assert_eq!(story.counts().await, [pending("bo"), pending("cy")]);
    let vocab =
        NewVocab { slug: "all".into(), concepts: vec!["turn".into(), "stop".into()], ..NewVocab::default() };
    story.bench.service.post_vocabs(&story.ada.who, &story.app, vec![vocab]).await.unwrap();
    story.bench.clock.advance(1_000_000);
    let of_vocab = NewTask {
        slug: "others".into(),
        concepts: Vec::new(),
        vocab: "all".into(),
        source: Source::Inputs(vec!["note-01".into(), "note-99".into()]),
        ..task(&["ada"], WorkerStrategy::Dynamic)
    };
    let made = story.make(of_vocab).await.unwrap();
    let choices: Vec<&str> = made.concepts.iter().map(|concept| concept.slug.as_str()).collect();
    assert_eq!(choices, ["turn", "stop"]);
    let listed =
        story.bench.service.list_tasks(&story.ada.who, &story.app, &TasksFilter::default(), 0, 10).await;
    let listed: Vec<String> = listed.unwrap().value.into_iter().map(|task| task.row.slug).collect();
    assert_eq!(listed, ["others", "signs"], "the newest first");
    let of_bo = TasksFilter { labellers: vec!["bo".into()], ..TasksFilter::default() };
    let listed =
        story.bench.service.list_tasks(&story.ada.who, &story.app, &of_bo, 0, 10).await.unwrap().value;
    assert_eq!(listed.len(), 1);
}

async fn what_cannot_be_done_is_refused_before_anything_is_made(bench: Bench) {
    let story = Story::of(bench, 2).await;
    let good = || task(&["bo", "cy"], WorkerStrategy::Partitioned);
    for (wrong, field) in [
        (NewTask { slug: String::new(), ..good() }, "id"),
        (NewTask { slug: "a/b".into(), ..good() }, "id"),
        (NewTask { concepts: vec!["z".into()], ..good() }, "concepts"),
        (NewTask { concepts: Vec::new(), ..good() }, "concepts"),
        (NewTask { vocab: "z".into(), ..good() }, "vocab"),
        (NewTask { kind: TaskKind::Boxes, ..good() }, "input_source"),
        (NewTask { source: Source::Inputs(vec!["z".into()]), ..good() }, "input_source"),
        (NewTask { source: Source::Inputs(Vec::new()), ..good() }, "input_source"),
        (NewTask { source: Source::Dataset("z".into()), ..good() }, "input_source"),
        (NewTask { per_input: 3, ..good() }, "per_input"),
        (NewTask { per_input: 0, ..good() }, "per_input"),
        (NewTask { priority: 4, ..good() }, "priority"),
        (NewTask { labellers: Vec::new(), ..good() }, "labellers"),
        (NewTask { review: Review::Manual { percent: 100, approvals: 1 }, ..good() }, "review"),
        (
            NewTask {
                review: Review::Manual { percent: 0, approvals: 1 },
                reviewers: vec!["di".into()],
                ..good()
            },
            "review",
        ),
        (
            NewTask {
                review: Review::Manual { percent: 100, approvals: 2 },
                reviewers: vec!["di".into()],
                ..good()
            },
            "review",
        ),
        (
            NewTask { review: Review::Consensus { labellers: 2 }, reviewers: vec!["di".into()], ..good() },
            "review",
        ),
        (NewTask { review: Review::Consensus { labellers: 2 }, per_input: 2, ..good() }, "reviewers"),
    ] {
        let refused = story.make(wrong.clone()).await.unwrap_err();
        assert_eq!(invalid(refused).0, format!("tasks[0].{field}"), "{wrong:?}");
    }
    let found =
        story.bench.service.list_tasks(&story.ada.who, &story.app, &TasksFilter::default(), 0, 10).await;
    assert!(found.unwrap().value.is_empty());
    story.make(good()).await.unwrap();
    assert!(matches!(story.make(good()).await, Err(Error::Taken(_))));
}

async fn only_who_is_able_takes_part(bench: Bench) {
    let story = Story::of(bench, 2).await;
    let viewer = join(&story.bench, &story.ada, &story.app, "eve", Preset::Viewer.scopes()).await;
    story.bench.person("stranger").await;
    for (slug, why) in [("eve", "Annotations_Add"), ("stranger", "is none"), ("nobody", "is none")] {
        let refused = story.make(task(&["bo", slug], WorkerStrategy::Dynamic)).await.unwrap_err();
        let (field, message) = invalid(refused);
        assert_eq!(field, "tasks[0].labellers");
        assert!(message.contains(why) && message.contains(slug), "{message}");
    }
    let twice = story.make(task(&["bo", "bo"], WorkerStrategy::Dynamic)).await.unwrap_err();
    assert_eq!(invalid(twice).0, "tasks[0].labellers");
    // A viewer reviews: nothing is added by it.
    let by_viewer =
        NewTask { reviewers: vec!["eve".into()], ..reviewed(task(&["bo"], WorkerStrategy::Dynamic), 100) };
    story.make(by_viewer).await.unwrap();
    story.label(&story.bo.who, 0, "stop").await;
    assert_eq!(story.to_review(&viewer.who).await.len(), 1);
}

async fn a_task_changes_its_people_and_rests(bench: Bench) {
    let story = Story::of(bench, 4).await;
    story.make(task(&["bo", "cy"], WorkerStrategy::Partitioned)).await.unwrap();
    let patch = async |change: PatchTask| {
        let change = PatchTask { slug: "signs".into(), ..change };
        let service = &story.bench.service;
        service.patch_tasks(&story.ada.who, &story.app, PatchAction::Merge, vec![change]).await
    };
    patch(PatchTask { status: Some(status::IDLE), ..PatchTask::default() }).await.unwrap();
    assert!(story.next(&story.bo.who).await.is_empty(), "it rests");
    assert!(story.act(&story.bo.who, 0, Act::Start, "").await.is_err());
    patch(PatchTask { status: Some(status::IN_PROGRESS), ..PatchTask::default() }).await.unwrap();
    story.label(&story.bo.who, 0, "stop").await;
    let only_cy = Some(vec![Labeller::new("cy")]);
    patch(PatchTask { labellers: only_cy, ..PatchTask::default() }).await.unwrap();
    assert!(story.next(&story.bo.who).await.is_empty());
    for number in [1, 3] {
        story.label(&story.cy.who, number, "stop").await;
    }
    assert_eq!(story.next(&story.cy.who).await, [2], "what was to be Bo's");
    let wrong = patch(PatchTask { status: Some(1), ..PatchTask::default() }).await.unwrap_err();
    assert_eq!(invalid(wrong).0, "tasks[0].status");
    let nobody = patch(PatchTask { labellers: Some(Vec::new()), ..PatchTask::default() }).await.unwrap_err();
    assert_eq!(invalid(nobody).0, "tasks[0].labellers");
}

async fn people_are_not_changed_so_that_a_task_could_not_end(bench: Bench) {
    let story = Story::of(bench, 1).await;
    let twice = NewTask { per_input: 2, ..task(&["bo", "cy"], WorkerStrategy::Dynamic) };
    story.make(reviewed(twice, 100)).await.unwrap();
    let patch = async |change: PatchTask| {
        let change = PatchTask { slug: "signs".into(), ..change };
        let service = &story.bench.service;
        let done = service.patch_tasks(&story.ada.who, &story.app, PatchAction::Merge, vec![change]).await;
        invalid(done.unwrap_err()).0
    };
    let one = Some(vec![Labeller::new("bo")]);
    assert_eq!(patch(PatchTask { labellers: one, ..PatchTask::default() }).await, "tasks[0].labellers");
    let nobody = Some(Vec::new());
    assert_eq!(patch(PatchTask { reviewers: nobody, ..PatchTask::default() }).await, "tasks[0].review");
}

async fn what_becomes_of_inputs_and_concepts_becomes_of_tasks(bench: Bench) {
    let story = Story::of(bench, 2).await;
    story.make(task(&["bo"], WorkerStrategy::Partitioned)).await.unwrap();
    story.label(&story.bo.who, 0, "stop").await;
    let service = &story.bench.service;
    service
        .delete_inputs(
            &story.ada.who,
            &story.app,
            atelier_domain::Endpoint::DeleteInputs,
            &["note-01".into()],
        )
        .await
        .unwrap();
    assert!(story.next(&story.bo.who).await.is_empty(), "what is gone is not to be labelled");
    service.delete_concepts(&story.ada.who, &story.app, &["yield".into()]).await.unwrap();
    let choices: Vec<String> = story.task().await.concepts.into_iter().map(|concept| concept.slug).collect();
    assert_eq!(choices, ["stop"]);
    service.delete_tasks(&story.ada.who, &story.app, &["signs".into()]).await.unwrap();
    assert_eq!(story.stands(&story.bo, 0).await, [said::SUCCESS], "what was said stays");
}

async fn each_act_needs_its_scope(bench: Bench) {
    let story = Story::of(bench, 1).await;
    let lacks = |error: Error, scope: Scope| {
        assert!(matches!(&error, Error::Forbidden { missing, .. } if missing.contains(scope)), "{error:?}");
    };
    let service = &story.bench.service;
    let by_worker =
        service.post_tasks(&story.bo.who, &story.app, vec![task(&["bo"], WorkerStrategy::Dynamic)]).await;
    lacks(by_worker.unwrap_err(), Scope::TasksAdd);
    story.make(task(&["bo"], WorkerStrategy::Dynamic)).await.unwrap();
    lacks(
        service.delete_tasks(&story.bo.who, &story.app, &["signs".into()]).await.unwrap_err(),
        Scope::TasksDelete,
    );
    let viewer = join(&story.bench, &story.ada, &story.app, "eve", Preset::Viewer.scopes()).await;
    lacks(story.act(&viewer.who, 0, Act::Submit, "").await.unwrap_err(), Scope::AnnotationsAdd);
    let stranger = story.bench.person("stranger").await;
    assert_eq!(story.act(&stranger.who, 0, Act::Submit, "").await.unwrap_err(), Error::NotFound);
    assert_eq!(service.get_task(&stranger.who, &story.app, "signs").await.unwrap_err(), Error::NotFound);
    let listed = service.tasks_with_counts(&story.bo.who, &story.app, 0, 10).await.unwrap();
    let in_pool = listed[0].1.iter().filter(|count| count.worker_id.is_none()).map(|count| count.count);
    assert_eq!(in_pool.collect::<Vec<_>>(), [1]);
}
