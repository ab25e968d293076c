//! The server's side of [`super`].

use atelier_domain::assignment::{Act, AssignmentState};
use atelier_domain::task::{Queue, Review, Role, TaskKind, WorkerStrategy};
use atelier_domain::{Endpoint, Label, Labels, ModelKind, PatchAction, Region, Rights};
use atelier_service::annotations::AnnotationsFilter;
use atelier_service::collaborators::Filter;
use atelier_service::datasets::DatasetsFilter;
use atelier_service::inputs::InputRow;
use atelier_service::models::ModelsFilter;
use atelier_service::tasks::{
    ActOnAssignment, AssignmentRow, CountRow, Help, Labeller, NewTask, PatchTask, Source, Suggestion, Task,
    TaskRow, status,
};
use atelier_service::{AppName, Error};

use super::{
    Candidate, Choice, Counts, LabelChoice, ListedTask, Standing, Suggester, TaskHelp, TaskHelper,
    TaskMaterial, TaskPerson, TaskShown, Tasks, ToReview, Work, WorkInput,
};
use crate::api::apps::{App, AppPlace, if_allowed, place, refusal};
use crate::api::chosen;
use crate::api::concepts::{concept, meant, offered};
use crate::api::inputs::{PictureSize, picture_path};
use crate::api::segment;
use crate::error::UiError;
use crate::markdown;
use crate::server::{service, who};

/// How many tasks are shown, people offered, and vocabularies or datasets to choose from.
const SHOWN: usize = 200;

/// How many annotations of an input within a task are looked at.
const SAID: usize = 1_000;

pub(super) async fn list(owner: &str, app: &str) -> Result<Tasks, UiError> {
    let (service, who) = (service(), who());
    let app = AppName::of(owner, app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let found = service.tasks_with_counts(&who, &app, 0, SHOWN).await?;
    let tasks = found.into_iter().map(|(task, counts)| listed(&place, &task, &counts));
    Ok(Tasks {
        tasks: tasks.collect(),
        has_progress: refusal(service.get_app(&who, &app, Endpoint::ViewTaskProgress).await)?.is_none(),
        no_addition: refusal(service.get_app(&who, &app, Endpoint::PostTasks).await)?,
        place,
    })
}

/// A task, as far as the person of the place is concerned.
fn listed(place: &AppPlace, task: &Task, counts: &[CountRow]) -> ListedTask {
    let own = task.people.iter().find(|person| person.slug == place.person.slug);
    let is_own = |count: &CountRow| count.slug.as_deref() == Some(place.person.slug.as_str());
    let sum = |of: &dyn Fn(&CountRow) -> bool| {
        counts.iter().filter(|count| of(count)).map(|count| count.count).sum::<i64>()
    };
    let is_open = task.row.status == status::IN_PROGRESS;
    let free = |count: &CountRow| count.slug.is_none() || is_own(count);
    let labels = own.is_some_and(|person| person.labels);
    let reviews = own.is_some_and(|person| person.reviews);
    let pending = sum(&|count| free(count) && count.state == AssignmentState::Pending);
    let waiting = sum(&|count| !is_own(count) && count.state == AssignmentState::AwaitingReview);
    ListedTask {
        slug: task.row.slug.clone(),
        name: task.row.name.clone(),
        does: task.row.kind.words().to_owned(),
        standing: standing(&task.row),
        priority: task.row.priority,
        due_at: task.row.due_at.map(|at| at.micros()),
        counts: self::counts(counts.iter()),
        to_label: labels.then_some(if is_open { pending } else { 0 }),
        to_review: reviews.then_some(if is_open { waiting } else { 0 }),
    }
}

fn standing(row: &TaskRow) -> Standing {
    match row.status {
        status::DONE => Standing::Done,
        status::WONT_DO => Standing::GivenUp,
        status::IDLE => Standing::Resting,
        _ => Standing::InProgress,
    }
}

fn counts<'a>(rows: impl Iterator<Item = &'a CountRow>) -> Counts {
    let mut counts = Counts::default();
    for row in rows {
        let field = match row.state {
            AssignmentState::Pending => &mut counts.pending,
            AssignmentState::AwaitingReview | AssignmentState::AwaitingConsensus => &mut counts.waiting,
            AssignmentState::Done => &mut counts.done,
            AssignmentState::Rejected => &mut counts.rejected,
            AssignmentState::Skipped => &mut counts.skipped,
        };
        *field += row.count;
    }
    counts
}

