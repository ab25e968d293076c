//! Tasks, on both databases: who labels what, who reviews it, and what becomes of work when somebody goes.

use atelier_domain::assignment::{Act, AssignmentState, LOCKED_FOR};
use atelier_domain::closure::closed;
use atelier_domain::task::{Review, TaskKind, WorkerStrategy};
use atelier_domain::{Below, Label, Labels, PatchAction, Preset, Region, Scope, ScopeSet, Shape};
use atelier_service::annotations::{AnnotationsFilter, NewAnnotation, PatchAnnotation, status as said};
use atelier_service::concepts::NewConcept;
use atelier_service::inputs::{Content, NewInput, PostInputs};
use atelier_service::tasks::{
    ActOnAssignment, Acted, Labeller, NewTask, PatchTask, Source, Task, TasksFilter, status,
};
use atelier_service::vocabs::NewVocab;
use atelier_service::{AppName, Error, Result, Who};
use atelier_testkit::errors::invalid;
use atelier_testkit::sharing::{join, people, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};

on_both_databases! {
    a_task_is_made_of_what_is_there,
    what_cannot_be_done_is_refused_before_anything_is_made,
    only_who_is_able_takes_part,
    everybody_gets_their_part_and_labels_it,
    whoever_is_free_takes_ten_and_others_take_what_lapsed,
    an_input_that_several_label_comes_to_nobody_twice,
    a_reviewer_approves_gives_back_and_rejects,
    nobody_reviews_their_own_work,
    a_sample_is_reviewed_and_the_rest_counts,
    those_who_agree_count_without_a_review,
    what_is_skipped_says_why_and_ends_the_task,
    only_what_the_task_asks_for_is_said_within_it,
    what_was_submitted_stays_as_it_is,
    who_is_removed_leaves_their_work_and_not_what_was_left,
    who_is_narrowed_no_longer_labels,
    whose_grant_ends_by_its_date_leaves_what_was_left,
    people_are_not_changed_so_that_a_task_could_not_end,
    a_task_changes_its_people_and_rests,
    what_becomes_of_inputs_and_concepts_becomes_of_tasks,
    how_the_work_goes_on_is_for_those_who_see_the_people,
    each_act_needs_its_scope,
}

/// Ada's app with three concepts and `inputs` texts, and three labellers and a reviewer.
struct Story {
    bench: Bench,
    ada: Person,
    app: AppName,
    bo: Person,
    cy: Person,
    di: Person,
}

impl Story {
    async fn of(bench: Bench, inputs: usize) -> Self {
        let ada = bench.person("ada").await;
        let app = street_signs(&bench, &ada).await;
        let named =
            ["stop", "yield", "turn"].map(|slug| NewConcept { slug: slug.into(), ..NewConcept::default() });
        bench.service.post_concepts(&ada.who, &app, named.into()).await.unwrap();
        let texts = (0..inputs).map(|number| NewInput {
            slug: format!("note-{number:02}"),
            content: Content::Text("Stop at the sign".into()),
            metadata: None,
            labels: Labels::default(),
            datasets: Vec::new(),
        });
        let posted = PostInputs { inputs: texts.collect(), ..PostInputs::default() };
        if inputs > 0 {
            bench.service.post_inputs(&ada.who, &app, posted).await.unwrap();
        }
        let bo = join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
        let cy = join(&bench, &ada, &app, "cy", Preset::Worker.scopes()).await;
        let di = join(&bench, &ada, &app, "di", Preset::Reviewer.scopes()).await;
        Self { bench, ada, app, bo, cy, di }
    }

    async fn make(&self, task: NewTask) -> Result<Task> {
        let made = self.bench.service.post_tasks(&self.ada.who, &self.app, vec![task]).await?;
        Ok(made.value.into_iter().next().unwrap())
    }

