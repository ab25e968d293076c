//! Uploading a model, as an ONNX file: a version of a new model, or of one that was uploaded before.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read as _, Seek as _};

use atelier_domain::id::{ModelId, ModelVersionId};
use atelier_domain::training::CONCEPTS;
use atelier_domain::{Conditions, Endpoint, Medium, ModelKind, Permit, ResourceId, Training};
use atelier_learn::uploaded::{Cost, Input, MOST_BYTES, Output, Refusal, Scale};
use atelier_store::queries::model_files::NewFile;
use atelier_store::queries::trainings::{self, Origin};
use atelier_store::queries::{concepts, models};
use atelier_store::{Conn, Event};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tracing::Instrument as _;

use super::own::{check_ours, check_text, new_version};
use super::post::{self, NewModel, Source};
use super::{Model, ModelConcept, catalogue};
use crate::computing::compute;
use crate::concepts::slug_of;
use crate::{AppName, Asked, Error, InApp, Result, Service, Who};

/// A file of a model that is to become a version.
#[derive(Debug)]
pub struct Upload {
    /// Of which model.
    pub to: UploadTo,
    /// The file.
    pub file: File,
    /// What each of its numbers is about, in their order: concepts of the app by identifier, or names of new ones.
    pub concepts: Vec<String>,
    /// How the pixels of a picture become the numbers that it takes. What takes vectors has no use for it.
    pub scale: Scale,
    /// What the version is.
    pub description: String,
}

/// Of which model a file becomes a version.
#[derive(Clone, Debug)]
pub enum UploadTo {
    /// One that is made for it, of what can be chosen about any model: how it is trained is of no matter.
    New(NewModel),
    /// One that is there, by its identifier.
    Model(String),
}

/// What was found out about a file, as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// What is shown to it, after which it is asked.
    pub medium: Medium,
    /// The version of the public model by whose vectors it tells; nothing, if it looks at pictures itself.
    pub embedder: Option<String>,
    /// What it takes.
    pub input: Input,
    /// What its numbers are.
    pub output: Output,
    /// How pixels become what it takes; nothing, if it takes vectors.
    pub scale: Option<Scale>,
    /// What each of its numbers is about.
    pub concepts: Vec<ModelConcept>,
    /// How much it takes for one input.
    pub cost: Cost,
    /// How long it took for one input when it was tried, in microseconds.
    pub took: u64,
}

impl Told {
    /// Of which kind models are that take the like.
    #[must_use]
    pub fn kind(&self) -> ModelKind {
        if self.embedder.is_none() { ModelKind::VisualClassifier } else { ModelKind::EmbeddingClassifier }
    }
}

/// A file that was looked at.
struct Checked {
    told: Told,
    bytes: Bytes,
}

impl Service {
    /// Takes in a model: looks at the file and tries it out, keeps it, and makes a version of it, which can be asked at once.
    /// Concepts that the app lacks are made, if the caller may add some. Of what is refused, nothing is kept.
    ///
    /// # Errors
    /// When the caller may not; a value is not valid, the file is no model that is taken, or there is no such model, or it is
    /// trained here.
    pub async fn upload_model(&self, who: &Who, app: &AppName, upload: Upload) -> Result<InApp<Model>> {
        let (service, who, app) = (self.clone(), who.clone(), app.clone());
        // Beside the request, though followed with it: who hangs up in the middle leaves no bytes without a row.
        let taking = async move { service.take_model(&who, &app, upload).await };
        self.background.spawn(taking.in_current_span()).await.map_err(|_| Error::Unavailable)?
    }

    async fn take_model(&self, who: &Who, app: &AppName, upload: Upload) -> Result<InApp<Model>> {
        let endpoint = Endpoint::PostModelVersionsUpload;
        // Nothing is computed for whoever may not, and nothing of the database is held while it is.
        let (place, named) = {
            let mut tx = self.store.read().await?;
            let asked = self.permit(&mut tx, who, app, endpoint, Conditions::NONE).await?;
            self.check_upload(&mut tx, &asked.permit, &upload).await?;
            let named = read_concepts(&mut tx, &asked.permit, &upload.concepts).await?;
            (asked.permit.app(), named)
        };
        let file = upload.file.try_clone().map_err(|error| Error::fault(&error))?;
        let checked = self.look_at_file(file, &named, upload.scale).await?;
        let id = ModelVersionId::new(self.world.now(), &self.world.salt());
        let key = format!("apps/{place}/models/{id}");
        self.objects.put(&key, checked.bytes.clone()).await?;
        let kept = self.keep_model(who, app, &upload, id, &key, &checked).await;
        let is_needed = match &kept {
            // Whether it was committed is not known: bytes that are left over harm nobody, a row without its bytes does.
            Ok(_) | Err(Error::Unavailable | Error::Internal { .. }) => true,
            Err(_) => false,
        };
        if !is_needed {
            self.forget(vec![key]).await;
        }
        kept
    }

    /// What can be refused before the file is looked at.
    async fn check_upload(&self, conn: &mut Conn, permit: &Permit, upload: &Upload) -> Result<()> {
        upload.scale.check().map_err(|error| Error::invalid("scale", error))?;
        check_text("description", &upload.description)?;
        match &upload.to {
            UploadTo::New(new) => {
                post::check(permit, new)?;
                post::check_room(conn, permit, 1).await
            }
            UploadTo::Model(slug) => {
                let row = models::get(conn, permit, slug).await?.ok_or(Error::NotFound)?;
                check_ours(&row)?;
                if row.is_uploaded { Ok(()) } else { Err(trained_here()) }
            }
        }
    }

