//! Making models.

use atelier_domain::id::ModelId;
use atelier_domain::{Conditions, Endpoint, ModelKind, Permit, PublicPermit, ResourceId, Training};
use atelier_store::Event;
use atelier_store::queries::models;

use super::own::check_text;
use super::{MODELS, Model, catalogue};
use crate::concepts::{check_name, slug_of};
use crate::{AppName, Error, InApp, Result, Service, Who};

/// The most models that are made, changed or deleted at once.
pub(super) const AT_ONCE: usize = 100;

/// A model that is to be made.
#[derive(Clone, Debug, Default)]
pub struct NewModel {
    /// Its identifier; made of its name, if nothing is given.
    pub slug: String,
    /// What it is called; its identifier, if nothing is given.
    pub name: String,
    /// What it does.
    pub description: String,
    /// What else is said of it, in Markdown.
    pub notes: String,
    /// Of which kind it is, by the wire's name: one that is trained, if nothing is given.
    pub kind: String,
    /// How it is trained, if nothing else is said then.
    pub settings: Training,
}

/// Whether an identifier means something else where models of an app are looked for: a public model, or the page on which
/// one is made.
fn is_taken(permit: &Permit, slug: &str) -> bool {
    slug == "new" || catalogue::models(&PublicPermit::from(permit)).iter().any(|model| model.slug == slug)
}

impl Service {
    /// Makes models in the app, all of them or none, and answers them in this order. None is trained by that.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, or the app has a model of one of the identifiers.
    pub async fn post_models(
        &self,
        who: &Who,
        app: &AppName,
        input: Vec<NewModel>,
    ) -> Result<InApp<Vec<Model>>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostModels, Conditions::NONE).await?;
        let permit = &asked.permit;
        if input.len() > AT_ONCE {
            return Err(Error::invalid("models", format!("must be at most {AT_ONCE} at once")));
        }
        let there = usize::try_from(models::count(&mut tx, permit).await?).unwrap_or(usize::MAX);
        if there.saturating_add(input.len()) > MODELS {
            return Err(Error::Conflict(format!("an app has at most {MODELS} models: delete some first")));
        }
        let now = self.world.now();
        let mut made = Vec::with_capacity(input.len());
        for (index, new) in input.iter().enumerate() {
            let (given_slug, given_name) = (new.slug.trim(), new.name.trim());
            let checked = async {
                if given_slug.is_empty() && given_name.is_empty() {
                    return Err(Error::invalid("id", "or a name must be given"));
                }
                let slug = if given_slug.is_empty() { slug_of(given_name) } else { given_slug.to_owned() };
                let slug: ResourceId = slug.parse().map_err(|error| Error::invalid("id", error))?;
                if is_taken(permit, slug.as_str()) {
                    return Err(Error::invalid(
                        "id",
                        format!("must be another one: `{slug}` means something here"),
                    ));
                }
                let name = if given_name.is_empty() { slug.to_string() } else { check_name(given_name)? };
                check_text("description", &new.description)?;
                check_text("notes", &new.notes)?;
                let kind = match new.kind.trim() {
                    "" => Some(ModelKind::EmbeddingClassifier),
                    name => ModelKind::of_name(name).filter(|kind| kind.is_trained()),
                };
                let kind = kind.ok_or_else(|| {
                    let only = ModelKind::EmbeddingClassifier.name();
                    Error::invalid(
                        "model_type_id",
                        format!("must be `{only}`: no other kind is made in apps"),
                    )
                })?;
                self.check_training(&mut tx, who, permit, &new.settings).await?;
                Ok((slug, name, kind))
            };
            let (slug, name, kind) = checked.await.map_err(|error| error.within("models", index))?;
            let model = models::NewModel {
                id: ModelId::new(now, &self.world.salt()),
                slug: slug.as_str(),
                kind,
                of: models::ModelChange {
                    name: &name,
                    description: &new.description,
                    notes: &new.notes,
                    settings: &new.settings,
                },
            };
            if !models::insert(&mut tx, permit, &model, now).await? {
                return Err(Error::Taken(format!("duplicate model `{slug}`: each is made once")));
            }
            let row = models::get(&mut tx, permit, slug.as_str()).await?.ok_or(Error::NotFound)?;
            made.push(Model::own(row, None, &asked.app)?);
        }
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value: made })
    }
}