    /// What each of these is to label next, as the numbers of inputs.
    async fn next(&self, who: &Who) -> Vec<usize> {
        let next = self.bench.service.next_to_label(who, &self.app, "signs").await.unwrap().value;
        let slugs: Vec<&str> = next.inputs.iter().map(|input| input.slug.as_str()).collect();
        let rows: Vec<&str> = next.assignments.iter().map(|row| row.input_slug.as_str()).collect();
        assert_eq!(slugs, rows);
        slugs.iter().map(|slug| slug.trim_start_matches("note-").parse().unwrap()).collect()
    }

    async fn to_review(&self, who: &Who) -> Vec<(String, String)> {
        let next = self.bench.service.next_to_review(who, &self.app, "signs").await.unwrap().value;
        let named = |row: &atelier_service::tasks::AssignmentRow| {
            (row.input_slug.clone(), row.worker_slug.clone().unwrap_or_default())
        };
        next.assignments.iter().map(named).collect()
    }

    async fn act(&self, who: &Who, number: usize, act: Act, note: &str) -> Result<Acted> {
        let input = ActOnAssignment {
            task: "signs".into(),
            input: format!("note-{number:02}"),
            act,
            labellers: Vec::new(),
            note: note.into(),
        };
        self.bench.service.act_on_assignment(who, &self.app, &input).await.map(|done| done.value)
    }

    async fn say(&self, who: &Who, number: usize, concept: &str) -> Result<String> {
        let said = NewAnnotation {
            input: format!("note-{number:02}"),
            labels: labels(concept),
            task: "signs".into(),
            ..NewAnnotation::default()
        };
        let rows = self.bench.service.post_annotations(who, &self.app, vec![said]).await?;
        Ok(rows[0].slug.clone())
    }

    /// Labels an input from beginning to end.
    async fn label(&self, who: &Who, number: usize, concept: &str) -> Acted {
        self.act(who, number, Act::Start, "").await.unwrap();
        self.say(who, number, concept).await.unwrap();
        self.act(who, number, Act::Submit, "").await.unwrap()
    }

    /// How what `who` said of an input stands.
    async fn stands(&self, who: &Person, number: usize) -> Vec<i64> {
        let filter = AnnotationsFilter {
            inputs: vec![format!("note-{number:02}")],
            authors: vec![who.slug.clone()],
            ..AnnotationsFilter::default()
        };
        let rows =
            self.bench.service.list_annotations(&self.ada.who, &self.app, &filter, 0, 10).await.unwrap();
        rows.iter().map(|row| row.status).collect()
    }

    async fn task(&self) -> Task {
        self.bench.service.get_task(&self.ada.who, &self.app, "signs").await.unwrap().value
    }

    /// How many assignments stand in which way, by their workers.
    async fn counts(&self) -> Vec<(Option<String>, AssignmentState, i64)> {
        let endpoint = atelier_domain::Endpoint::GetTaskInputCount;
        let counts =
            self.bench.service.task_counts(&self.ada.who, &self.app, endpoint, "signs").await.unwrap();
        counts.value.into_iter().map(|count| (count.slug, count.state, count.count)).collect()
    }
}

fn labels(concept: &str) -> Labels {
    let concepts = vec![Label { concept: concept.parse().unwrap(), value: 1.0 }];
    Labels { concepts, regions: Vec::new() }
}

/// A task of every input, for these people.
fn task(labellers: &[&str], strategy: WorkerStrategy) -> NewTask {
    NewTask {
        slug: "signs".into(),
        concepts: vec!["yield".into(), "stop".into()],
        labellers: labellers.iter().map(|slug| Labeller::new(*slug)).collect(),
        strategy,
        ..NewTask::default()
    }
}

