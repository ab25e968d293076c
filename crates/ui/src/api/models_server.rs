//! The server's side of [`super`].

use atelier_domain::training::{Examples, State, TrainingChange};
use atelier_domain::{Endpoint, Medium, ResourceId, Training};
use atelier_service::datasets::DatasetsFilter;
use atelier_service::models::{
    Counted, DeleteModels, Filter, Model, ModelName, ModelVersion, ModelsFilter, NewModel, NewVersion,
    Source, Trained,
};
use atelier_service::{AppName, Error};

use super::uploads::facts;
use super::{
    ListedModel, ListedTraining, Material, ModelMaterial, ModelShare, ModelShown, ModelSource, Models,
    OwnModel, Sharing, TrainingProgress, VersionShown,
};
use crate::api::apps::{if_allowed, place, refusal};
use crate::api::concepts::offered;
use crate::api::model_figures::{self, figures, percent};
use crate::api::segment;
use crate::api::tasks::Choice;
use crate::error::UiError;
use crate::markdown;
use crate::server::{service, who};

/// How many of a model's concepts are shown at once.
const CONCEPTS: usize = 60;

/// How many vocabularies and datasets are offered, and versions shown.
const SHOWN: usize = 1_000;

pub(super) async fn list(owner: &str, app: &str) -> Result<Models, UiError> {
    let (service, who) = (service(), who());
    let app = AppName::of(owner, app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let own = service.list_models(&who, &app, Endpoint::ListModels, &ModelsFilter::default()).await?;
    let public = service.list_public_models(&who, &app).await?;
    Ok(Models {
        place,
        own: own.into_iter().map(listed).collect(),
        public: public.into_iter().map(listed).collect(),
        no_making: refusal(service.get_app(&who, &app, Endpoint::PostModels).await)?,
    })
}

fn listed(model: Model) -> ListedModel {
    let version = model.version.as_ref();
    let training = version.and_then(|version| version.training());
    let shared_by = model.shared_from.as_ref().map(|from| format!("{}/{}", from.app.owner, from.app.app));
    let standing = match (&shared_by, training, version) {
        (Some(app), _, Some(_)) => format!("Shared by {app}"),
        (Some(app), _, None) => format!("{app} shares no version"),
        (None, Some(training), _) => progress_of(training).words,
        (None, None, _) if model.is_public() => String::new(),
        (None, None, Some(version)) if model.kind.is_filter() => {
            version.filter().map(lets_words).unwrap_or_default()
        }
        (None, None, None) if model.kind.is_filter() => "None made".to_owned(),
        (None, None, Some(_)) => "Uploaded".to_owned(),
        (None, None, None) if model.is_uploaded() => "None uploaded".to_owned(),
        (None, None, None) => "Not trained yet".to_owned(),
    };
    ListedModel {
        concepts: version.map_or(0, |version| version.concepts),
        dimensions: version.and_then(|version| version.dimensions),
        is_under_way: training.is_some_and(|training| training.state().is_under_way()),
        standing,
        is_uploaded: model.is_uploaded(),
        is_shared: model.shared_from.is_some(),
        slug: model.slug,
        name: model.name,
        kind: model.kind,
        takes: model.takes,
        description: model.description,
    }
}

/// How far a training is.
fn progress_of(training: &Trained) -> TrainingProgress {
    let row = &training.row;
    let words = match (row.state, &training.outcome) {
        (State::Pending, _) => "Waiting for its turn".to_owned(),
        (State::Training, _) => format!("{} …", row.phase.words()),
        (State::Trained, Some(outcome)) => {
            format!("{} right, {} by chance", percent(outcome.accuracy.value), percent(outcome.chance))
        }
        (State::Trained, None) => "Trained".to_owned(),
        (State::Failed, _) => format!("Failed: {}", row.why),
        (State::Cancelled, _) => "Cancelled".to_owned(),
    };
    // What is kept is between 0 and 1.
    let percent = (row.progress * 100.0).clamp(0.0, 100.0).round() as u64;
    TrainingProgress { words, percent, is_under_way: row.state.is_under_way() }
}

/// A version of an app's model, as it is listed; nothing for those of public ones.
fn listed_version(version: &ModelVersion) -> Option<ListedTraining> {
    let training = match &version.source {
        // What another app shares is listed there.
        Source::Public | Source::Shared(_) => return None,
        Source::Uploaded(uploaded) => {
            let progress =
                TrainingProgress { words: "Uploaded".to_owned(), percent: 100, is_under_way: false };
            return Some(ListedTraining {
                slug: version.slug.clone(),
                progress,
                is_trained: false,
                examples: None,
                accuracy: None,
                author: uploaded.row.author.clone(),
                made_at: uploaded.row.created_at.micros(),
                took: String::new(),
                upload: Some(facts(uploaded)),
                lets: None,
            });
        }
        Source::Filter(filter) => {
            let lets = lets_words(filter);
            return Some(ListedTraining {
                slug: version.slug.clone(),
                progress: TrainingProgress { words: lets.clone(), percent: 100, is_under_way: false },
                is_trained: false,
                examples: None,
                accuracy: None,
                author: filter.row.author.clone(),
                made_at: filter.row.created_at.micros(),
                took: String::new(),
                upload: None,
                lets: Some(lets),
            });
        }
        Source::Trained(training) => training,
    };
    let (row, outcome) = (&training.row, training.outcome.as_ref());
    let took = row.started_at.zip(row.completed_at).map(|(from, to)| {
        let seconds = to.since(from) as f64 / 1e6;
        if seconds < 90.0 { format!("{seconds:.0} s") } else { format!("{:.0} min", seconds / 60.0) }
    });
    Some(ListedTraining {
        slug: version.slug.clone(),
        progress: progress_of(training),
        is_trained: row.state == State::Trained,
        examples: outcome.map(|outcome| outcome.examples),
        accuracy: outcome.map(|outcome| (percent(outcome.accuracy.value), percent(outcome.chance))),
        author: row.author.clone(),
        made_at: row.created_at.micros(),
        took: took.unwrap_or_default(),
        upload: None,
        lets: None,
    })
}

/// What a filter lets through, in words.
fn lets_words(filter: &Filter) -> String {
    match filter.lets.to_string() {
        words if words.is_empty() => "Everything".to_owned(),
        words => words,
    }
}

/// The model of that identifier: the app's own, or else a public one, whose identifiers no own one has.
async fn find(app: &AppName, slug: &str) -> Result<Model, UiError> {
    let (service, who) = (service(), who());
    let own = ModelName { is_public: false, slug: slug.to_owned(), version: None };
    match service.get_model(&who, app, Endpoint::GetModel, &own).await {
        Err(Error::NotFound) => {
            let public = ModelName::public(slug);
            Ok(service.get_model(&who, app, Endpoint::GetModel, &public).await?)
        }
        found => Ok(found?),
    }
}

pub(super) async fn get(owner: &str, app: &str, slug: &str, sought: String) -> Result<ModelShown, UiError> {
    let (service, who) = (service(), who());
    let app = AppName::of(owner, app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let model = find(&app, slug).await?;
    let name = ModelName { is_public: model.is_public(), slug: slug.to_owned(), version: None };
    let text = Some(sought.trim()).filter(|text| !text.is_empty());
    let mut concepts = service.list_model_concepts(&who, &app, &name, text, 0, CONCEPTS + 1).await?.value;
    let more = concepts.len() > CONCEPTS;
    concepts.truncate(CONCEPTS);
    let versions = service.list_model_versions(&who, &app, &name, 0, SHOWN).await?.value;
    let own = if model.is_public() { None } else { Some(own(&app, &model, &versions).await?) };
    let source = model.shared_from.clone().map(|from| ModelSource {
        owner: from.app.owner,
        app: from.app.app,
        model: from.model,
    });
    let is_ours = own.is_some() && source.is_none();
    let sharing = if is_ours { Some(sharing(&app, slug).await?) } else { None };
    let answering = versions.iter().find(|version| version.answers());
    Ok(ModelShown {
        place,
        notes: markdown::html(&model.notes),
        license: model.license.clone(),
        version: answering.map(|version| version.slug.clone()).unwrap_or_default(),
        model: listed(model),
        concepts: concepts.into_iter().map(|concept| concept.name).collect(),
        more,
        sought,
        no_prediction: refusal(service.get_app(&who, &app, Endpoint::PostModelOutputs).await)?,
        own,
        source,
        sharing,
    })
}

/// With whom a model is shared, or why the person does not learn that.
async fn sharing(app: &AppName, model: &str) -> Result<Sharing, UiError> {
    let (service, who) = (service(), who());
    let no_sharing = refusal(service.get_app(&who, app, Endpoint::ShareModel).await)?;
    if no_sharing.is_some() {
        return Ok(Sharing { no_sharing, ..Sharing::default() });
    }
    let shares = service.list_model_shares(&who, app, model).await?;
    let offered = service.apps_to_share_with(&who, app, model).await?.into_iter().map(|offered| {
        let address = format!("{}/{}", offered.address.owner, offered.address.app);
        Choice { name: format!("{} ({address})", offered.name), slug: address }
    });
    let shares = shares.into_iter().map(|share| ModelShare {
        id: share.id.to_string(),
        address: format!("{}/{}", share.owner, share.app),
        name: share.name,
        model: share.model,
        by_name: share.by_name,
        made_at: share.created_at.micros(),
    });
    Ok(Sharing { no_sharing, shares: shares.collect(), offered: offered.collect() })
}

pub(super) async fn share(owner: &str, app: &str, model: &str, with: &str) -> Result<(), UiError> {
    // What is no address names no app: which is refused like one that is not there.
    let (with_owner, with_app) = with.trim().split_once('/').unwrap_or_default();
    let with = AppName::of(with_owner, if with_app.is_empty() { "-" } else { with_app });
    service().share_model(&who(), &AppName::of(owner, app), model, &with).await?;
    Ok(())
}

pub(super) async fn withdraw(owner: &str, app: &str, model: &str, share: &str) -> Result<(), UiError> {
    service().withdraw_model(&who(), &AppName::of(owner, app), model, share).await?;
    Ok(())
}

async fn own(app: &AppName, model: &Model, versions: &[ModelVersion]) -> Result<OwnModel, UiError> {
    let (service, who) = (service(), who());
    let makes =
        if model.is_uploaded() { Endpoint::PostModelVersionsUpload } else { Endpoint::PostModelVersions };
    let no_training = refusal(service.get_app(&who, app, makes).await)?;
    let material = match (&no_training, &model.settings) {
        (None, Some(settings)) => match service.count_examples(&who, app, settings).await {
            Ok(counted) => Some(material_of(counted)),
            // What it would learn from is gone, or hidden from this person.
            Err(error @ (Error::Invalid { .. } | Error::Forbidden { .. })) => Some(Material {
                examples: 0,
                concepts: Vec::new(),
                warnings: Vec::new(),
                fault: Some(UiError::from(error).sentences()),
            }),
            Err(error) => return Err(error.into()),
        },
        _ => None,
    };
    Ok(OwnModel {
        settings: model.settings.as_ref().map(in_words).unwrap_or_default(),
        material,
        no_training,
        no_deletion: refusal(service.get_app(&who, app, Endpoint::DeleteModels).await)?,
        versions: versions.iter().filter_map(listed_version).collect(),
    })
}

fn material_of(counted: Counted) -> Material {
    let few: Vec<String> = counted.few().map(|count| format!("“{}”", count.concept.name)).collect();
    let mut warnings: Vec<String> =
        counted.cautions.iter().map(|caution| caution.sentence(&counted.concepts)).collect();
    if !few.is_empty() && counted.fault.is_none() {
        warnings.push(format!(
            "There are fewer than 20 examples of {}: a model learns from them, and its figures say little.",
            few.join(", ")
        ));
    }
    let concepts = counted.concepts.into_iter();
    Material {
        examples: counted.examples,
        concepts: concepts.map(|count| (count.concept.name, count.positive, count.negative)).collect(),
        warnings,
        fault: counted.fault.map(|(_, why)| why),
    }
}

/// How a model is trained, in sentences.
fn in_words(settings: &Training) -> Vec<String> {
    let takes = match settings.medium {
        Some(Medium::Image) => "pictures",
        Some(Medium::Text) => "texts",
        None => "pictures or texts, whichever are labelled",
    };
    let tells = match settings.concepts.len() {
        0 => "all concepts of the app".to_owned(),
        1 => "1 concept".to_owned(),
        count => format!("{count} concepts"),
    };
    let choice = match (settings.is_exclusive, settings.assumes_absent) {
        (true, _) => "Each input shows exactly one of them.",
        (false, true) => {
            "An input shows any number of them; what nobody said of a labelled one is not there."
        }
        (false, false) => "An input shows any number of them; only what somebody said counts.",
    };
    let from = match &settings.from {
        Examples::All => "It learns from all inputs of the app that are labelled.".to_owned(),
        Examples::Dataset(dataset) => format!("It learns from the dataset {dataset}, as it is then."),
        Examples::Version { dataset, version } => {
            format!("It learns from the version {version} of the dataset {dataset}.")
        }
    };
    vec![format!("It takes {takes}, and tells {tells}."), choice.to_owned(), from]
}

pub(super) async fn material(owner: &str, app: &str) -> Result<ModelMaterial, UiError> {
    let (service, who) = (service(), who());
    let app = AppName::of(owner, app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let no_making = refusal(service.get_app(&who, &app, Endpoint::PostModels).await)?;
    let vocabs = if_allowed(service.list_vocabs(&who, &app, 0, SHOWN).await)?;
    let vocabs = vocabs.map(|found| found.value).unwrap_or_default();
    let datasets = if_allowed(service.list_datasets(&who, &app, &DatasetsFilter::default(), 0, SHOWN).await)?;
    let datasets = datasets.map(|found| found.value).unwrap_or_default();
    Ok(ModelMaterial {
        concepts: if no_making.is_none() { offered(&app).await? } else { Vec::new() },
        vocabs: vocabs.into_iter().map(|row| Choice { slug: row.slug, name: row.name }).collect(),
        datasets: datasets.into_iter().map(|row| Choice { name: row.slug.clone(), slug: row.slug }).collect(),
        no_making,
        place,
    })
}

/// A model as it was typed.
pub(super) struct TypedModel {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) medium: String,
    pub(super) choice: String,
    pub(super) vocab: String,
    pub(super) tells: Vec<String>,
    pub(super) dataset: String,
}

pub(super) async fn make(owner: &str, app: &str, typed: TypedModel) -> Result<(), UiError> {
    let place = AppName::of(owner, app);
    if typed.name.trim().is_empty() {
        return Err(Error::invalid("name", "must not be empty").into());
    }
    let medium: Medium = typed.medium.parse().map_err(|error| Error::invalid("medium", error))?;
    let (is_exclusive, assumes_absent) = match typed.choice.as_str() {
        "one" => (true, false),
        "any" => (false, true),
        "said" => (false, false),
        _ => return Err(UiError::form("Choose how many of the concepts an input shows.")),
    };
    let named = if typed.vocab.is_empty() {
        typed.tells
    } else {
        let vocab = service().get_vocab(&who(), &place, &typed.vocab).await?.value;
        vocab.concepts.into_iter().map(|row| row.slug).collect()
    };
    let concepts = named.iter().map(|slug| slug.parse::<ResourceId>());
    let concepts = concepts.collect::<Result<_, _>>().map_err(|error| Error::invalid("concepts", error))?;
    let from = match typed.dataset.trim() {
        "" => Examples::All,
        dataset => Examples::Dataset(dataset.to_owned()),
    };
    let settings =
        Training { medium: Some(medium), concepts, is_exclusive, assumes_absent, from, penalty: None };
    let new = NewModel {
        name: typed.name,
        description: typed.description.trim().to_owned(),
        settings,
        ..NewModel::default()
    };
    let made = service().post_models(&who(), &place, vec![new]).await.map_err(of_field)?.value;
    if let Some(model) = made.first() {
        leptos_axum::redirect(&format!("/{owner}/{app}/models/{}", segment(&model.slug)));
    }
    Ok(())
}

/// What is wrong with the one model of a request, by the field of the form in which it was typed: its identifier follows
/// from its name.
fn of_field(error: Error) -> Error {
    let Error::Invalid { mut fields } = error else { return error };
    for field in &mut fields {
        field.field = match field.field.rsplit('.').next() {
            Some("id") => "name".to_owned(),
            Some(last) => last.to_owned(),
            None => continue,
        };
    }
    Error::Invalid { fields }
}

pub(super) async fn train(owner: &str, app: &str, model: &str) -> Result<(), UiError> {
    let new = NewVersion { description: String::new(), change: TrainingChange::default() };
    service().train_model(&who(), &AppName::of(owner, app), model, new).await?;
    Ok(())
}

pub(super) async fn cancel(owner: &str, app: &str, model: &str, version: &str) -> Result<(), UiError> {
    service().cancel_training(&who(), &AppName::of(owner, app), model, version).await?;
    Ok(())
}

pub(super) async fn delete(owner: &str, app: &str, model: String) -> Result<(), UiError> {
    let which = DeleteModels::Named(vec![model]);
    service().delete_models(&who(), &AppName::of(owner, app), Endpoint::DeleteModels, &which).await?;
    leptos_axum::redirect(&format!("/{owner}/{app}/models"));
    Ok(())
}

pub(super) async fn delete_version(
    owner: &str,
    app: &str,
    model: &str,
    version: &str,
) -> Result<(), UiError> {
    service().delete_model_version(&who(), &AppName::of(owner, app), model, version).await?;
    leptos_axum::redirect(&format!("/{owner}/{app}/models/{}", segment(model)));
    Ok(())
}

/// A version of an app's model.
async fn own_version(app: &AppName, model: &str, version: &str) -> Result<(Model, ModelVersion), UiError> {
    let name = ModelName { is_public: false, slug: model.to_owned(), version: Some(version.to_owned()) };
    let model = service().get_model(&who(), app, Endpoint::GetModelVersion, &name).await?;
    let version = model.version.clone().ok_or(UiError::NotFound)?;
    Ok((model, version))
}

pub(super) async fn progress(
    owner: &str,
    app: &str,
    model: &str,
    version: &str,
) -> Result<TrainingProgress, UiError> {
    let (_, version) = own_version(&AppName::of(owner, app), model, version).await?;
    version.training().map(progress_of).ok_or(UiError::NotFound)
}

pub(super) async fn version(
    owner: &str,
    app: &str,
    slug: &str,
    version: &str,
    with: String,
) -> Result<VersionShown, UiError> {
    let (service, who) = (service(), who());
    let app = AppName::of(owner, app);
    let place = place(service.get_app(&who, &app, Endpoint::ViewApp).await?);
    let (model, found) = own_version(&app, slug, version).await?;
    let listed = listed_version(&found).ok_or(UiError::NotFound)?;
    let name = ModelName { is_public: false, slug: slug.to_owned(), version: None };
    let versions = service.list_model_versions(&who, &app, &name, 0, SHOWN).await?.value;
    let others = versions.iter().filter(|other| other.slug != found.slug);
    let others = others.filter_map(|other| {
        let other = other.training().filter(|training| training.outcome.is_some())?;
        let at = other.row.created_at;
        let day =
            jiff::Timestamp::from_microsecond(at.micros()).ok()?.strftime("%Y-%m-%d %H:%M UTC").to_string();
        Some(Choice { slug: other.row.id.to_string(), name: format!("{day}, by {}", other.row.author) })
    });
    let mut shown = VersionShown {
        place,
        model: slug.to_owned(),
        name: model.name.clone(),
        version: listed,
        summary: Vec::new(),
        warnings: Vec::new(),
        figures: Vec::new(),
        no_figures: None,
        suspects: Vec::new(),
        mistakes: Vec::new(),
        others: others.collect(),
        with,
        comparison: Vec::new(),
        no_deletion: refusal(service.get_app(&who, &app, Endpoint::DeleteModelVersion).await)?,
    };
    // What was uploaded nobody judged.
    let Some(training) = found.training() else { return Ok(shown) };
    let Some(outcome) = &training.outcome else { return Ok(shown) };
    shown.summary = model_figures::summary(outcome, training.row.settings.is_exclusive);
    match service.get_model_evaluation(&who, &app, slug, version).await {
        Ok(evaluated) => {
            // How often concepts occur follows from these as well.
            shown.warnings =
                outcome.cautions.iter().map(|caution| caution.sentence(&outcome.concepts)).collect();
            shown.figures = figures(slug, outcome, &evaluated);
            shown.suspects = model_figures::suspects(outcome, evaluated.suspects);
            shown.mistakes = model_figures::mistakes(outcome, evaluated.mistakes);
        }
        Err(refused @ Error::Forbidden { .. }) => {
            shown.no_figures = Some(UiError::from(refused).sentences());
        }
        Err(error) => return Err(error.into()),
    }
    let other = versions.iter().find(|other| other.slug == shown.with);
    let other = other.and_then(|other| other.training()?.outcome.as_ref());
    shown.comparison = other.map(|other| model_figures::compared(outcome, other)).unwrap_or_default();
    Ok(shown)
}