pub(super) async fn material(owner: &str, app: &str) -> Result<TaskMaterial, UiError> {
    let (service, who) = (service(), who());
    let app = AppName::of(owner, app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let no_addition = refusal(service.get_app(&who, &app, Endpoint::PostTasks).await)?;
    let vocabs = if_allowed(service.list_vocabs(&who, &app, 0, SHOWN).await)?;
    let vocabs = vocabs.map(|found| found.value).unwrap_or_default();
    let datasets = if_allowed(service.list_datasets(&who, &app, &DatasetsFilter::default(), 0, SHOWN).await)?;
    let datasets = datasets.map(|found| found.value).unwrap_or_default();
    let concepts = if no_addition.is_none() { offered(&app).await? } else { Vec::new() };
    Ok(TaskMaterial {
        people: candidates(&app, &place.app).await?,
        concepts,
        vocabs: vocabs.into_iter().map(|row| Choice { slug: row.slug, name: row.name }).collect(),
        datasets: datasets.into_iter().map(|row| Choice { name: row.slug.clone(), slug: row.slug }).collect(),
        no_addition,
        place,
    })
}

/// The people of the app who could take part: the owner, and the collaborators, as far as the person sees them.
async fn candidates(name: &AppName, app: &App) -> Result<Vec<Candidate>, UiError> {
    let page = service().list_collaborators(&who(), name, &Filter::default(), SHOWN).await;
    let rows = if_allowed(page)?.map(|page| page.rows).unwrap_or_default();
    let candidate = |slug: String, name: String, rights: &Rights| Candidate {
        slug,
        name,
        can_label: Role::Labeller.is_open_to(rights),
        can_review: Role::Reviewer.is_open_to(rights),
    };
    let owner = candidate(app.owner.clone(), app.owner_name.clone(), &Rights::FULL);
    let others = rows.iter().filter_map(|row| {
        let (slug, name) = (row.user_slug.clone()?, row.user_name.clone()?);
        Some(candidate(slug, name, &row.rights()))
    });
    Ok(std::iter::once(owner).chain(others).collect())
}

/// A task as it was typed.
pub(super) struct TypedTask {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) instructions: String,
    pub(super) concepts: String,
    pub(super) vocab: String,
    pub(super) source: String,
    pub(super) dataset: String,
    pub(super) inputs: String,
    pub(super) labellers: Vec<String>,
    pub(super) other_labellers: String,
    pub(super) strategy: String,
    pub(super) per_input: String,
    pub(super) review: String,
    pub(super) reviewers: Vec<String>,
    pub(super) other_reviewers: String,
    pub(super) percent: String,
    pub(super) needed: String,
    pub(super) priority: String,
    pub(super) due_on: String,
}

/// What stands on the lines of a text, or between its commas.
fn lines(text: &str) -> impl Iterator<Item = String> {
    text.split([',', ';', '\n', '\r', '\t']).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned)
}

/// The number that was typed; `otherwise`, if nothing was.
fn number<T: std::str::FromStr>(field: &str, typed: &str, otherwise: T) -> Result<T, UiError> {
    match typed.trim() {
        "" => Ok(otherwise),
        typed => typed.parse().map_err(|_| Error::invalid(field, "must be a whole number").into()),
    }
}

