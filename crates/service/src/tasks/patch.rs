//! Changing tasks: what they are called, who takes part, and whether they are worked on.

use atelier_domain::task::Role;
use atelier_domain::{Conditions, Endpoint, PatchAction, Permit, Timestamp};
use atelier_store::queries::{assignments, tasks};
use atelier_store::{Event, WriteTx};
use serde_json::Value;

use super::post::check_review;
use super::{Task, check_count, check_text, read_one, status};
use crate::concepts::check_name;
use crate::metadata::patched;
use crate::{AppName, Error, InApp, Result, Service, Who};

/// What to change of a task; what is not given stays. What is to be labelled, and how, stays in any case.
#[derive(Clone, Debug, Default)]
pub struct PatchTask {
    /// Which task.
    pub slug: String,
    /// What it is called.
    pub name: Option<String>,
    /// What its labellers are to do.
    pub instructions: Option<String>,
    /// How urgent it is.
    pub priority: Option<i64>,
    /// Until when it is to be done; `Some(None)` for no end.
    pub due_at: Option<Option<Timestamp>>,
    /// What clients keep with it.
    pub metadata: Option<Value>,
    /// Where it stands.
    pub status: Option<i64>,
    /// Who labels, from now on. What others had still to label goes into the pool.
    pub labellers: Option<Vec<super::Labeller>>,
    /// Who reviews, from now on.
    pub reviewers: Option<Vec<String>>,
}

impl Service {
    /// Changes tasks of the app, all of them or none, and answers them in this order. `action` matters for what clients
    /// keep with them.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, a task does not exist, or somebody who is to take part cannot.
    pub async fn patch_tasks(
        &self,
        who: &Who,
        app: &AppName,
        action: PatchAction,
        input: Vec<PatchTask>,
    ) -> Result<InApp<Vec<Task>>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PatchTasks, Conditions::NONE).await?;
        check_count(input.len())?;
        let mut value = Vec::with_capacity(input.len());
        for (index, change) in input.iter().enumerate() {
            let changed = self.patch_task(&mut tx, &asked.permit, action, change).await;
            value.push(changed.map_err(|error| error.within("tasks", index))?);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value })
    }

    async fn patch_task(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        action: PatchAction,
        change: &PatchTask,
    ) -> Result<Task> {
        let row = tasks::get_to_change(tx, permit, &change.slug).await?.ok_or(Error::NotFound)?;
        let name = change.name.as_deref().map(check_name).transpose()?.unwrap_or_else(|| row.name.clone());
        let instructions = change.instructions.as_deref().unwrap_or(&row.instructions);
        check_text("instructions", instructions)?;
        let priority = change.priority.unwrap_or(row.priority);
        if !(1..=3).contains(&priority) {
            return Err(Error::invalid("priority", "must be 1 (low), 2 (medium) or 3 (high)"));
        }
        let number = change.status.unwrap_or(row.status);
        if ![status::IN_PROGRESS, status::DONE, status::WONT_DO, status::IDLE].contains(&number) {
            let why = format!(
                "must be {} (in progress), {} (done), {} (given up) or {} (resting)",
                status::IN_PROGRESS,
                status::DONE,
                status::WONT_DO,
                status::IDLE
            );
            return Err(Error::invalid("status", why));
        }
        let metadata = patched(action, row.metadata.clone(), change.metadata.as_ref());
        let stored = tasks::TaskChange {
            name: &name,
            instructions,
            priority,
            due_at: change.due_at.unwrap_or(row.due_at),
            metadata: metadata.as_ref(),
            status: number,
        };
        tasks::update(tx, permit, row.id, &stored, self.world.now()).await?;
        let task = read_one(tx, permit, row).await?;
        self.change_people(tx, permit, &task, change).await?;
        let row = tasks::get(tx, permit, &change.slug).await?.ok_or(Error::NotFound)?;
        read_one(tx, permit, row).await
    }

    async fn change_people(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        task: &Task,
        change: &PatchTask,
    ) -> Result<()> {
        if change.labellers.is_none() && change.reviewers.is_none() {
            return Ok(());
        }
        let old_labellers = || task.people.iter().filter(|person| person.labels);
        let labellers: Vec<(&str, u32)> = match &change.labellers {
            Some(new) => new.iter().map(|one| (one.slug.as_str(), one.weight.max(1))).collect(),
            None => old_labellers()
                .map(|one| (one.slug.as_str(), u32::try_from(one.weight).unwrap_or(1).max(1)))
                .collect(),
        };
        let reviewers: Vec<(&str, u32)> = match &change.reviewers {
            Some(new) => new.iter().map(|slug| (slug.as_str(), 0)).collect(),
            None => task.people.iter().filter(|one| one.reviews).map(|one| (one.slug.as_str(), 0)).collect(),
        };
        if labellers.is_empty() {
            return Err(Error::invalid("labellers", "must be at least one person"));
        }
        // Those who stay are not asked again whether they can: somebody else may have been narrowed meanwhile.
        let known = |slug: &str, does: fn(&super::ParticipantRow) -> bool| {
            task.people.iter().any(|person| person.slug == slug && does(person))
        };
        let new: Vec<_> =
            labellers.iter().copied().filter(|(slug, _)| !known(slug, |person| person.labels)).collect();
        self.able(tx, permit, Role::Labeller, &new).await?;
        let new: Vec<_> =
            reviewers.iter().copied().filter(|(slug, _)| !known(slug, |person| person.reviews)).collect();
        self.able(tx, permit, Role::Reviewer, &new).await?;

        let slugs: Vec<&str> = labellers.iter().chain(&reviewers).map(|(slug, _)| *slug).collect();
        let found = tasks::insiders(tx, permit, &slugs).await?;
        let ids = |named: &[(&str, u32)]| {
            let is_named = |person: &&tasks::InsiderRow| named.iter().any(|(slug, _)| *slug == person.slug);
            found.iter().filter(is_named).map(|person| person.user_id).collect::<Vec<_>>()
        };
        let per_input = usize::try_from(task.row.per_input).unwrap_or_default();
        let labelling = ids(&labellers);
        if labelling.len() < per_input {
            let why = format!("must be at least {per_input} people: so many label each input");
            return Err(Error::invalid("labellers", why));
        }
        check_review(task.row.review, &labelling, &ids(&reviewers), per_input)?;
        let now = self.world.now();
        for person in &task.people {
            if labellers.iter().all(|(slug, _)| *slug != person.slug) {
                assignments::release(tx, permit, task.row.id, person.user_id, now).await?;
            }
            if !slugs.contains(&person.slug.as_str()) {
                tasks::remove_part(tx, permit, task.row.id, person.user_id).await?;
            }
        }
        for person in found {
            let turn = labellers.iter().position(|(slug, _)| *slug == person.slug);
            let part = tasks::Part {
                user: person.user_id,
                labels: turn.is_some(),
                reviews: reviewers.iter().any(|(slug, _)| *slug == person.slug),
                weight: turn.and_then(|turn| labellers.get(turn)).map_or(0, |(_, weight)| *weight),
                turn: turn.unwrap_or(labellers.len()),
            };
            tasks::set_part(tx, permit, task.row.id, part).await?;
        }
        Ok(())
    }
}
