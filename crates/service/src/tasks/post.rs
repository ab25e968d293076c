//! Making tasks.

use atelier_domain::id::{InputId, TaskId, UserId};
use atelier_domain::partition::partition;
use atelier_domain::task::{MOST_PER_INPUT, Review, Role, TaskKind, WorkerStrategy};
use atelier_domain::{Conditions, Endpoint, Permit, ResourceId, Timestamp};
use atelier_store::queries::task_assignments::{self, NewAssignment};
use atelier_store::queries::{concepts, task_inputs, tasks, vocabs};
use atelier_store::{Event, WriteTx};
use serde_json::{Value, json};

use super::people::Chosen;
use super::{ASSIGNMENTS, INPUTS, PEOPLE, Task, check_count, check_text, read_one, status};
use crate::concepts::{check_name, slug_of};
use crate::{AppName, Error, InApp, Result, Service, Who};

/// Somebody who is to label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labeller {
    /// Their slug.
    pub slug: String,
    /// How large their share is, compared with those of the others.
    pub weight: u32,
}

impl Labeller {
    /// Somebody with a share like everybody's.
    pub fn new(slug: impl Into<String>) -> Self {
        Self { slug: slug.into(), weight: 1 }
    }
}

/// Where the inputs of a task come from: those that are there when it is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// All of the app.
    #[default]
    All,
    /// These.
    Inputs(Vec<String>),
    /// Those of a dataset.
    Dataset(String),
}

impl Source {
    fn as_json(&self) -> Value {
        match self {
            Self::All => json!({ "from": "all" }),
            Self::Inputs(slugs) => json!({ "from": "inputs", "count": slugs.len() }),
            Self::Dataset(slug) => json!({ "from": "dataset", "id": slug }),
        }
    }
}

/// A task to be made.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// Its identifier; made from its name, if nothing is given.
    pub slug: String,
    /// What it is called; its identifier, if nothing is given.
    pub name: String,
    /// What its labellers are to do, in Markdown.
    pub instructions: String,
    /// What is to be said of its inputs.
    pub kind: TaskKind,
    /// Its choices, in their order.
    pub concepts: Vec<String>,
    /// The vocabulary whose concepts are its choices, instead.
    pub vocab: String,
    /// Where its inputs come from.
    pub source: Source,
    /// Who labels.
    pub labellers: Vec<Labeller>,
    /// Who reviews, by their slugs.
    pub reviewers: Vec<String>,
    /// How inputs come to labellers.
    pub strategy: WorkerStrategy,
    /// How many people label each input; everybody does, where the strategy says so.
    pub per_input: usize,
    /// Who looks at what was labelled.
    pub review: Review,
    /// How urgent it is: 1 is low, 2 is medium, 3 is high.
    pub priority: i64,
    /// Until when it is to be done.
    pub due_at: Option<Timestamp>,
    /// What clients keep with it.
    pub metadata: Option<Value>,
}

impl Default for NewTask {
    fn default() -> Self {
        Self {
            slug: String::new(),
            name: String::new(),
            instructions: String::new(),
            kind: TaskKind::Classification,
            concepts: Vec::new(),
            vocab: String::new(),
            source: Source::All,
            labellers: Vec::new(),
            reviewers: Vec::new(),
            strategy: WorkerStrategy::Dynamic,
            per_input: 1,
            review: Review::None,
            priority: 2,
            due_at: None,
            metadata: None,
        }
    }
}

