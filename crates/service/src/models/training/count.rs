//! Counting what a model would learn from, before it is trained.

use atelier_domain::training::Fault;
use atelier_domain::{Conditions, Endpoint, Medium, Training};

use super::{Caution, Count};
use crate::{AppName, Result, Service, Who};

/// As of how many examples of a concept its figures say something.
const ENOUGH: usize = 20;

/// What a model would learn from.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    /// What it would take.
    pub medium: Medium,
    /// How often each concept is said.
    pub concepts: Vec<Count>,
    /// Of how many inputs something is said.
    pub examples: usize,
    /// What would be left out.
    pub cautions: Vec<Caution>,
    /// Why it would come to nothing, if it would.
    pub fault: Option<(Fault, String)>,
}

impl Counted {
    /// The concepts of which there are too few examples for their figures to say much.
    pub fn few(&self) -> impl Iterator<Item = &Count> {
        self.concepts.iter().filter(|count| count.positive < ENOUGH)
    }
}

impl Service {
    /// What a model of the app would learn from, if the caller trained it so now.
    ///
    /// # Errors
    /// When the caller may not train, or what it would learn from is not there.
    pub async fn count_examples(&self, who: &Who, app: &AppName, training: &Training) -> Result<Counted> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostModelVersions, Conditions::NONE).await?;
        let mut table = self.gather_examples(&mut tx, who, &asked.permit, training).await?;
        table.prune();
        Ok(Counted {
            medium: table.medium,
            concepts: table.counts(),
            examples: table.inputs.len(),
            fault: table.check().err(),
            cautions: table.cautions,
        })
    }
}
