//! Making models.

use atelier_domain::id::ModelId;
use atelier_domain::{
    Condition, Conditions, Endpoint, ModelKind, Permit, PublicPermit, ResourceId, Timestamp, Training,
};
use atelier_store::queries::models::{self, ModelRow};
use atelier_store::queries::trainings;
use atelier_store::{Conn, Event, WriteTx};

use super::own::check_text;
use super::{MODELS, Model, NewFilter, catalogue, versions};
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
    /// The first version of a filter, if it is one and has one at once.
    pub filter: Option<Box<NewFilter>>,
}

/// Whether an identifier means something else where models of an app are looked for: a public model, or the page on which
/// one is made.
pub(super) fn is_taken(permit: &Permit, slug: &str) -> bool {
    slug == "new" || catalogue::models(&PublicPermit::from(permit)).iter().any(|model| model.slug == slug)
}

/// Where what predicts of a model comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// It is learned here.
    Learned,
    /// It is uploaded.
    Uploaded,
}

/// A new model of which what does not concern its training is valid.
pub(super) struct Checked<'a> {
    pub(super) slug: ResourceId,
    name: String,
    new: &'a NewModel,
}

/// Looks whether the permit's app can have so many more models.
///
/// # Errors
/// When it has too many.
pub(super) async fn check_room(conn: &mut Conn, permit: &Permit, more: usize) -> Result<()> {
    let there = usize::try_from(models::count(conn, permit).await?).unwrap_or(usize::MAX);
    if there.saturating_add(more) > MODELS {
        return Err(Error::Conflict(format!("an app has at most {MODELS} models: delete some first")));
    }
    Ok(())
}

/// Looks at what does not concern the training of a model that is to be made.
///
/// # Errors
/// The first thing that is not valid.
pub(super) fn check<'a>(permit: &Permit, new: &'a NewModel) -> Result<Checked<'a>> {
    let (given_slug, given_name) = (new.slug.trim(), new.name.trim());
    if given_slug.is_empty() && given_name.is_empty() {
        return Err(Error::invalid("id", "or a name must be given"));
    }
    let slug = if given_slug.is_empty() { slug_of(given_name) } else { given_slug.to_owned() };
    let slug: ResourceId = slug.parse().map_err(|error| Error::invalid("id", error))?;
    if is_taken(permit, slug.as_str()) {
        return Err(Error::invalid("id", format!("must be another one: `{slug}` means something here")));
    }
    let name = if given_name.is_empty() { slug.to_string() } else { check_name(given_name)? };
    check_text("description", &new.description)?;
    check_text("notes", &new.notes)?;
    Ok(Checked { slug, name, new })
}

/// Makes a model of the permit's app.
///
/// # Errors
/// When the app has one of its identifier, or the database fails.
pub(super) async fn insert(
    tx: &mut WriteTx,
    permit: &Permit,
    id: ModelId,
    of: Checked<'_>,
    kind: ModelKind,
    source: Source,
    now: Timestamp,
) -> Result<ModelRow> {
    let Checked { slug, name, new } = of;
    let NewModel { description, notes, settings, .. } = new;
    let model = models::NewModel {
        id,
        slug: slug.as_str(),
        kind,
        is_uploaded: source == Source::Uploaded,
        shared_from: None,
        of: models::ModelChange { name: &name, description, notes, settings },
    };
    if !models::insert(tx, permit, &model, now).await? {
        return Err(Error::Taken(format!("duplicate model `{slug}`: each is made once")));
    }
    models::get(tx, permit, slug.as_str()).await?.ok_or(Error::NotFound)
}

impl Service {
    /// Makes models in the app, all of them or none, and answers them in this order. None is trained by that; a filter may get
    /// its first version, which needs the right to train.
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
        let has_version = input.iter().any(|new| new.filter.is_some());
        let conditions = Conditions::NONE.and(Condition::Trains, has_version);
        let asked = self.permit(&mut tx, who, app, Endpoint::PostModels, conditions).await?;
        let permit = &asked.permit;
        if input.len() > AT_ONCE {
            return Err(Error::invalid("models", format!("must be at most {AT_ONCE} at once")));
        }
        check_room(&mut tx, permit, input.len()).await?;
        let now = self.world.now();
        let mut made = Vec::with_capacity(input.len());
        for (index, new) in input.iter().enumerate() {
            let checked = async {
                let kind = match new.kind.trim() {
                    "" => Some(ModelKind::EmbeddingClassifier),
                    name => ModelKind::of_name(name).filter(|kind| kind.is_made()),
                };
                let kind = kind.ok_or_else(|| {
                    let made = [ModelKind::EmbeddingClassifier, ModelKind::ConceptThresholder];
                    let [trained, filter] = made.map(ModelKind::name);
                    Error::invalid(
                        "model_type_id",
                        format!("must be `{trained}` or `{filter}`: models of other kinds are not made here"),
                    )
                })?;
                let of = check(permit, new)?;
                match (&new.filter, kind.is_filter()) {
                    (Some(_), false) => {
                        let why = "lets nothing through: that is for filters";
                        return Err(Error::invalid("output_info", why));
                    }
                    (Some(filter), true) => versions::filter::check(&mut tx, permit, filter).await?,
                    (None, true) => {}
                    (None, false) => self.check_training(&mut tx, who, permit, &new.settings).await?,
                }
                Ok((of, kind))
            };
            let (of, kind) = checked.await.map_err(|error: Error| error.within("models", index))?;
            let id = ModelId::new(now, &self.world.salt());
            let row = insert(&mut tx, permit, id, of, kind, Source::Learned, now).await?;
            let version = match &new.filter {
                None => None,
                Some(filter) => {
                    let version = self.insert_filter(&mut tx, who, permit, id, filter).await?;
                    trainings::get(&mut tx, permit, id, version).await?
                }
            };
            let row = models::get(&mut tx, permit, &row.slug).await?.ok_or(Error::NotFound)?;
            made.push(Model::own(row, version, &asked.app)?);
        }
        tx.announce(Event::Data(permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value: made })
    }
}