impl Service {
    /// Makes tasks in the app, all of them or none, and answers them in this order.
    ///
    /// # Errors
    /// When the caller may not; a value is not valid; a concept, vocabulary or input does not exist; somebody who is to
    /// take part cannot; nothing is to be labelled; or the app has a task of one of the identifiers.
    pub async fn post_tasks(
        &self,
        who: &Who,
        app: &AppName,
        input: Vec<NewTask>,
    ) -> Result<InApp<Vec<Task>>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostTasks, Conditions::NONE).await?;
        check_count(input.len())?;
        let mut value = Vec::with_capacity(input.len());
        for (index, task) in input.iter().enumerate() {
            let made = self.make_task(&mut tx, &asked.permit, task).await;
            value.push(made.map_err(|error| error.within("tasks", index))?);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value })
    }

    async fn make_task(&self, tx: &mut WriteTx, permit: &Permit, task: &NewTask) -> Result<Task> {
        let (given_slug, given_name) = (task.slug.trim(), task.name.trim());
        if given_slug.is_empty() && given_name.is_empty() {
            return Err(Error::invalid("id", "or a name must be given"));
        }
        let slug = if given_slug.is_empty() { slug_of(given_name) } else { given_slug.to_owned() };
        let slug: ResourceId = slug.parse().map_err(|error| Error::invalid("id", error))?;
        // Its page would be the one on which tasks are made.
        if slug.as_str() == "new" {
            return Err(Error::invalid("id", "must not be `new`, which is reserved"));
        }
        let name = if given_name.is_empty() { slug.to_string() } else { check_name(given_name)? };
        check_text("instructions", &task.instructions)?;
        if !(1..=3).contains(&task.priority) {
            return Err(Error::invalid("priority", "must be 1 (low), 2 (medium) or 3 (high)"));
        }
        let labellers = self.labellers(tx, permit, task).await?;
        let reviewers = self.reviewers(tx, permit, task).await?;
        let per_input = per_input(task, labellers.len())?;
        let ids = |chosen: &[Chosen]| chosen.iter().map(|one| one.user).collect::<Vec<_>>();
        check_review(task.review, &ids(&labellers), &ids(&reviewers), per_input)?;
        let choices = choices(tx, permit, task).await?;
        let inputs = task_inputs(tx, permit, task).await?;
        if inputs.len() * per_input > ASSIGNMENTS {
            let why =
                format!("must come to at most {ASSIGNMENTS} assignments: inputs, times those who label each");
            return Err(Error::invalid("input_source", why));
        }
        let now = self.world.now();
        let id = TaskId::new(now, &self.world.salt());
        let new = tasks::NewTask {
            id,
            slug: slug.as_str(),
            name: &name,
            instructions: &task.instructions,
            kind: task.kind,
            strategy: task.strategy,
            per_input,
            review: task.review,
            source: &task.source.as_json(),
            priority: task.priority,
            due_at: task.due_at,
            metadata: task.metadata.as_ref(),
            status: status::IN_PROGRESS,
        };
        if !tasks::insert(tx, permit, &new, now).await? {
            return Err(Error::Taken(format!("duplicate task `{slug}`: each is made once")));
        }
        let choices: Vec<&str> = choices.iter().map(String::as_str).collect();
        tasks::set_concepts(tx, permit, id, &choices).await?;
        for part in parts(&labellers, &reviewers) {
            tasks::set_part(tx, permit, id, part).await?;
        }
        let new = assigned(task.strategy, &inputs, &labellers, per_input);
        task_assignments::insert(tx, permit, id, &new, now).await?;
        let row = tasks::get(tx, permit, slug.as_str()).await?.ok_or(Error::NotFound)?;
        read_one(tx, permit, row).await
    }

    async fn labellers(&self, tx: &mut WriteTx, permit: &Permit, task: &NewTask) -> Result<Vec<Chosen>> {
        if task.labellers.is_empty() || task.labellers.len() > PEOPLE {
            return Err(Error::invalid("labellers", format!("must be between 1 and {PEOPLE} people")));
        }
        if task.labellers.iter().any(|one| one.weight == 0) {
            return Err(Error::invalid("labellers", "must each have a share above 0"));
        }
        let named: Vec<(&str, u32)> =
            task.labellers.iter().map(|one| (one.slug.as_str(), one.weight)).collect();
        self.able(tx, permit, Role::Labeller, &named).await
    }

    async fn reviewers(&self, tx: &mut WriteTx, permit: &Permit, task: &NewTask) -> Result<Vec<Chosen>> {
        if task.reviewers.len() > PEOPLE {
            return Err(Error::invalid("reviewers", format!("must be at most {PEOPLE} people")));
        }
        let named: Vec<(&str, u32)> = task.reviewers.iter().map(|slug| (slug.as_str(), 0)).collect();
        self.able(tx, permit, Role::Reviewer, &named).await
    }
}

/// How many people label each input.
fn per_input(task: &NewTask, labellers: usize) -> Result<usize> {
    if task.strategy == WorkerStrategy::Full {
        return Ok(labellers);
    }
    if task.per_input == 0 || task.per_input > labellers.min(MOST_PER_INPUT) {
        return Err(Error::invalid(
            "per_input",
            format!("must be between 1 and the number of labellers, which is {labellers}"),
        ));
    }
    Ok(task.per_input)
}

/// Checks that a review can come to an end.
pub(super) fn check_review(
    review: Review,
    labellers: &[UserId],
    reviewers: &[UserId],
    per_input: usize,
) -> Result<()> {
    // What somebody labelled they do not review: of reviewers who label as well, one is always missing.
    let others = |labeller: &UserId| reviewers.iter().filter(|one| *one != labeller).count();
    let fewest = labellers.iter().map(others).min().unwrap_or_default();
    match review {
        Review::None => Ok(()),
        Review::Manual { percent, approvals } => {
            if !(1..=100).contains(&percent) {
                return Err(Error::invalid("review", "must look at between 1 and 100 in a hundred"));
            }
            if approvals == 0 || usize::from(approvals) > fewest {
                let why = format!(
                    "must ask for at least one approval, and for no more than there are reviewers besides whoever \
                     labelled it, of whom there are {fewest}"
                );
                return Err(Error::invalid("review", why));
            }
            Ok(())
        }
        Review::Consensus { labellers: needed } => {
            if !(2..=per_input).contains(&usize::from(needed)) {
                let why = format!(
                    "must ask for between 2 people who say the same and as many as label each input, which are \
                     {per_input}"
                );
                return Err(Error::invalid("review", why));
            }
            if fewest == 0 {
                return Err(Error::invalid("reviewers", "must be there for what nobody agrees on"));
            }
            Ok(())
        }
    }
}

