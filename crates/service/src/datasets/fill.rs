//! Putting inputs into datasets: those that are named, those of another dataset, or one that is just being added.

use std::collections::BTreeSet;

use atelier_domain::{Conditions, Endpoint, Permit};
use atelier_store::queries::{dataset_inputs, datasets};
use atelier_store::{Event, WriteTx};

use super::inputs::in_order;
use super::{DatasetInput, check_input_count, kept};
use crate::annotations::status;
use crate::{AppName, Error, InApp, Result, Service, Who};

impl Service {
    /// Puts the inputs `inputs` of the app into the dataset, all of them or none, and answers them in this order. Those
    /// that are in it already stay as they came.
    ///
    /// # Errors
    /// When the caller may not, there is no such dataset, or one of the inputs does not exist.
    pub async fn post_dataset_inputs(
        &self,
        who: &Who,
        app: &AppName,
        dataset: &str,
        inputs: &[String],
    ) -> Result<InApp<Vec<DatasetInput>>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostDatasetInputs, Conditions::NONE).await?;
        let permit = &asked.permit;
        check_input_count("dataset_inputs", inputs.len())?;
        let into = kept(&mut tx, permit, dataset).await?;
        let slugs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let known: BTreeSet<String> =
            dataset_inputs::keep_inputs(&mut tx, permit, &slugs).await?.into_iter().collect();
        if let Some((index, slug)) = inputs.iter().enumerate().find(|(_, slug)| !known.contains(*slug)) {
            let error =
                Error::invalid("input.id", format!("must be that of an input of this app: `{slug}` is none"));
            return Err(error.within("dataset_inputs", index));
        }
        dataset_inputs::insert(&mut tx, permit, into.id, &slugs, self.world.now()).await?;
        let rows = dataset_inputs::named(&mut tx, permit, into.id, &slugs, status::SUCCESS).await?;
        let value = in_order(rows, inputs).into_iter().map(|row| DatasetInput::of(row, permit)).collect();
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value })
    }

    /// Puts all inputs of the dataset `from` into the dataset `dataset`; answers how many came to it.
    ///
    /// # Errors
    /// When the caller may not, or one of the datasets does not exist.
    pub async fn merge_dataset(&self, who: &Who, app: &AppName, dataset: &str, from: &str) -> Result<u64> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostDatasetInputs, Conditions::NONE).await?;
        let permit = &asked.permit;
        let into = kept(&mut tx, permit, dataset).await?;
        let from = kept(&mut tx, permit, from).await?;
        let count = dataset_inputs::insert_all(&mut tx, permit, into.id, from.id, self.world.now()).await?;
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        Ok(count)
    }

    /// Puts the input `input` of the app into the datasets `slugs`. Whether the caller may was asked before.
    ///
    /// # Errors
    /// When one of the datasets does not exist.
    pub(crate) async fn put_into_datasets(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        slugs: &[String],
        input: &str,
    ) -> Result<()> {
        if slugs.is_empty() {
            return Ok(());
        }
        let named: Vec<&str> = slugs.iter().map(String::as_str).collect();
        let found = datasets::named_to_keep(tx, permit, &named).await?;
        let known: BTreeSet<&str> = found.iter().map(|row| row.slug.as_str()).collect();
        if let Some(missing) = named.iter().find(|slug| !known.contains(*slug)) {
            let why = format!("must be those of this app: `{missing}` is none");
            return Err(Error::invalid("dataset_ids", why));
        }
        for dataset in &found {
            dataset_inputs::insert(tx, permit, dataset.id, &[input], self.world.now()).await?;
        }
        Ok(())
    }
}
