//! How good a version of a model is.

use std::collections::BTreeSet;

use atelier_domain::id::InputId;
use atelier_domain::{Conditions, Endpoint};
use atelier_learn::quality::{Evaluation, Mistake};
use atelier_learn::suspects::Suspect;
use atelier_store::queries::inputs::{self, InputRow};
use atelier_store::queries::trainings;

use super::training::Kept;
use super::{Meant, Model, ModelName, find};
use crate::who::refuse;
use crate::{AppName, Error, Result, Service, Who};

/// How good a version is, in all figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    /// The model, with that version.
    pub model: Model,
    /// The figures.
    pub evaluation: Evaluation,
    /// Its worst mistakes, of inputs that the caller may see.
    pub mistakes: Vec<Mistaken>,
    /// What is probably said wrongly, the surest first, of inputs that the caller may see.
    pub suspects: Vec<Suspected>,
}

/// A mistake, and the input about which it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistaken {
    /// The mistake.
    pub mistake: Mistake,
    /// The input.
    pub input: InputRow,
}

/// Something that is probably said wrongly, and the input of which it is said.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspected {
    /// What it is.
    pub suspect: Suspect,
    /// The input.
    pub input: InputRow,
}

impl Service {
    /// How good a version of a model of the app is. That is told to those who may see what is said of inputs: how often
    /// concepts occur follows from it.
    ///
    /// # Errors
    /// When the caller may not, or there is no such version, or it is not trained.
    pub async fn get_model_evaluation(
        &self,
        who: &Who,
        app: &AppName,
        model: &str,
        version: &str,
    ) -> Result<Evaluated> {
        let mut tx = self.store.read().await?;
        let entered = self.enter(&mut tx, who, app, Endpoint::GetModelVersion).await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListAnnotations, Conditions::NONE).await?;
        let permit = &asked.permit;
        let name = ModelName { is_public: false, slug: model.to_owned(), version: Some(version.to_owned()) };
        let model = find(&mut tx, &entered, &name, Meant::Newest).await?;
        let trained = model.version.as_ref().and_then(|version| version.training());
        let row = trained.map(|trained| &trained.row).ok_or(Error::NotFound)?;
        if let Err(refusal) = permit.may_see_evaluation_of(row.user_id) {
            return Err(refuse(&mut tx, permit, &refusal).await);
        }
        let kept = trainings::evaluation(&mut tx, permit, row.id).await?.ok_or(Error::NotFound)?;
        let Kept { evaluation, mistaken, suspects, suspected } =
            serde_json::from_value(kept).map_err(|error| Error::fault(&error))?;
        let named: BTreeSet<InputId> = mistaken.iter().chain(&suspected).copied().collect();
        let rows = inputs::get_all(&mut tx, permit, &named.into_iter().collect::<Vec<_>>()).await?;
        let input = |id: &InputId| rows.iter().find(|row| row.id == *id).cloned();
        let mistakes = evaluation.mistakes.iter().zip(&mistaken);
        let mistakes =
            mistakes.filter_map(|(mistake, id)| Some(Mistaken { mistake: *mistake, input: input(id)? }));
        let suspects = suspects.into_iter().zip(&suspected);
        let suspects = suspects.filter_map(|(suspect, id)| Some(Suspected { suspect, input: input(id)? }));
        Ok(Evaluated { mistakes: mistakes.collect(), suspects: suspects.collect(), model, evaluation })
    }
}