impl TypedTask {
    async fn read(self, app: &AppName) -> Result<NewTask, UiError> {
        if self.name.trim().is_empty() {
            return Err(Error::invalid("name", "must not be empty").into());
        }
        let kind = TaskKind::from_name(&self.kind);
        let kind = kind.ok_or_else(|| Error::invalid("kind", "must say what is to be labelled"))?;
        let strategy = WorkerStrategy::from_name(&self.strategy);
        let strategy =
            strategy.ok_or_else(|| Error::invalid("strategy", "must say how inputs come to people"))?;
        let review = match self.review.as_str() {
            "manual" => Review::Manual {
                percent: number("percent", &self.percent, 100)?,
                approvals: number("needed", &self.needed, 1)?,
            },
            "consensus" => Review::Consensus { labellers: number("needed", &self.needed, 2)? },
            _ => Review::None,
        };
        let source = match self.source.as_str() {
            "dataset" => Source::Dataset(self.dataset.clone()),
            "inputs" => Source::Inputs(lines(&self.inputs).collect()),
            _ => Source::All,
        };
        let offered = offered(app).await?;
        let concepts =
            lines(&self.concepts).map(|typed| meant(&offered, &typed).map(|slug| slug.to_string()));
        let concepts = concepts.collect::<Result<Vec<_>, _>>();
        let concepts = concepts.map_err(|_| Error::invalid("concepts", "must be concepts of this app"))?;
        let labellers = self.labellers.into_iter().chain(lines(&self.other_labellers));
        let due_at = match self.due_on.trim() {
            "" => None,
            day => chosen::end("date", day, service().world().now())
                .map_err(|_| Error::invalid("due_on", "must be a day, such as 2027-01-31"))?,
        };
        Ok(NewTask {
            name: self.name.trim().to_owned(),
            instructions: self.instructions.trim().to_owned(),
            kind,
            // A vocabulary that was chosen counts before what is typed.
            concepts: if self.vocab.is_empty() { concepts } else { Vec::new() },
            vocab: self.vocab,
            source,
            labellers: labellers.map(Labeller::new).collect(),
            reviewers: self.reviewers.into_iter().chain(lines(&self.other_reviewers)).collect(),
            strategy,
            per_input: number("per_input", &self.per_input, 1)?,
            review,
            priority: number("priority", &self.priority, 2)?,
            due_at,
            ..NewTask::default()
        })
    }
}

pub(super) async fn add(owner: &str, app: &str, typed: TypedTask) -> Result<(), UiError> {
    let name = AppName::of(owner, app);
    let task = typed.read(&name).await?;
    let made = service().post_tasks(&who(), &name, vec![task]).await?.value;
    if let Some(task) = made.first() {
        let slug = segment(&task.row.slug);
        leptos_axum::redirect(&format!("/{owner}/{app}/tasks/{slug}"));
    }
    Ok(())
}