fn reviewed(task: NewTask, percent: u8) -> NewTask {
    NewTask { review: Review::Manual { percent, approvals: 1 }, reviewers: vec!["di".into()], ..task }
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

async fn a_reviewer_approves_gives_back_and_rejects(bench: Bench) {
    let story = Story::of(bench, 3).await;
    story.make(reviewed(task(&["bo"], WorkerStrategy::Partitioned), 100)).await.unwrap();
    for number in 0..3 {
        story.label(&story.bo.who, number, "stop").await;
        assert_eq!(story.stands(&story.bo, number).await, [said::AWAITING_REVIEW]);
    }
    let waiting: Vec<String> =
        story.to_review(&story.di.who).await.into_iter().map(|(input, _)| input).collect();
    assert_eq!(waiting, ["note-00", "note-01", "note-02"]);
    story.act(&story.di.who, 0, Act::Review, "").await.unwrap();
    story.act(&story.di.who, 0, Act::Approve, "").await.unwrap();
    assert_eq!(story.stands(&story.bo, 0).await, [said::SUCCESS]);
    story.act(&story.di.who, 1, Act::Reject, "This is no sign.").await.unwrap();
    assert_eq!(story.stands(&story.bo, 1).await, [said::REVIEW_DENIED]);
    story.act(&story.di.who, 2, Act::RequestChanges, "Look again.").await.unwrap();
    assert_eq!(story.stands(&story.bo, 2).await, [said::PENDING]);
    assert_eq!(story.next(&story.bo.who).await, [2]);
    let found = story
        .bench
        .service
        .assignments_of_input(&story.bo.who, &story.app, "signs", "note-02")
        .await
        .unwrap();
    let heard: Vec<_> =
        found[0].1.iter().map(|review| (review.act.as_str(), review.comment.as_str())).collect();
    assert_eq!(heard, [("request_changes", "Look again.")]);
    assert!(!story.act(&story.bo.who, 2, Act::Submit, "").await.unwrap().is_task_done);
    assert!(story.act(&story.di.who, 2, Act::Approve, "").await.unwrap().is_task_done);
    let over = story.act(&story.di.who, 2, Act::Approve, "").await.unwrap_err();
    assert_eq!(over, Error::Conflict("this task is not worked on just now".into()));
}

async fn nobody_reviews_their_own_work(bench: Bench) {
    let story = Story::of(bench, 2).await;
    let both = NewTask {
        reviewers: vec!["bo".into(), "cy".into()],
        ..reviewed(task(&["bo", "cy"], WorkerStrategy::Partitioned), 100)
    };
    story.make(both).await.unwrap();
    story.label(&story.bo.who, 0, "stop").await;
    assert!(story.to_review(&story.bo.who).await.is_empty());
    let own = story.act(&story.bo.who, 0, Act::Approve, "").await.unwrap_err();
    assert_eq!(own, Error::Conflict("you labelled this input yourself: somebody else reviews it".into()));
    assert_eq!(story.to_review(&story.cy.who).await, [("note-00".to_owned(), "bo".to_owned())]);
    let stranger = story.act(&story.di.who, 0, Act::Approve, "").await.unwrap_err();
    assert_eq!(stranger, Error::Conflict("you are not among those who review in this task".into()));
    // Somebody who is at it is not disturbed, until their time is over.
    story.act(&story.cy.who, 0, Act::Review, "").await.unwrap();
    story.act(&story.cy.who, 0, Act::Approve, "").await.unwrap();
    let early = story.act(&story.cy.who, 1, Act::Approve, "").await.unwrap_err();
    assert!(matches!(early, Error::Conflict(_)), "it is their own, and not labelled yet");
}

async fn a_sample_is_reviewed_and_the_rest_counts(bench: Bench) {
    let story = Story::of(bench, 60).await;
    story.make(reviewed(task(&["bo"], WorkerStrategy::Partitioned), 50)).await.unwrap();
    let (mut reviewed, mut counted) = (0, 0);
    for number in 0..60 {
        let acted = story.act(&story.bo.who, number, Act::Submit, "").await.unwrap();
        match acted.assignments[0].assignment.state {
            AssignmentState::AwaitingReview => reviewed += 1,
            AssignmentState::Done => counted += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!((15..=45).contains(&reviewed) && reviewed + counted == 60, "{reviewed} of 60");
}

async fn those_who_agree_count_without_a_review(bench: Bench) {
    let story = Story::of(bench, 3).await;
    let agreed = NewTask {
        review: Review::Consensus { labellers: 2 },
        reviewers: vec!["di".into()],
        per_input: 2,
        ..task(&["bo", "cy"], WorkerStrategy::Partitioned)
    };
    story.make(agreed).await.unwrap();
    story.label(&story.bo.who, 0, "stop").await;
    assert_eq!(story.stands(&story.bo, 0).await, [said::AWAITING_REVIEW]);
    story.label(&story.cy.who, 0, "stop").await;
    assert_eq!(story.stands(&story.bo, 0).await, [said::SUCCESS]);
    assert_eq!(story.stands(&story.cy, 0).await, [said::SUCCESS]);
    story.label(&story.bo.who, 1, "stop").await;
    story.label(&story.cy.who, 1, "yield").await;
    let waiting = story.to_review(&story.di.who).await;
    assert_eq!(waiting, [("note-01".to_owned(), "bo".to_owned()), ("note-01".to_owned(), "cy".to_owned())]);
    // The reviewer says of each what becomes of it.
    for (labeller, act) in [("bo", Act::Approve), ("cy", Act::Reject)] {
        let input = ActOnAssignment {
            task: "signs".into(),
            input: "note-01".into(),
            act,
            labellers: vec![labeller.into()],
            note: String::new(),
        };
        story.bench.service.act_on_assignment(&story.di.who, &story.app, &input).await.unwrap();
    }
    assert_eq!(story.stands(&story.bo, 1).await, [said::SUCCESS]);
    assert_eq!(story.stands(&story.cy, 1).await, [said::REVIEW_DENIED]);
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

async fn how_the_work_goes_on_is_for_those_who_see_the_people(bench: Bench) {
    let story = Story::of(bench, 4).await;
    story.make(reviewed(task(&["bo", "cy"], WorkerStrategy::Full), 100)).await.unwrap();
    let progress =
        async || story.bench.service.task_progress(&story.ada.who, &story.app, "signs").await.unwrap().value;
    let before = progress().await;
    assert_eq!(
        before.course.iter().map(|end| (end.over, end.waiting, end.left)).collect::<Vec<_>>(),
        [(0, 0, 8)]
    );
    assert_eq!((before.labellers.len(), before.agreement.inputs), (0, 0));
    story.label(&story.bo.who, 0, "stop").await;
    for number in 1..3 {
        story.label(&story.bo.who, number, "yield").await;
    }
    for (number, concept) in [(0, "stop"), (1, "yield"), (2, "stop")] {
        story.label(&story.cy.who, number, concept).await;
    }
    for (number, act) in [(0, Act::Approve), (1, Act::RequestChanges)] {
        story.act(&story.di.who, number, act, "so").await.unwrap();
    }
    let after = progress().await;
    let ends: Vec<(i64, i64, i64)> =
        after.course.iter().map(|end| (end.over, end.waiting, end.left)).collect();
    assert_eq!(ends.last(), Some(&(2, 2, 4)), "{ends:?}");
    let of =
        |name: &str| after.labellers.iter().find(|one| one.name.to_lowercase().starts_with(name)).unwrap();
    let (bo, cy) = (of("bo"), of("cy"));
    assert_eq!((bo.submitted, bo.days, bo.approved, bo.returned, bo.rejected), (3, 1, 1, 1, 0));
    assert_eq!((cy.submitted, cy.days, cy.approved, cy.returned), (3, 1, 1, 1));
    // What was given back is not said any more; of the rest, both said "stop" of one and differ about the other.
    let counts: Vec<(&str, i64)> =
        after.concepts.iter().map(|(slug, count)| (slug.as_str(), *count)).collect();
    assert_eq!(counts, [("yield", 1), ("stop", 2)]);
    assert_eq!((after.agreement.inputs, after.agreement.pairs.len()), (2, 1));
    assert_eq!(after.agreement.pairs[0].inputs, 2);
    let missing = story.bench.service.task_progress(&story.bo.who, &story.app, "signs").await.unwrap_err();
    assert!(
        matches!(&missing, Error::Forbidden { missing, .. } if missing.contains(Scope::CollaboratorsGet)),
        "{missing:?}"
    );
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
