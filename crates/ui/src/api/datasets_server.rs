//! The server's side of [`super`].

use atelier_domain::{Endpoint, PatchAction, Split, Timestamp};
use atelier_service::datasets::versions::{NewVersion, VersionRow};
use atelier_service::datasets::{DatasetInput, DatasetsFilter, Last, NewDataset, PatchDataset};
use atelier_service::formats::Format;
use atelier_service::{AppName, Error};
use serde_json::{Value, json};

use super::{Datasets, ExportFormat, HeldInput, ListedDataset, ListedVersion, OneDataset};
use crate::api::apps::{place, refusal};
use crate::api::concepts::{Concept, called, offered};
use crate::api::segment;
use crate::error::UiError;
use crate::server::{service, who};

/// How many datasets are shown, and how many versions of one.
const SHOWN: usize = 1_000;

/// How many inputs of a dataset a page has.
const PAGE: usize = 25;

pub(super) async fn list(owner: &str, app: &str) -> Result<Datasets, UiError> {
    let (service, who) = (service(), who());
    let app = AppName::of(owner, app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let rows = service.list_datasets(&who, &app, &DatasetsFilter::default(), 0, SHOWN).await?.value;
    let datasets = rows.into_iter().map(|row| ListedDataset {
        slug: row.slug,
        description: row.description,
        made_at: row.created_at.micros(),
    });
    Ok(Datasets {
        place,
        datasets: datasets.collect(),
        no_addition: refusal(service.get_app(&who, &app, Endpoint::PostDatasets).await)?,
    })
}

pub(super) async fn get(owner: &str, app: &str, dataset: &str, after: &str) -> Result<OneDataset, UiError> {
    let (service, who) = (service(), who());
    let app = AppName::of(owner, app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let row = service.get_dataset(&who, &app, dataset).await?.value;
    let after = (read_last(after), 0);
    let mut held = service.list_dataset_inputs(&who, &app, dataset, after, PAGE + 1).await?.value;
    let has_more = held.len() > PAGE;
    held.truncate(PAGE);
    let concepts = offered(&app).await?;
    let versions = service.list_dataset_versions(&who, &app, dataset, 0, SHOWN).await?.value;
    let refused = async |endpoint| refusal(service.get_app(&who, &app, endpoint).await);
    let no_filling = refused(Endpoint::PostDatasetInputs).await?;
    let no_import = refused(Endpoint::PostInputs).await?.or_else(|| no_filling.clone());
    Ok(OneDataset {
        place,
        slug: row.slug,
        description: row.description,
        next: has_more.then(|| held.last().map(|one| write_last(one.last()))).flatten(),
        inputs: held.into_iter().map(|one| input(one, &concepts)).collect(),
        versions: versions.into_iter().map(version).collect(),
        no_change: refused(Endpoint::PatchDatasets).await?,
        no_filling,
        no_import,
        no_removal: refused(Endpoint::DeleteDatasetInputs).await?,
        no_freezing: refused(Endpoint::PostDatasetVersions).await?,
        formats: Format::ALL.map(export_format).to_vec(),
        no_export: refused(Endpoint::PostExports).await?,
        no_deletion: refused(Endpoint::DeleteDatasets).await?,
    })
}

fn input(one: DatasetInput, concepts: &[Concept]) -> HeldInput {
    let said = one.input.said.said.into_iter().filter(|label| label.value > 0.0);
    HeldInput {
        slug: one.input.input.slug,
        concepts: said.map(|label| called(concepts, label.concept.as_str())).collect(),
        added_at: one.added_at.micros(),
    }
}

fn export_format(format: Format) -> ExportFormat {
    ExportFormat {
        name: format.name().to_owned(),
        label: format.label().to_owned(),
        holds: format.holds().to_owned(),
    }
}

fn version(row: VersionRow) -> ListedVersion {
    let parts = row.train.zip(row.valid).zip(row.test).map(|((train, valid), test)| [train, valid, test]);
    ListedVersion {
        slug: row.slug,
        description: row.description,
        inputs: row.inputs,
        unlabelled: row.unlabelled,
        parts,
        made_at: row.created_at.micros(),
    }
}

/// Where a part begins, as addresses say it.
fn write_last((at, input): Last) -> String {
    format!("{}.{input}", at.micros())
}

/// What can only have been written into the address by hand begins at the top.
fn read_last(text: &str) -> Option<Last> {
    let (at, input) = text.split_once('.')?;
    Some((Timestamp::from_micros(at.parse().ok()?), input.parse().ok()?))
}

pub(super) async fn add(owner: &str, app: &str, slug: &str, description: &str) -> Result<(), UiError> {
    let (slug, description) = (slug.trim().to_owned(), description.trim().to_owned());
    if slug.is_empty() {
        return Err(Error::invalid("slug", "must not be empty").into());
    }
    let path = format!("/{owner}/{app}/datasets/{}", segment(&slug));
    let new = NewDataset { slug, description, ..NewDataset::default() };
    service().post_datasets(&who(), &AppName::of(owner, app), vec![new]).await.map_err(of_field)?;
    leptos_axum::redirect(&path);
    Ok(())
}

/// What is wrong with the one thing of a request, by the field of the form in which it was typed.
fn of_field(error: Error) -> Error {
    let Error::Invalid { mut fields } = error else { return error };
    for field in &mut fields {
        field.field = match field.field.rsplit('.').next() {
            Some("id") => "slug".to_owned(),
            Some(last) => last.to_owned(),
            None => continue,
        };
    }
    Error::Invalid { fields }
}

pub(super) async fn change(owner: &str, app: &str, slug: String, description: &str) -> Result<(), UiError> {
    let description = Some(description.trim().to_owned());
    let change = PatchDataset { slug, description, ..PatchDataset::default() };
    let app = AppName::of(owner, app);
    service().patch_datasets(&who(), &app, PatchAction::Merge, vec![change]).await.map_err(of_field)?;
    Ok(())
}

pub(super) async fn put_in(owner: &str, app: &str, dataset: &str, inputs: &str) -> Result<(), UiError> {
    let inputs = inputs.lines().map(str::trim).filter(|line| !line.is_empty());
    let inputs: Vec<String> = inputs.map(str::to_owned).collect();
    if inputs.is_empty() {
        return Err(Error::invalid("inputs", "must not be empty").into());
    }
    let app = AppName::of(owner, app);
    let put = service().post_dataset_inputs(&who(), &app, dataset, &inputs).await;
    put.map_err(|error| match error {
        Error::Invalid { fields } => {
            let why = fields.into_iter().next().map(|field| field.message).unwrap_or_default();
            Error::invalid("inputs", why)
        }
        other => other,
    })?;
    Ok(())
}

pub(super) async fn take_out(owner: &str, app: &str, dataset: &str, input: String) -> Result<(), UiError> {
    let app = AppName::of(owner, app);
    service().delete_dataset_inputs(&who(), &app, dataset, &[input]).await?;
    Ok(())
}

pub(super) async fn freeze(
    owner: &str,
    app: &str,
    dataset: &str,
    description: &str,
    shares: &[String; 3],
    seed: &str,
) -> Result<(), UiError> {
    let metadata = division(shares, seed)?;
    let new = NewVersion { description: description.trim().to_owned(), metadata, ..NewVersion::default() };
    let app = AppName::of(owner, app);
    service().post_dataset_versions(&who(), &app, dataset, vec![new]).await.map_err(of_field)?;
    Ok(())
}

/// What is kept with a version that is split so; nothing, if no share is given.
fn division(shares: &[String; 3], seed: &str) -> Result<Option<Value>, UiError> {
    if shares.iter().all(|share| share.trim().is_empty()) {
        return Ok(None);
    }
    let number = |field: &str, text: &str, what: &str| match text.trim() {
        "" => Ok(0.0),
        text => text.parse::<u32>().map(f64::from).map_err(|_| Error::invalid(field, what)),
    };
    let share = |field, text: &String| {
        number(field, text, "must be a whole number of percent").map(|percent| percent / 100.0)
    };
    let [train, valid, test] = shares;
    let (train, valid, test) = (share("train", train)?, share("valid", valid)?, share("test", test)?);
    let seed = number("seed", seed, "must be a whole number")?;
    Split::new(0, train, valid, test)
        .map_err(|_| Error::invalid("train", "must add up to 100 with the other two"))?;
    Ok(Some(json!({ "split": { "seed": seed, "train": train, "valid": valid, "test": test } })))
}

pub(super) async fn delete_version(
    owner: &str,
    app: &str,
    dataset: &str,
    version: String,
) -> Result<(), UiError> {
    let app = AppName::of(owner, app);
    service().delete_dataset_versions(&who(), &app, dataset, &[version]).await?;
    Ok(())
}

pub(super) async fn delete(owner: &str, app: &str, dataset: String) -> Result<(), UiError> {
    service().delete_datasets(&who(), &AppName::of(owner, app), &[dataset]).await?;
    leptos_axum::redirect(&format!("/{owner}/{app}/datasets"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use atelier_domain::id::InputId;

    use super::*;

    #[test]
    fn shares_are_typed_in_percent() {
        let typed = |train: &str, valid: &str, test: &str, seed: &str| {
            division(&[train, valid, test].map(str::to_owned), seed)
        };
        assert_eq!(typed("", " ", "", "7"), Ok(None));
        let split = json!({ "split": { "seed": 7.0, "train": 0.8, "valid": 0.1, "test": 0.1 } });
        assert_eq!(typed("80", "10", " 10 ", "7"), Ok(Some(split)));
        for (train, test, seed) in
            [("80", "10", "7"), ("all", "", "7"), ("80", "20", "seven"), ("-1", "", "")]
        {
            assert!(typed(train, "", test, seed).is_err(), "{train} {test} {seed}");
        }
    }

    #[test]
    fn a_page_goes_on_where_the_one_before_ended() {
        let last = (Timestamp::from_micros(-7), InputId::new(Timestamp::from_micros(9), &[3; 10]));
        assert_eq!(read_last(&write_last(last)), Some(last));
        assert_eq!(read_last("here"), None);
        assert_eq!(read_last(""), None);
    }
}