    /// Looks at a file and tries it out.
    async fn look_at_file(&self, file: File, named: &[ModelConcept], scale: Scale) -> Result<Checked> {
        let refused = |refusal: Refusal| Error::invalid("file", refusal);
        let bytes = compute(move || read_file(file)).await.map_err(|error| Error::fault(&error))??;
        let (model, took) = self.engine.try_out(bytes.to_vec(), named.len()).await.map_err(refused)?;
        let (medium, embedder, scale) = match model.input() {
            Input::Picture { .. } => (Medium::Image, None, Some(scale)),
            Input::Features(count) => {
                let is_width = |medium: &Medium| catalogue::width(*medium) == count;
                let medium = [Medium::Image, Medium::Text].into_iter().find(is_width).ok_or_else(|| {
                    let [image, text] = [Medium::Image, Medium::Text].map(catalogue::width);
                    Error::invalid(
                        "file",
                        format!(
                            "must take a picture, the {image} numbers of a picture’s vector or the {text} of a \
                             text’s, and takes {count}"
                        ),
                    )
                })?;
                (medium, Some(catalogue::embedder(medium).to_owned()), None)
            }
        };
        let told = Told {
            medium,
            embedder,
            input: model.input(),
            output: model.output(),
            scale,
            concepts: named.to_vec(),
            cost: model.cost(),
            took: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        };
        Ok(Checked { told, bytes })
    }

    /// Makes the version, if the caller still may, and its model, if there is none yet.
    async fn keep_model(
        &self,
        who: &Who,
        app: &AppName,
        upload: &Upload,
        id: ModelVersionId,
        key: &str,
        Checked { told, bytes }: &Checked,
    ) -> Result<InApp<Model>> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let asked: Asked<Permit> =
            self.permit(&mut tx, who, app, Endpoint::PostModelVersionsUpload, Conditions::NONE).await?;
        let permit = &asked.permit;
        let row = match &upload.to {
            UploadTo::New(new) => {
                post::check_room(&mut tx, permit, 1).await?;
                // What it takes is known of it also where it has no version any more.
                let settings = Training { medium: Some(told.medium), ..Training::default() };
                let new = NewModel { settings, ..new.clone() };
                let of = post::check(permit, &new)?;
                let made = ModelId::new(now, &self.world.salt());
                post::insert(&mut tx, permit, made, of, told.kind(), Source::Uploaded, now).await?
            }
            UploadTo::Model(slug) => {
                models::get_to_change(&mut tx, permit, slug).await?.ok_or(Error::NotFound)?
            }
        };
        check_ours(&row)?;
        if !row.is_uploaded {
            return Err(trained_here());
        }
        if row.kind != told.kind() || row.settings.medium != Some(told.medium) {
            let takes = |kind: ModelKind, medium: Option<Medium>| match (kind, medium) {
                (ModelKind::VisualClassifier, _) => "pictures",
                (_, Some(Medium::Text)) => "vectors of texts",
                (_, _) => "vectors of pictures",
            };
            let (one, other) = (takes(row.kind, row.settings.medium), takes(told.kind(), Some(told.medium)));
            let why =
                format!("must take what the model’s other versions take, which is {one}, and takes {other}");
            return Err(Error::invalid("file", why));
        }
        let named = told.concepts.iter().map(|concept| (concept.slug.as_str(), concept.name.as_str()));
        self.provide(&mut tx, &asked, &named.collect::<Vec<_>>()).await?;
        let json = serde_json::to_value(told).map_err(|error| Error::fault(&error))?;
        let file = NewFile {
            object_key: key,
            size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            sha256: &Sha256::digest(bytes),
            told: &json,
        };
        let version = new_version(who, id, row.id, &upload.description, Origin::File(&file))?;
        trainings::insert(&mut tx, permit, &version, now).await?;
        let version = trainings::get(&mut tx, permit, row.id, id).await?;
        let row = models::get(&mut tx, permit, &row.slug).await?.ok_or(Error::NotFound)?;
        let value = Model::own(row, version, &asked.app)?;
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value })
    }
}

fn trained_here() -> Error {
    Error::invalid("model", "is trained here: make another one for what is uploaded")
}

/// All of a file, or why it is not read.
fn read_file(mut file: File) -> Result<Bytes> {
    let fault = |error: std::io::Error| Error::fault(&error);
    let mut bytes = Vec::new();
    file.rewind().map_err(fault)?;
    // One more than may be: then it is told that it is too large.
    file.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(fault)?;
    Ok(bytes.into())
}

/// The concepts that somebody named: by the identifier of one that the app has, or else as one would be called.
async fn read_concepts(conn: &mut Conn, permit: &Permit, named: &[String]) -> Result<Vec<ModelConcept>> {
    let invalid = |why: String| Error::invalid("concepts", why);
    if !(1..=CONCEPTS).contains(&named.len()) {
        return Err(invalid(format!("must be between 1 and {CONCEPTS}")));
    }
    let made: Vec<String> = named.iter().map(|name| slug_of(name)).collect();
    let asked: Vec<&str> = named.iter().chain(&made).map(String::as_str).collect();
    let there = concepts::named(conn, permit, &asked).await?;
    let (mut seen, mut read) = (BTreeSet::new(), Vec::with_capacity(named.len()));
    for (name, made) in named.iter().zip(made) {
        let known =
            there.iter().find(|row| row.slug == *name).or_else(|| there.iter().find(|row| row.slug == made));
        let concept = match known {
            Some(row) => ModelConcept { slug: row.slug.clone(), name: row.name.clone() },
            None => {
                let slug: ResourceId = made.parse().map_err(|error| invalid(format!("{error}")))?;
                ModelConcept { slug: slug.to_string(), name: name.trim().to_owned() }
            }
        };
        if !seen.insert(concept.slug.clone()) {
            return Err(invalid(format!("must be named once: `{}` is named again", concept.slug)));
        }
        read.push(concept);
    }
    Ok(read)
}
