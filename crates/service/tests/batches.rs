//! What is done to many inputs at once, on both databases: part by part, by whoever may, and undone again.

use atelier_domain::task::WorkerStrategy;
use atelier_domain::time::MINUTE;
use atelier_domain::{Endpoint, Filter, Label, Labels, Preset, Rights, Scope, ScopeSet};
use atelier_service::annotations::{AnnotationRow, AnnotationsFilter, NewAnnotation};
use atelier_service::audit::AuditFilter;
use atelier_service::batches::{Act, Batch, BatchState, Chosen, NewBatch};
use atelier_service::datasets::NewDataset;
use atelier_service::inputs::{Content, InputsFilter, NewInput, PostInputs};
use atelier_service::search::Query;
use atelier_service::tasks::{ActOnAssignment, Labeller, NewTask, PatchTask, Source, status};
use atelier_service::{AppName, Error, Service, Who};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::sharing::{give_exactly, join, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};

on_both_databases! {
    a_concept_is_said_of_all_that_match_and_taken_back,
    a_concept_is_taken_out_as_far_as_one_may,
    what_was_taken_out_comes_back_as_it_was,
    what_was_changed_since_it_was_taken_out_stays,
    inputs_are_added_to_a_task_and_taken_out_again,
    what_no_task_takes_is_told,
    inputs_are_put_into_a_dataset_and_taken_out_again,
    inputs_are_deleted_for_good,
    what_was_changed_since_stays,
    each_act_needs_its_scope,
    to_say_otherwise_is_to_change,
    what_is_narrowed_meanwhile_stops_it,
    another_server_goes_on_with_what_one_left,
    what_is_stopped_stays_stopped,
    what_cannot_be_begun_is_told,
}

fn text(slug: &str, words: &str) -> NewInput {
    NewInput {
        slug: slug.into(),
        content: Content::Text(words.into()),
        metadata: None,
        place: None,
        labels: Labels::default(),
        datasets: Vec::new(),
    }
}

fn stop(value: f32) -> Labels {
    Labels { concepts: vec![Label { concept: "stop".parse().unwrap(), value }], regions: Vec::new() }
}

async fn say(bench: &Bench, who: &Who, app: &AppName, input: &str, labels: Labels) -> AnnotationRow {
    let new = NewAnnotation { input: input.into(), labels, ..NewAnnotation::default() };
    bench.clock.advance(1);
    bench.service.post_annotations(who, app, vec![new]).await.unwrap().remove(0)
}

/// Ada's app with so many red inputs `red-0`, `red-1`, …, and one that is green.
async fn reds(bench: &Bench, count: usize) -> (Person, AppName) {
    let ada = bench.person("ada").await;
    let app = street_signs(bench, &ada).await;
    let mut inputs: Vec<NewInput> = (0..count).map(|number| text(&format!("red-{number}"), "red")).collect();
    inputs.push(text("green", "green"));
    let inputs = PostInputs { inputs, ..PostInputs::default() };
    let posted = bench.service.post_inputs(&ada.who, &app, inputs).await.unwrap();
    assert!(posted.inputs.iter().all(Result::is_ok));
    bench.clock.advance(1_000);
    (ada, app)
}

fn matching(filter: &str) -> Chosen {
    let filter: Filter = filter.parse().unwrap();
    Chosen::Matching(Query { filter, oldest_first: false })
}

fn named(slugs: &[&str]) -> Chosen {
    Chosen::Named(slugs.iter().map(|slug| (*slug).to_owned()).collect())
}

fn new(act: Act, subject: &str, chosen: Chosen) -> NewBatch {
    NewBatch { act, subject: subject.into(), chosen }
}