/// The choices of a task: those that are named, or those of its vocabulary.
async fn choices(tx: &mut WriteTx, permit: &Permit, task: &NewTask) -> Result<Vec<String>> {
    let mut choices: Vec<String> = if task.vocab.is_empty() {
        let slugs: Vec<&str> = task.concepts.iter().map(String::as_str).collect();
        let held = concepts::hold(tx, permit, &slugs).await?;
        if let Some(slug) = slugs.iter().find(|slug| held.iter().all(|known| known != *slug)) {
            let why = format!("must be those of this app: `{slug}` is none");
            return Err(Error::invalid("concepts", why));
        }
        task.concepts.clone()
    } else {
        if vocabs::get_to_change(tx, permit, &task.vocab).await?.is_none() {
            let why = format!("must be one of this app: `{}` is none", task.vocab);
            return Err(Error::invalid("vocab", why));
        }
        vocabs::concepts(tx, permit, &task.vocab).await?.into_iter().map(|row| row.slug).collect()
    };
    let mut seen = std::collections::BTreeSet::new();
    choices.retain(|slug| seen.insert(slug.clone()));
    if choices.is_empty() {
        return Err(Error::invalid("concepts", "must be there: somebody has to choose among them"));
    }
    if choices.len() > crate::vocabs::CONCEPTS {
        let why = format!("must be at most {} in one task", crate::vocabs::CONCEPTS);
        return Err(Error::invalid("concepts", why));
    }
    Ok(choices)
}

/// The inputs of a task, the oldest first.
async fn task_inputs(tx: &mut WriteTx, permit: &Permit, task: &NewTask) -> Result<Vec<InputId>> {
    let medium = task.kind.medium();
    let inputs = match &task.source {
        Source::All => task_inputs::of_app(tx, permit, medium, &[], INPUTS + 1).await?,
        Source::Inputs(slugs) if slugs.is_empty() => Vec::new(),
        Source::Inputs(slugs) => {
            let found = task_inputs::of_app(tx, permit, medium, slugs, INPUTS + 1).await?;
            let distinct: std::collections::BTreeSet<&String> = slugs.iter().collect();
            if found.len() < distinct.len() {
                let why = "must be inputs of this app, of the kind that the task is about";
                return Err(Error::invalid("input_source", why));
            }
            found
        }
        Source::Dataset(slug) => {
            task_inputs::of_dataset(tx, permit, medium, slug, INPUTS + 1).await?.ok_or_else(|| {
                Error::invalid("input_source", format!("must be a dataset of this app: `{slug}` is none"))
            })?
        }
    };
    if inputs.is_empty() {
        return Err(Error::invalid("input_source", "has no input of the kind that the task is about"));
    }
    if inputs.len() > INPUTS {
        return Err(Error::invalid("input_source", format!("must have at most {INPUTS} inputs in one task")));
    }
    Ok(inputs)
}

/// What each person does: some label and review.
fn parts(labellers: &[Chosen], reviewers: &[Chosen]) -> Vec<tasks::Part> {
    let reviews = |user| reviewers.iter().any(|reviewer| reviewer.user == user);
    let mut parts: Vec<tasks::Part> = labellers
        .iter()
        .enumerate()
        .map(|(turn, one)| tasks::Part {
            user: one.user,
            labels: true,
            reviews: reviews(one.user),
            weight: one.weight,
            turn,
        })
        .collect();
    let only_review = reviewers.iter().filter(|one| labellers.iter().all(|other| other.user != one.user));
    parts.extend(only_review.map(|one| tasks::Part {
        user: one.user,
        labels: false,
        reviews: true,
        weight: 0,
        turn: labellers.len(),
    }));
    parts
}

/// The assignments of a task, by its strategy.
fn assigned(
    strategy: WorkerStrategy,
    inputs: &[InputId],
    labellers: &[Chosen],
    per_input: usize,
) -> Vec<NewAssignment> {
    let weights: Vec<u32> = labellers.iter().map(|one| one.weight).collect();
    let turns = match strategy {
        WorkerStrategy::Partitioned => partition(inputs.len(), &weights, per_input),
        WorkerStrategy::Full => vec![(0..per_input).collect(); inputs.len()],
        WorkerStrategy::Dynamic => Vec::new(),
    };
    let of_input = |(position, input): (usize, &InputId)| {
        let turns = turns.get(position).cloned().unwrap_or_default();
        let input = *input;
        (0..per_input).map(move |place| NewAssignment {
            position,
            place,
            input,
            turn: turns.get(place).copied(),
        })
    };
    inputs.iter().enumerate().flat_map(of_input).collect()
}
