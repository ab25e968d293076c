//! The tasks of the demonstration: one half done, in which three people draw boxes and one looks at them; and one in which a model
//! helps.

use std::collections::BTreeMap;
use std::error::Error;

use atelier_domain::assignment::Act;
use atelier_domain::label::{Labels, Shape};
use atelier_domain::task::{Queue, Review, TaskKind, WorkerStrategy};
use atelier_domain::time::DAY;
use atelier_service::annotations::NewAnnotation;
use atelier_service::tasks::{ActOnAssignment, Help, Labeller, NewTask, Source};
use atelier_service::{AppName, Service, Who};

/// The one that is half done.
const TASK: &str = "find-the-signs";

/// The one in which a model helps.
const SUGGESTED: &str = "which-signs";

/// Of how many inputs, of a hundred, a labeller has said what is there.
const LABELLED: usize = 60;

/// What is true of the inputs that the task is about, by their identifiers.
pub(super) type Truth = BTreeMap<String, Labels>;

/// Somebody who takes part: their slug, and what shows that it is they.
pub(super) type Person<'a> = (&'a str, &'a Who);

/// What the task is made of.
pub(super) struct Made<'a> {
    pub(super) labellers: &'a [Person<'a>],
    pub(super) reviewer: Person<'a>,
    /// The dataset that it is about.
    pub(super) dataset: &'a str,
    /// Its choices.
    pub(super) concepts: Vec<String>,
    pub(super) truth: &'a Truth,
}

impl Made<'_> {
    /// Makes the task for `owner`, and lets the labellers and the reviewer begin with it.
    pub(super) async fn by(
        self,
        service: &Service,
        app: &AppName,
        owner: &Who,
    ) -> Result<(), Box<dyn Error>> {
        let Self { labellers, reviewer, dataset, concepts, truth } = self;
        let task = NewTask {
            slug: TASK.into(),
            name: "Find the signs".into(),
            instructions: "Draw a box around **every sign** that you can tell.\n\n\
                           - The box frames the whole plate, also where leaves hide a part of it.\n\
                           - Leave the pole outside.\n\
                           - If you cannot tell what a sign is, skip the picture and say why.\n"
                .into(),
            kind: TaskKind::Boxes,
            concepts,
            source: Source::Dataset(dataset.into()),
            labellers: labellers.iter().map(|(slug, _)| Labeller::new(*slug)).collect(),
            reviewers: vec![reviewer.0.into()],
            strategy: WorkerStrategy::Partitioned,
            review: Review::Manual { percent: 100, approvals: 1 },
            due_at: Some(service.world().now().plus(14 * DAY)),
            ..NewTask::default()
        };
        service.post_tasks(owner, app, vec![task]).await?;
        let share = truth.len() / labellers.len().max(1);
        for (place, (_, who)) in labellers.iter().enumerate() {
            // Not everybody is as fast.
            let count = share * (LABELLED - 10 * place) / 100;
            label(service, app, who, count, truth).await?;
        }
        review(service, app, reviewer.1, truth.len() / 3).await
    }
}

/// Makes a task in which some say which signs are in pictures, and `model` suggests that once it is trained.
pub(super) async fn suggested(
    service: &Service,
    app: &AppName,
    owner: &Who,
    (labellers, dataset): (&[&str], &str),
    concepts: Vec<String>,
    model: &str,
) -> Result<(), Box<dyn Error>> {
    let task = NewTask {
        slug: SUGGESTED.into(),
        name: "Which signs are there?".into(),
        instructions: "Tick **every sign** that is in the picture, wherever it is. What the model suggests is right more often \
                       than not: press `a` if it is, and tick what is there if it is not.\n"
            .into(),
        concepts,
        source: Source::Dataset(dataset.into()),
        labellers: labellers.iter().copied().map(Labeller::new).collect(),
        strategy: WorkerStrategy::Dynamic,
        ..NewTask::default()
    };
    service.post_tasks(owner, app, vec![task]).await?;
    let help = Help { model: model.into(), from: 0.5, queue: Queue::LeastCertain };
    Ok(service.help_in_task(owner, app, SUGGESTED, Some(&help)).await?)
}

/// Says of `count` inputs what is there, as carefully as people do.
async fn label(
    service: &Service,
    app: &AppName,
    who: &Who,
    count: usize,
    truth: &Truth,
) -> Result<(), Box<dyn Error>> {
    let mut done = 0;
    while done < count {
        let next = service.next_to_label(who, app, TASK).await?.value;
        if next.inputs.is_empty() {
            return Ok(());
        }
        for input in next.inputs.into_iter().take(count - done) {
            let act = |act, note: &str| ActOnAssignment {
                task: TASK.into(),
                input: input.slug.clone(),
                act,
                labellers: Vec::new(),
                note: note.into(),
            };
            done += 1;
            // One of twenty cannot be told.
            if done % 20 == 0 {
                service.act_on_assignment(who, app, &act(Act::Skip, "Too blurred to tell.")).await?;
                continue;
            }
            service.act_on_assignment(who, app, &act(Act::Start, "")).await?;
            let labels = truth.get(&input.slug).map(|labels| roughly(labels, done)).unwrap_or_default();
            let said = NewAnnotation {
                input: input.slug.clone(),
                labels,
                task: TASK.into(),
                ..NewAnnotation::default()
            };
            service.post_annotations(who, app, vec![said]).await?;
            service.act_on_assignment(who, app, &act(Act::Submit, "")).await?;
        }
    }
    Ok(())
}

/// What is true, as a hand draws it that is never quite exact: by up to a hundredth beside.
fn roughly(labels: &Labels, number: usize) -> Labels {
    let mut labels = labels.clone();
    for (place, region) in labels.regions.iter_mut().enumerate() {
        if let Shape::Box { top, left, bottom, right } = &mut region.shape {
            let beside = |step: usize| ((number * 7 + place * 3 + step * 5) % 11) as f32 / 1_000.0 - 0.005;
            for (step, edge) in [top, left, bottom, right].into_iter().enumerate() {
                *edge = (*edge + beside(step)).clamp(0.0, 1.0);
            }
        }
    }
    labels
}

/// Looks at `count` of what was submitted: most of it is right.
async fn review(service: &Service, app: &AppName, who: &Who, count: usize) -> Result<(), Box<dyn Error>> {
    let mut done = 0;
    while done < count {
        let next = service.next_to_review(who, app, TASK).await?.value;
        if next.inputs.is_empty() {
            return Ok(());
        }
        for input in next.inputs.into_iter().take(count - done) {
            done += 1;
            let (act, note) = match done % 12 {
                5 => (Act::RequestChanges, "The box cuts off the edge of the plate."),
                9 => (Act::Reject, "This is an advertisement."),
                _ => (Act::Approve, ""),
            };
            let act = ActOnAssignment {
                task: TASK.into(),
                input: input.slug,
                act,
                labellers: Vec::new(),
                note: note.into(),
            };
            service.act_on_assignment(who, app, &act).await?;
        }
    }
    Ok(())
}