pub(super) async fn get(owner: &str, app: &str, slug: &str) -> Result<TaskShown, UiError> {
    let (service, who) = (service(), who());
    let app = AppName::of(owner, app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let task = service.get_task(&who, &app, slug).await?.value;
    let counts = service.task_counts(&who, &app, Endpoint::GetTask, slug).await?.value;
    let mut people: Vec<TaskPerson> = task
        .people
        .iter()
        .map(|person| TaskPerson {
            name: person.name.clone(),
            labels: person.labels,
            reviews: person.reviews,
            counts: self::counts(counts.iter().filter(|count| count.worker_id == Some(person.user_id))),
        })
        .collect();
    // Whoever took part and no longer does, and what lies in the pool.
    let gone = counts.iter().filter(|count| {
        count.worker_id.is_some_and(|worker| task.people.iter().all(|person| person.user_id != worker))
    });
    for count in gone {
        let name = count.name.clone().unwrap_or_default();
        let more = self::counts(std::iter::once(count));
        match people.iter_mut().find(|person| !person.labels && !person.reviews && person.name == name) {
            Some(person) => person.counts = sum(person.counts, more),
            None => people.push(TaskPerson { name, labels: false, reviews: false, counts: more }),
        }
    }
    let pool = self::counts(counts.iter().filter(|count| count.worker_id.is_none()));
    if pool.total() > 0 {
        people.push(TaskPerson { name: String::new(), labels: false, reviews: false, counts: pool });
    }
    let no_change = refusal(service.get_app(&who, &app, Endpoint::PatchTasks).await)?;
    Ok(TaskShown {
        help: help_of(&app, &task, no_change.clone()).await?,
        instructions: markdown::html(&task.row.instructions),
        strategy: strategy_words(&task.row),
        review: review_words(task.row.review),
        task: listed(&place, &task, &counts),
        concepts: task.concepts.into_iter().map(concept).collect(),
        people,
        has_progress: refusal(service.get_app(&who, &app, Endpoint::ViewTaskProgress).await)?.is_none(),
        no_change,
        no_deletion: refusal(service.get_app(&who, &app, Endpoint::DeleteTasks).await)?,
        place,
    })
}

/// How a model helps in a task, where one can and the person may see it.
async fn help_of(app: &AppName, task: &Task, no_change: Option<String>) -> Result<Option<TaskHelp>, UiError> {
    let (service, who) = (service(), who());
    if task.row.kind != TaskKind::Classification {
        return Ok(None);
    }
    let Some(helping) = if_allowed(service.task_help(&who, app, &task.row.slug).await)? else {
        return Ok(None);
    };
    let filter = ModelsFilter {
        kind: Some(ModelKind::EmbeddingClassifier.name().to_owned()),
        ..ModelsFilter::default()
    };
    let models = if_allowed(service.list_models(&who, app, Endpoint::ListModels, &filter).await)?;
    let models = models
        .unwrap_or_default()
        .into_iter()
        .filter(|model| !model.is_uploaded() && model.kind.is_trained());
    let no_asking = match no_change {
        Some(explanation) => Some(explanation),
        None => refusal(service.get_app(&who, app, Endpoint::PostModelOutputs).await)?,
    };
    let helper = helping.value.helper.map(|row| TaskHelper {
        from: format!("{}", (row.from_value * 100.0).round()),
        queue: row.queue,
        has_told: row.told_by.is_some(),
        model: Choice { slug: row.model, name: row.name },
    });
    Ok(Some(TaskHelp {
        helper,
        accepted: helping.value.taken.accepted,
        corrected: helping.value.taken.corrected,
        models: models.map(|model| Choice { slug: model.slug, name: model.name }).collect(),
        no_change: no_asking,
    }))
}

pub(super) async fn help(
    owner: &str,
    app: &str,
    task: &str,
    model: String,
    from: &str,
    queue: &str,
) -> Result<(), UiError> {
    let app = AppName::of(owner, app);
    // Whoever may not is told so, whatever they chose.
    for endpoint in [Endpoint::PatchTasks, Endpoint::PostModelOutputs] {
        service().get_app(&who(), &app, endpoint).await?;
    }
    if model.is_empty() {
        return Ok(service().help_in_task(&who(), &app, task, None).await?);
    }
    let percent: f64 = number("from", from, 50.0)?;
    let queue = Queue::from_name(queue).ok_or_else(|| Error::invalid("queue", "must be chosen"))?;
    let help = Help { model, from: percent / 100.0, queue };
    Ok(service().help_in_task(&who(), &app, task, Some(&help)).await?)
}

fn sum(one: Counts, other: Counts) -> Counts {
    Counts {
        pending: one.pending + other.pending,
        waiting: one.waiting + other.waiting,
        done: one.done + other.done,
        rejected: one.rejected + other.rejected,
        skipped: one.skipped + other.skipped,
    }
}

fn strategy_words(row: &TaskRow) -> String {
    let sentence = row.strategy.sentence();
    match row.per_input {
        several if several > 1 && row.strategy != WorkerStrategy::Full => {
            format!("{sentence} {several} people label each.")
        }
        _ => sentence.to_owned(),
    }
}

fn review_words(review: Review) -> String {
    match review {
        Review::None => "Nobody reviews: what is submitted counts.".to_owned(),
        Review::Manual { percent: 100, approvals: 1 } => "Everything is reviewed.".to_owned(),
        Review::Manual { percent, approvals: 1 } => format!("{percent} of a hundred inputs are reviewed."),
        Review::Manual { percent, approvals } => {
            format!("{percent} of a hundred inputs are reviewed, each by {approvals} people.")
        }
        Review::Consensus { labellers } => {
            format!("What {labellers} people say alike counts; reviewers decide the rest.")
        }
    }
}

pub(super) async fn stand(owner: &str, app: &str, task: String, to: &str) -> Result<(), UiError> {
    let number = match to {
        "rest" => status::IDLE,
        "give-up" => status::WONT_DO,
        _ => status::IN_PROGRESS,
    };
    let change = PatchTask { slug: task, status: Some(number), ..PatchTask::default() };
    let app = AppName::of(owner, app);
    service().patch_tasks(&who(), &app, PatchAction::Merge, vec![change]).await?;
    Ok(())
}

pub(super) async fn delete(owner: &str, app: &str, task: String) -> Result<(), UiError> {
    service().delete_tasks(&who(), &AppName::of(owner, app), &[task]).await?;
    leptos_axum::redirect(&format!("/{owner}/{app}/tasks"));
    Ok(())
}

pub(super) async fn work(owner: &str, app: &str, slug: &str, reviews: bool) -> Result<Work, UiError> {
    let (service, who) = (service(), who());
    let name = AppName::of(owner, app);
    let place = place(service.get_app(&who, &name, Endpoint::ViewApp).await?);
    let task = service.get_task(&who, &name, slug).await?.value;
    let next = if reviews {
        service.next_to_review(&who, &name, slug).await?.value
    } else {
        service.next_to_label(&who, &name, slug).await?.value
    };
    let counts = service.task_counts(&who, &name, Endpoint::GetTask, slug).await?.value;
    let input = match next.inputs.into_iter().next() {
        Some(input) => Some(at_hand(&name, &place, &task, input, &next.assignments, reviews).await?),
        None => None,
    };
    let (input, said) = input.map_or((None, Vec::new()), |(input, said)| (Some(input), said));
    let suggestion = match &input {
        Some(input) if !reviews => {
            if_allowed(service.suggestion(&who, &name, slug, &input.slug).await)?.flatten()
        }
        _ => None,
    };
    let probability = |slug: &str| -> Option<f64> {
        let found = &suggestion.as_ref()?.found;
        found.iter().find(|(concept, _)| concept == slug).map(|(_, value)| *value)
    };
    let suggested: Vec<&str> = suggestion.iter().flat_map(Suggestion::concepts).collect();
    // A key of its own, else the place among the first nine.
    let choices = task.concepts.iter().zip(1..).map(|(row, place)| LabelChoice {
        key: row
            .shortcut
            .as_ref()
            .map(ToString::to_string)
            .or_else(|| (place < 10).then(|| place.to_string())),
        said: said.contains(&row.slug),
        probability: probability(&row.slug),
        suggested: suggested.contains(&row.slug.as_str()),
        definition: row.definition.clone(),
        concept: concept(row.clone()),
    });
    Ok(Work {
        choices: choices.collect(),
        kind: task.row.kind,
        instructions: markdown::html(&task.row.instructions),
        task: listed(&place, &task, &counts),
        suggester: suggestion
            .map(|suggestion| Suggester { version: suggestion.version, name: suggestion.name }),
        input,
        place,
    })
}

/// The input at hand, and what the person said of it within the task.
async fn at_hand(
    app: &AppName,
    place: &AppPlace,
    task: &Task,
    input: InputRow,
    assignments: &[AssignmentRow],
    reviews: bool,
) -> Result<(WorkInput, Vec<String>), UiError> {
    let of_this = AnnotationsFilter {
        inputs: vec![input.slug.clone()],
        task: Some(task.row.slug.clone()),
        ..AnnotationsFilter::default()
    };
    let rows = service().list_annotations(&who(), app, &of_this, 0, SAID).await?;
    let of = |slug: &str| {
        let own = rows.iter().filter(|row| row.author_slug == slug);
        own.fold(Labels::default(), |all, row| all.merged(&row.labels))
    };
    let names = |labels: &Labels| -> Vec<String> {
        let there = labels.concepts().into_iter().filter(|(_, value)| *value > 0.5);
        there.map(|(slug, _)| slug.to_owned()).collect()
    };
    let drawn = |labels: Labels| -> Vec<Region> {
        labels.regions.into_iter().filter(|region| !region.is_denied()).collect()
    };
    let own = of(&place.person.slug);
    let said = names(&own);
    let mut to_review = Vec::new();
    let mut remarks = Vec::new();
    for row in assignments.iter().filter(|row| row.input_slug == input.slug) {
        if reviews {
            let labeller = row.worker_slug.clone().unwrap_or_default();
            let labels = of(&labeller);
            let said = names(&labels);
            let said =
                task.concepts.iter().filter(|choice| said.contains(&choice.slug)).cloned().map(concept);
            let name = row.worker_name.clone().unwrap_or_default();
            to_review.push(ToReview { said: said.collect(), drawn: drawn(labels), labeller, name });
        } else if row.round > 0 {
            let found = service().assignments_of_input(&who(), app, &task.row.slug, &input.slug).await?;
            let heard =
                found.into_iter().filter(|(other, _)| other.key == row.key).flat_map(|(_, said)| said);
            remarks.extend(heard.map(|review| review.comment).filter(|comment| !comment.is_empty()));
        }
    }
    let path = picture_path(&place.app, &input.slug, PictureSize::Original);
    let picture = input.width.zip(input.height).filter(|_| input.object_key.is_some());
    let round = assignments.iter().find(|row| row.input_slug == input.slug).map_or(0, |row| row.round);
    let input = WorkInput {
        round,
        picture: picture.map(|(width, height)| (path, width, height)),
        text: input.body,
        slug: input.slug,
        remarks,
        drawn: drawn(own),
        to_review,
    };
    Ok((input, said))
}

fn doing(task: String, input: String, act: Act, note: String) -> ActOnAssignment {
    ActOnAssignment { task, input, act, labellers: Vec::new(), note }
}

pub(super) async fn submit(
    owner: &str,
    app: &str,
    task: &str,
    input: &str,
    chosen: &[String],
    suggested_by: &str,
) -> Result<(), UiError> {
    let label = |slug: &String| -> Result<Label, UiError> {
        let concept = slug.parse().map_err(|error| Error::invalid("chosen", error))?;
        Ok(Label { concept, value: 1.0 })
    };
    let concepts = chosen.iter().map(label).collect::<Result<Vec<_>, _>>()?;
    let meant = Labels { concepts, regions: Vec::new() };
    let app = AppName::of(owner, app);
    let suggested_by = (!suggested_by.is_empty()).then_some(suggested_by);
    Ok(service().submit_labels(&who(), &app, task, input, meant, suggested_by).await?)
}

pub(super) async fn submit_regions(
    owner: &str,
    app: &str,
    task: &str,
    input: &str,
    regions: &str,
) -> Result<(), UiError> {
    let regions = serde_json::from_str(regions);
    let regions = regions.map_err(|_| UiError::form("These are no regions. Draw them again."))?;
    let meant = Labels { concepts: Vec::new(), regions };
    Ok(service().submit_labels(&who(), &AppName::of(owner, app), task, input, meant, None).await?)
}

pub(super) async fn skip(
    owner: &str,
    app: &str,
    task: String,
    input: String,
    note: String,
) -> Result<(), UiError> {
    let app = AppName::of(owner, app);
    service().act_on_assignment(&who(), &app, &doing(task, input, Act::Skip, note)).await?;
    Ok(())
}

pub(super) async fn review(
    owner: &str,
    app: &str,
    task: String,
    input: String,
    labeller: String,
    act: &str,
    note: String,
) -> Result<(), UiError> {
    let act = match act {
        "approve" => Act::Approve,
        "request-changes" => Act::RequestChanges,
        "reject" => Act::Reject,
        _ => return Err(Error::invalid("act", "must be chosen").into()),
    };
    let input = ActOnAssignment { labellers: vec![labeller], ..doing(task, input, act, note) };
    service().act_on_assignment(&who(), &AppName::of(owner, app), &input).await?;
    Ok(())
}