/// The newest that somebody has begun, once it is not under way any more.
async fn ended(service: &Service, who: &Who, app: &AppName) -> Batch {
    for _ in 0..2_000 {
        let batch = service.list_batches(who, app).await.unwrap().remove(0);
        if !matches!(batch.row.state, BatchState::Running | BatchState::Undoing) {
            return batch;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("it does not end");
}

async fn done(bench: &Bench, who: &Who, app: &AppName, new: &NewBatch) -> Batch {
    bench.clock.advance(1);
    bench.service.begin_batch(who, app, new).await.unwrap();
    ended(&bench.service, who, app).await
}

async fn undone(bench: &Bench, who: &Who, app: &AppName, batch: &Batch) -> Batch {
    bench.service.undo_batch(who, app, batch.row.id).await.unwrap();
    ended(&bench.service, who, app).await
}

/// What there is of it: done, so already, not possible, undone.
fn counts(batch: &Batch) -> (BatchState, i64, i64, i64, i64) {
    let row = &batch.row;
    (row.state, row.done, row.same, row.failed, row.undone)
}

async fn said(bench: &Bench, who: &Who, app: &AppName) -> Vec<(String, Labels)> {
    let all =
        bench.service.list_annotations(who, app, &AnnotationsFilter::default(), 0, 1_000).await.unwrap();
    all.into_iter().map(|row| (row.input_slug, row.labels)).collect()
}

async fn inputs(bench: &Bench, who: &Who, app: &AppName) -> Vec<String> {
    let page = bench.service.list_inputs(who, app, &InputsFilter::default(), 0, 1_000).await.unwrap();
    page.inputs.into_iter().map(|row| row.slug).collect()
}

async fn actions(bench: &Bench, who: &Who, app: &AppName) -> Vec<String> {
    let all = bench.service.list_app_audit(who, app, &AuditFilter::default(), 20).await.unwrap().entries;
    all.into_iter().map(|entry| entry.action).collect()
}

async fn a_concept_is_said_of_all_that_match_and_taken_back(bench: Bench) {
    // More than two parts.
    let (ada, app) = reds(&bench, 250).await;
    say(&bench, &ada.who, &app, "red-7", stop(1.0)).await;
    say(&bench, &ada.who, &app, "red-8", stop(0.0)).await;
    let before = said(&bench, &ada.who, &app).await;
    let all = done(&bench, &ada.who, &app, &new(Act::Say, "stop", matching("text(red)"))).await;
    assert_eq!(counts(&all), (BatchState::Done, 249, 1, 0, 0));
    assert_eq!((all.row.total, all.told.len()), (250, 0));
    let after = said(&bench, &ada.who, &app).await;
    assert_eq!(after.len(), 250, "nothing is said twice");
    assert!(after.iter().all(|(input, labels)| input != "green" && *labels == stop(1.0)));
    // Once more changes nothing.
    let again = done(&bench, &ada.who, &app, &new(Act::Say, "stop", matching("text(red)"))).await;
    assert_eq!(counts(&again), (BatchState::Done, 0, 250, 0, 0));

    let back = bench.service.undo_batch(&ada.who, &app, all.row.id).await;
    assert_eq!(back, Ok(()));
    for _ in 0..2_000 {
        let listed = bench.service.list_batches(&ada.who, &app).await.unwrap();
        if listed[1].row.state == BatchState::Undone {
            assert_eq!(counts(&listed[1]), (BatchState::Undone, 249, 1, 0, 249));
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(said(&bench, &ada.who, &app).await, before, "also what was said the other way round");
    assert_eq!(actions(&bench, &ada.who, &app).await[0], "annotation.deleted");
}

async fn a_concept_is_taken_out_as_far_as_one_may(bench: Bench) {
    let (ada, app) = reds(&bench, 3).await;
    let scopes = Preset::Worker.scopes().with(Scope::AnnotationsDelete);
    let bo = join(&bench, &ada, &app, "bo", scopes).await;
    say(&bench, &ada.who, &app, "red-0", stop(1.0)).await;
    let both = Label { concept: "bent".parse().unwrap(), value: 1.0 };
    let both = Labels { concepts: vec![stop(1.0).concepts.remove(0), both], regions: Vec::new() };
    say(&bench, &ada.who, &app, "red-2", both).await;
    say(&bench, &bo.who, &app, "red-1", stop(1.0)).await;
    let chosen = || named(&["red-0", "red-1", "green", "nowhere"]);
    let by_bo = done(&bench, &bo.who, &app, &new(Act::Unsay, "stop", chosen())).await;
    assert_eq!(counts(&by_bo), (BatchState::Done, 1, 1, 2, 0));
    let told: Vec<&str> = by_bo.told.iter().map(|item| item.input.as_str()).collect();
    assert_eq!(told, ["red-0", "nowhere"]);
    assert!(by_bo.told[0].why.contains("ada") || by_bo.told[0].why.contains("Ada"), "{}", by_bo.told[0].why);
    let left = |rows: &[(String, Labels)]| rows.iter().map(|(input, _)| input.clone()).collect::<Vec<_>>();
    assert_eq!(left(&said(&bench, &ada.who, &app).await), ["red-0", "red-2"]);
    // The owner may, and what names something else besides stays.
    let by_ada = done(&bench, &ada.who, &app, &new(Act::Unsay, "stop", matching("all()"))).await;
    assert_eq!(counts(&by_ada), (BatchState::Done, 2, 2, 0, 0));
    let rest = said(&bench, &ada.who, &app).await;
    assert_eq!(left(&rest), ["red-2"]);
    assert!(!rest[0].1.concepts().contains_key("stop") && rest[0].1.concepts().contains_key("bent"));
}

/// All that is said, as it stands, without when it changed.
async fn stands(bench: &Bench, who: &Who, app: &AppName) -> Vec<(String, String, Labels, i64)> {
    let all = AnnotationsFilter::default();
    let rows = bench.service.list_annotations(who, app, &all, 0, 1_000).await.unwrap();
    rows.into_iter().map(|row| (row.slug, row.author_slug, row.labels, row.created_at.micros())).collect()
}

/// That of several concepts, each is there.
fn labels(concepts: &[&str]) -> Labels {
    let label = |slug: &&str| Label { concept: slug.parse().unwrap(), value: 1.0 };
    Labels { concepts: concepts.iter().map(label).collect(), regions: Vec::new() }
}

async fn what_was_taken_out_comes_back_as_it_was(bench: Bench) {
    let (ada, app) = reds(&bench, 150).await;
    let bo = join(&bench, &ada, &app, "bo", ScopeSet::ALL).await;
    for number in 0..120 {
        say(&bench, &ada.who, &app, &format!("red-{number}"), stop(1.0)).await;
    }
    say(&bench, &ada.who, &app, "red-3", labels(&["stop", "bent"])).await;
    say(&bench, &bo.who, &app, "red-4", stop(0.0)).await;
    let shape = atelier_domain::Shape::Span { start: 0, end: 3 };
    let span = atelier_domain::Region { id: "r".parse().unwrap(), shape, labels: stop(1.0).concepts };
    let span = Labels { concepts: Vec::new(), regions: vec![span] };
    say(&bench, &bo.who, &app, "green", span).await;
    let before = stands(&bench, &ada.who, &app).await;
    let out = done(&bench, &ada.who, &app, &new(Act::Unsay, "stop", matching("all()"))).await;
    assert_eq!(counts(&out), (BatchState::Done, 121, 30, 0, 0));
    assert_eq!(
        stands(&bench, &ada.who, &app).await.len(),
        2,
        "what says nothing more is gone, a part that is marked stays"
    );
    let back = undone(&bench, &ada.who, &app, &out).await;
    assert_eq!(counts(&back), (BatchState::Undone, 121, 30, 0, 121));
    assert_eq!(stands(&bench, &ada.who, &app).await, before, "in everybody's own name");
    // What is found by its concept is found again.
    let found = Query { filter: "said(concept:stop)".parse().unwrap(), oldest_first: false };
    assert_eq!(bench.service.count_found_inputs(&ada.who, &app, &found, 1_000).await, Ok(121));
    assert_eq!(actions(&bench, &ada.who, &app).await[0], "annotation.restored");
}

async fn what_was_changed_since_it_was_taken_out_stays(bench: Bench) {
    let (ada, app) = reds(&bench, 4).await;
    let bo = join(&bench, &ada, &app, "bo", ScopeSet::ALL).await;
    let both = || labels(&["stop", "bent"]);
    for (who, input) in [(&ada, "red-0"), (&ada, "red-1"), (&ada, "red-2"), (&bo, "red-3")] {
        say(&bench, &who.who, &app, input, both()).await;
    }
    say(&bench, &bo.who, &app, "red-0", stop(1.0)).await;
    let out = done(&bench, &bo.who, &app, &new(Act::Unsay, "stop", matching("all()"))).await;
    // Of the first input, Bo's own was taken out, and Ada's is not theirs to change.
    assert_eq!(counts(&out), (BatchState::Done, 1, 1, 3, 0));
    // To put it back is to say it.
    let listed = [Endpoint::PatchAnnotations, Endpoint::ListInputs].into_iter().collect();
    give_exactly(&bench, &ada, &app, bo.id, Rights { endpoints: Some(listed), ..Rights::FULL }).await;
    let refused = bench.service.undo_batch(&bo.who, &app, out.row.id).await.unwrap_err();
    assert!(matches!(refused, Error::Forbidden { .. }), "{refused:?}");
    give_exactly(&bench, &ada, &app, bo.id, Rights::FULL).await;
    let back = undone(&bench, &bo.who, &app, &out).await;
    assert_eq!((back.row.state, back.row.undone), (BatchState::Undone, 2), "{back:?}");
    assert_eq!(said(&bench, &ada.who, &app).await.iter().filter(|(_, one)| *one == stop(1.0)).count(), 1);

    let out = done(&bench, &ada.who, &app, &new(Act::Unsay, "stop", matching("all()"))).await;
    assert_eq!(counts(&out), (BatchState::Done, 4, 1, 0, 0));
    let rows = AnnotationsFilter::default();
    let rows = bench.service.list_annotations(&ada.who, &app, &rows, 0, 10).await.unwrap();
    let of = |input: &str| rows.iter().find(|row| row.input_slug == input).unwrap().slug.clone();
    bench
        .service
        .delete_annotations(&ada.who, &app, Endpoint::DeleteAnnotations, &[of("red-1")], &[])
        .await
        .unwrap();
    let bent = atelier_service::annotations::PatchAnnotation {
        slug: of("red-2"),
        labels: labels(&["rusty"]),
        ..Default::default()
    };
    let merge = atelier_domain::PatchAction::Merge;
    bench.service.patch_annotations(&ada.who, &app, merge, vec![bent], false).await.unwrap();
    bench.service.delete_inputs(&ada.who, &app, Endpoint::DeleteInputs, &["red-3".into()]).await.unwrap();
    let back = undone(&bench, &ada.who, &app, &out).await;
    assert_eq!((back.row.state, back.row.undone), (BatchState::Undone, 1));
    let mut told: Vec<&str> = back.told.iter().map(|item| item.input.as_str()).collect();
    told.sort_unstable();
    assert_eq!(told, ["red-1", "red-2", "red-3"]);
    assert_eq!(said(&bench, &ada.who, &app).await.iter().filter(|(_, one)| *one == both()).count(), 1);
}

/// A task of Ada's about all texts that there are, in which Bo and Cy label.
async fn task(bench: &Bench, ada: &Person, app: &AppName, new: NewTask) -> Vec<(String, i64)> {
    let made = bench.service.post_tasks(&ada.who, app, vec![new]).await.unwrap();
    assert_eq!(made.value.len(), 1);
    open(bench, ada, app).await
}

/// How many inputs each has still to label in the task; nobody's lie in the pool.
async fn open(bench: &Bench, ada: &Person, app: &AppName) -> Vec<(String, i64)> {
    let counts =
        bench.service.task_counts(&ada.who, app, Endpoint::GetTaskInputCount, "signs").await.unwrap();
    let pool = |slug: Option<String>| slug.unwrap_or_else(|| "pool".into());
    counts.value.into_iter().map(|row| (pool(row.slug), row.count)).collect()
}

fn signs(strategy: WorkerStrategy, labellers: &[(&str, u32)], source: &[&str]) -> NewTask {
    NewTask {
        slug: "signs".into(),
        concepts: vec!["stop".into()],
        strategy,
        labellers: labellers
            .iter()
            .map(|(slug, weight)| Labeller { slug: (*slug).into(), weight: *weight })
            .collect(),
        source: Source::Inputs(source.iter().map(|slug| (*slug).to_owned()).collect()),
        ..NewTask::default()
    }
}

fn of(slug: &str, count: i64) -> (String, i64) {
    (slug.to_owned(), count)
}

async fn inputs_are_added_to_a_task_and_taken_out_again(bench: Bench) {
    let (ada, app) = reds(&bench, 210).await;
    say(&bench, &ada.who, &app, "green", stop(1.0)).await;
    let bo = join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
    join(&bench, &ada, &app, "cy", Preset::Worker.scopes()).await;
    let all = || new(Act::Assign, "signs", matching("text(red)"));
    let forget = async || bench.service.delete_tasks(&ada.who, &app, &["signs".into()]).await.unwrap();

    // Divided up by weight, also over several parts, and nothing twice.
    let divided = signs(WorkerStrategy::Partitioned, &[("bo", 2), ("cy", 1)], &["red-0", "red-1", "red-2"]);
    assert_eq!(task(&bench, &ada, &app, divided).await, [of("bo", 2), of("cy", 1)]);
    let added = done(&bench, &ada.who, &app, &all()).await;
    assert_eq!(counts(&added), (BatchState::Done, 207, 3, 0, 0));
    assert_eq!(open(&bench, &ada, &app).await, [of("bo", 140), of("cy", 70)]);
    let again = done(&bench, &ada.who, &app, &all()).await;
    assert_eq!(counts(&again), (BatchState::Done, 0, 210, 0, 0));
    // One by one as well: it is the turn of whoever comes next in a round.
    let one = done(&bench, &ada.who, &app, &new(Act::Assign, "signs", named(&["green"]))).await;
    assert_eq!(counts(&one), (BatchState::Done, 1, 0, 0, 0));
    assert_eq!(open(&bench, &ada, &app).await, [of("bo", 141), of("cy", 70)]);
    // What somebody has begun with stays.
    let next = bench.service.next_to_label(&bo.who, &app, "signs").await.unwrap();
    let begun = next.value.inputs[0].slug.clone();
    let start = ActOnAssignment {
        task: "signs".into(),
        input: begun.clone(),
        act: atelier_domain::assignment::Act::Start,
        labellers: Vec::new(),
        note: String::new(),
    };
    bench.service.act_on_assignment(&bo.who, &app, &start).await.unwrap();
    bench.service.undo_batch(&ada.who, &app, added.row.id).await.unwrap();
    let batch = loop {
        let batches = bench.service.list_batches(&ada.who, &app).await.unwrap();
        let batch = batches.into_iter().find(|batch| batch.row.id == added.row.id).unwrap();
        if batch.row.state != BatchState::Undoing {
            break batch;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    };
    let is_of_the_batch = !["red-0", "red-1", "red-2", "green"].contains(&begun.as_str());
    assert_eq!(batch.row.undone, 207 - i64::from(is_of_the_batch));
    let left = 4 + i64::from(is_of_the_batch);
    assert_eq!(open(&bench, &ada, &app).await.iter().map(|(_, count)| count).sum::<i64>(), left);
    forget().await;

    // To everybody, and into the pool.
    let full = signs(WorkerStrategy::Full, &[("bo", 1), ("cy", 1)], &["red-0"]);
    task(&bench, &ada, &app, full).await;
    done(&bench, &ada.who, &app, &all()).await;
    assert_eq!(open(&bench, &ada, &app).await, [of("bo", 210), of("cy", 210)]);
    forget().await;
    let pool =
        NewTask { per_input: 2, ..signs(WorkerStrategy::Dynamic, &[("bo", 1), ("cy", 1)], &["red-0"]) };
    task(&bench, &ada, &app, pool).await;
    done(&bench, &ada.who, &app, &all()).await;
    assert_eq!(open(&bench, &ada, &app).await, [of("pool", 420)]);
}

async fn what_no_task_takes_is_told(bench: Bench) {
    let (ada, app) = reds(&bench, 2).await;
    say(&bench, &ada.who, &app, "green", stop(1.0)).await;
    let bo = join(&bench, &ada, &app, "bo", ScopeSet::ALL).await;
    task(&bench, &ada, &app, signs(WorkerStrategy::Dynamic, &[("bo", 1)], &["red-0"])).await;
    let one = || new(Act::Assign, "signs", named(&["red-1", "nowhere"]));
    // It needs what changing a task needs.
    give_exactly(
        &bench,
        &ada,
        &app,
        bo.id,
        Rights::of(ScopeSet::ALL.minus(ScopeSet::of(&[Scope::TasksAdd]))),
    )
    .await;
    let refused = bench.service.begin_batch(&bo.who, &app, &one()).await.unwrap_err();
    assert!(forbidden(refused).0.contains(Scope::TasksAdd));
    let nowhere = new(Act::Assign, "nowhere", named(&["red-1"]));
    let none = bench.service.begin_batch(&ada.who, &app, &nowhere).await.unwrap_err();
    assert_eq!(invalid(none).0, "task");
    let added = done(&bench, &ada.who, &app, &one()).await;
    assert_eq!(counts(&added), (BatchState::Done, 1, 0, 1, 0));
    assert_eq!(added.told[0].input, "nowhere");
    // One that was given up takes nothing.
    let over = PatchTask { slug: "signs".into(), status: Some(status::WONT_DO), ..PatchTask::default() };
    let overwrite = atelier_domain::PatchAction::Overwrite;
    bench.service.patch_tasks(&ada.who, &app, overwrite, vec![over]).await.unwrap();
    let none = bench.service.begin_batch(&ada.who, &app, &one()).await.unwrap_err();
    assert_eq!(invalid(none).0, "task");
}

async fn inputs_are_put_into_a_dataset_and_taken_out_again(bench: Bench) {
    let (ada, app) = reds(&bench, 120).await;
    let dataset = NewDataset { slug: "harbour".into(), ..NewDataset::default() };
    bench.service.post_datasets(&ada.who, &app, vec![dataset]).await.unwrap();
    bench.service.post_dataset_inputs(&ada.who, &app, "harbour", &["red-3".into()]).await.unwrap();
    let all = done(&bench, &ada.who, &app, &new(Act::Put, "harbour", matching("text(red)"))).await;
    assert_eq!(counts(&all), (BatchState::Done, 119, 1, 0, 0));
    let held = async || {
        let held = bench.service.list_dataset_inputs(&ada.who, &app, "harbour", (None, 0), 1_000).await;
        held.unwrap().value.into_iter().map(|one| one.input.input.slug).collect::<Vec<_>>()
    };
    assert_eq!(held().await.len(), 120);
    let back = undone(&bench, &ada.who, &app, &all).await;
    assert_eq!(counts(&back), (BatchState::Undone, 119, 1, 0, 119));
    assert_eq!(held().await, ["red-3"], "what was in it before stays");
}

async fn inputs_are_deleted_for_good(bench: Bench) {
    let (ada, app) = reds(&bench, 130).await;
    let all = done(&bench, &ada.who, &app, &new(Act::Delete, "", matching("text(red)"))).await;
    assert_eq!(counts(&all), (BatchState::Done, 130, 0, 0, 0));
    assert_eq!(inputs(&bench, &ada.who, &app).await, ["green"]);
    assert_eq!(actions(&bench, &ada.who, &app).await[..2], ["input.deleted", "input.deleted"]);
    let named =
        done(&bench, &ada.who, &app, &new(Act::Delete, "", named(&["green", "red-1", "green"]))).await;
    assert_eq!(counts(&named), (BatchState::Done, 1, 0, 1, 0));
    assert_eq!(named.told[0].input, "red-1");
    let cannot = bench.service.undo_batch(&ada.who, &app, all.row.id).await.unwrap_err();
    assert!(matches!(cannot, Error::Conflict(_)), "{cannot:?}");
}

async fn what_was_changed_since_stays(bench: Bench) {
    let (ada, app) = reds(&bench, 3).await;
    let all = done(&bench, &ada.who, &app, &new(Act::Deny, "stop", matching("text(red)"))).await;
    let rows =
        bench.service.list_annotations(&ada.who, &app, &AnnotationsFilter::default(), 0, 10).await.unwrap();
    let of = |input: &str| rows.iter().find(|row| row.input_slug == input).unwrap().slug.clone();
    let again = done(&bench, &ada.who, &app, &new(Act::Say, "stop", named(&["red-0"]))).await;
    assert_eq!(counts(&again), (BatchState::Done, 1, 0, 0, 0));
    let delete = atelier_domain::Endpoint::DeleteAnnotations;
    bench.service.delete_annotations(&ada.who, &app, delete, &[of("red-1")], &[]).await.unwrap();
    bench.service.undo_batch(&ada.who, &app, all.row.id).await.unwrap();
    for _ in 0..2_000 {
        let listed = bench.service.list_batches(&ada.who, &app).await.unwrap();
        if listed[1].row.state == BatchState::Undone {
            assert_eq!(counts(&listed[1]), (BatchState::Undone, 3, 0, 0, 1));
            let mut told: Vec<&str> = listed[1].told.iter().map(|item| item.input.as_str()).collect();
            told.sort_unstable();
            assert_eq!(told, ["red-0", "red-1"]);
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(said(&bench, &ada.who, &app).await, [("red-0".to_owned(), stop(1.0))]);
}

async fn each_act_needs_its_scope(bench: Bench) {
    let (ada, app) = reds(&bench, 1).await;
    let dataset = NewDataset { slug: "harbour".into(), ..NewDataset::default() };
    bench.service.post_datasets(&ada.who, &app, vec![dataset]).await.unwrap();
    say(&bench, &ada.who, &app, "green", stop(1.0)).await;
    let bo = join(&bench, &ada, &app, "bo", ScopeSet::ALL).await;
    let begin = async |lost: Scope, new: NewBatch| {
        let rights = Rights::of(ScopeSet::ALL.minus(ScopeSet::of(&[lost])));
        give_exactly(&bench, &ada, &app, bo.id, rights).await;
        bench.service.begin_batch(&bo.who, &app, &new).await.unwrap_err()
    };
    let one = || named(&["red-0"]);
    for (lost, new) in [
        (Scope::AnnotationsAdd, new(Act::Say, "stop", one())),
        (Scope::AnnotationsAdd, new(Act::Deny, "stop", one())),
        (Scope::AnnotationsDelete, new(Act::Unsay, "stop", one())),
        (Scope::InputsAdd, new(Act::Put, "harbour", one())),
        (Scope::InputsDelete, new(Act::Delete, "", one())),
        (Scope::Search, new(Act::Say, "stop", matching("text(red)"))),
        (Scope::DatasetsGet, new(Act::Say, "stop", matching("dataset(harbour)"))),
    ] {
        let error = begin(lost, new.clone()).await;
        assert!(
            matches!(&error, Error::Forbidden { missing, .. } if missing.contains(lost)),
            "{new:?}: {error:?}"
        );
    }
    // A concept that is not there yet is made by those who may.
    let error = begin(Scope::ConceptsAdd, new(Act::Say, "bent", one())).await;
    assert_eq!(invalid(error).0, "concepts");
    // To take back is a right of its own, and of what others have begun nobody hears.
    give_exactly(&bench, &ada, &app, bo.id, Rights::of(ScopeSet::ALL)).await;
    let done = done(&bench, &bo.who, &app, &new(Act::Say, "stop", one())).await;
    let rights = Rights::of(ScopeSet::ALL.minus(ScopeSet::of(&[Scope::AnnotationsDelete])));
    give_exactly(&bench, &ada, &app, bo.id, rights).await;
    let refused = bench.service.undo_batch(&bo.who, &app, done.row.id).await.unwrap_err();
    assert!(forbidden(refused).0.contains(Scope::AnnotationsDelete));
    assert_eq!(bench.service.undo_batch(&ada.who, &app, done.row.id).await, Err(Error::NotFound));
    assert_eq!(bench.service.cancel_batch(&ada.who, &app, done.row.id).await, Err(Error::NotFound));
    assert_eq!(bench.service.list_batches(&ada.who, &app).await.unwrap(), []);
}

async fn to_say_otherwise_is_to_change(bench: Bench) {
    let (ada, app) = reds(&bench, 2).await;
    say(&bench, &ada.who, &app, "green", stop(1.0)).await;
    let bo = join(&bench, &ada, &app, "bo", ScopeSet::ALL).await;
    say(&bench, &bo.who, &app, "red-0", stop(1.0)).await;
    // Bo may add annotations, and is not let through to where they are changed.
    let listed = [Endpoint::PostAnnotations, Endpoint::ListInputs].into_iter().collect();
    let rights = Rights { endpoints: Some(listed), ..Rights::FULL };
    give_exactly(&bench, &ada, &app, bo.id, rights).await;
    let denied = done(&bench, &bo.who, &app, &new(Act::Deny, "stop", named(&["red-0", "red-1"]))).await;
    assert_eq!(counts(&denied), (BatchState::Done, 1, 0, 1, 0));
    let mut stands = said(&bench, &ada.who, &app).await;
    stands.retain(|(input, _)| input != "green");
    assert_eq!(stands, [("red-0".to_owned(), stop(1.0)), ("red-1".to_owned(), stop(0.0))]);
}

/// Another server over the same database.
fn another(bench: &Bench) -> Service {
    let service = &bench.service;
    let (store, objects) = (service.store().clone(), service.objects().clone());
    Service::new(store, objects, service.world().clone(), service.base_url())
}

async fn what_is_narrowed_meanwhile_stops_it(bench: Bench) {
    let (ada, app) = reds(&bench, 2).await;
    let bo = join(&bench, &ada, &app, "bo", ScopeSet::ALL).await;
    // A server that stops begins nothing.
    bench.service.finish().await;
    bench.service.begin_batch(&bo.who, &app, &new(Act::Delete, "", matching("text(red)"))).await.unwrap();
    let rights = Rights::of(ScopeSet::ALL.minus(ScopeSet::of(&[Scope::InputsDelete])));
    give_exactly(&bench, &ada, &app, bo.id, rights).await;
    bench.clock.advance(2 * MINUTE);
    let other = another(&bench);
    assert_eq!(other.go_on_with_batches().await, Ok(1));
    let batch = ended(&other, &bo.who, &app).await;
    assert_eq!(counts(&batch), (BatchState::Stopped, 0, 0, 0, 0));
    assert!(batch.row.why.contains("Inputs_Delete"), "{}", batch.row.why);
    assert_eq!(inputs(&bench, &ada.who, &app).await.len(), 3);
}

async fn another_server_goes_on_with_what_one_left(bench: Bench) {
    let (ada, app) = reds(&bench, 150).await;
    bench.service.finish().await;
    let row = bench
        .service
        .begin_batch(&ada.who, &app, &new(Act::Say, "stop", matching("text(red)")))
        .await
        .unwrap();
    assert_eq!((row.state, row.total), (BatchState::Running, 150));
    let [one, other] = [another(&bench), another(&bench)];
    assert_eq!(one.go_on_with_batches().await, Ok(0), "whoever began it may still be at it");
    bench.clock.advance(2 * MINUTE);
    // Both take it up, and nothing is done twice.
    let (first, second) = tokio::join!(one.go_on_with_batches(), other.go_on_with_batches());
    assert!(first.unwrap() + second.unwrap() >= 1);
    let batch = ended(&one, &ada.who, &app).await;
    assert_eq!(counts(&batch), (BatchState::Done, 150, 0, 0, 0));
    assert_eq!(said(&bench, &ada.who, &app).await.len(), 150);
    one.finish().await;
    other.finish().await;
}

async fn what_is_stopped_stays_stopped(bench: Bench) {
    let (ada, app) = reds(&bench, 2).await;
    bench.service.finish().await;
    let row =
        bench.service.begin_batch(&ada.who, &app, &new(Act::Delete, "", named(&["red-0"]))).await.unwrap();
    bench.service.cancel_batch(&ada.who, &app, row.id).await.unwrap();
    bench.clock.advance(2 * MINUTE);
    let other = another(&bench);
    assert_eq!(other.go_on_with_batches().await, Ok(0));
    let batch = ended(&other, &ada.who, &app).await;
    assert_eq!(counts(&batch), (BatchState::Cancelled, 0, 0, 0, 0));
    assert_eq!(inputs(&bench, &ada.who, &app).await.len(), 3);
    // After an hour nobody asks about it any more.
    bench.clock.advance(60 * MINUTE);
    assert_eq!(bench.service.list_batches(&ada.who, &app).await.unwrap(), []);
}

async fn what_cannot_be_begun_is_told(bench: Bench) {
    let (ada, app) = reds(&bench, 1).await;
    let begin = async |new: NewBatch| bench.service.begin_batch(&ada.who, &app, &new).await.unwrap_err();
    for (field, new) in [
        ("chosen", new(Act::Delete, "", named(&["", " "]))),
        ("chosen", new(Act::Delete, "", matching("text(blue)"))),
        ("concept", new(Act::Unsay, "bent", named(&["red-0"]))),
        ("concept", new(Act::Say, "a/b", named(&["red-0"]))),
        ("dataset", new(Act::Put, "harbour", named(&["red-0"]))),
    ] {
        assert_eq!(invalid(begin(new.clone()).await).0, field, "{new:?}");
    }
}
