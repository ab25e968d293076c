//! Models, and what they find in inputs.

mod filters;
pub(super) mod inputs;
pub(super) mod trained;
mod uploaded;

use atelier_contract::proto::status::Status;
use atelier_contract::proto::visibility::Gettable;
use atelier_contract::proto::{
    Concept, Data, Embedding, EvaluationType, GetModelRequest, GetModelTypeRequest, GetModelVersionRequest,
    Image, Input, ListModelConceptsRequest, ListModelTypesRequest, ListModelVersionsRequest,
    ListModelsRequest, Model, ModelType, ModelVersion, MultiConceptResponse, MultiModelResponse,
    MultiModelTypeResponse, MultiModelVersionResponse, MultiOutputResponse, Output, OutputInfo,
    PostModelOutputsRequest, PostModelsSearchesRequest, SingleModelResponse, SingleModelTypeResponse,
    SingleModelVersionResponse, Text, UserAppIdSet, Visibility,
};
use atelier_contract::{Call, Failure, StatusCode};
use atelier_domain::id::JobId;
use atelier_domain::model::Gives;
use atelier_domain::{Endpoint, Medium, ModelKind};
use atelier_service::inputs::Content;
use atelier_service::models::{
    Found, FoundConcept, Model as Known, ModelConcept, ModelName, ModelVersion as Version, ModelsFilter,
    Predict, Predictions, Source, Wanted,
};
use atelier_service::{AppAddress, AppName, Error, Service};
use http::StatusCode as Http;

use super::inputs::{input_failure, input_unreadable, read_content, status_of_all};
use super::{Window, app_name, failure, own_account, permitted, timestamp, who};

/// Under which licence the weights of all public models are used.
const PUBLIC_LICENSE: &str = "Apache-2.0";

/// Where clients find a model, as they named it.
pub(super) struct Place {
    pub(super) app: AppName,
    owner: String,
    slug: String,
    /// Whether a person is named, and none of their apps.
    pub(super) is_of_somebody: bool,
}

impl Place {
    pub(super) fn of(set: Option<UserAppIdSet>) -> Self {
        let UserAppIdSet { user_id, app_id } = set.clone().unwrap_or_default();
        let app = app_name(set);
        let is_of_somebody = app_id.is_empty() && !user_id.is_empty() && !app.is_public();
        // The catalogue may be named by its owner alone.
        let slug = if app_id.is_empty() && app.is_public() { "main".into() } else { app_id };
        Self { app, owner: user_id, slug, is_of_somebody }
    }

    /// The names by which the app is addressed whose model it is; as it was asked for, if that is public.
    pub(super) fn of_model(&self, app: Option<&AppAddress>) -> Names {
        match app {
            Some(app) => Names { owner: app.owner.clone(), app: app.app.clone() },
            None => Names { owner: self.owner.clone(), app: self.slug.clone() },
        }
    }
}

/// The names by which an app is addressed.
pub(super) struct Names {
    pub(super) owner: String,
    pub(super) app: String,
}

pub(super) async fn list_types(
    service: Service,
    call: Call,
    request: ListModelTypesRequest,
) -> Result<MultiModelTypeResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let kinds = service.list_model_kinds(&who, &app, Endpoint::ListModelTypes).await.map_err(failure)?;
    let window = Window::new(request.page, request.per_page);
    Ok(MultiModelTypeResponse {
        model_types: window.cut(kinds).map(write_type).collect(),
        ..MultiModelTypeResponse::default()
    })
}

pub(super) async fn get_type(
    service: Service,
    call: Call,
    request: GetModelTypeRequest,
) -> Result<SingleModelTypeResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let kinds = service.list_model_kinds(&who, &app, Endpoint::GetModelType).await.map_err(failure)?;
    let kind = kinds.into_iter().find(|kind| kind.name() == request.model_type_id);
    let kind = kind.ok_or_else(Failure::not_found)?;
    Ok(SingleModelTypeResponse { model_type: Some(write_type(kind)), ..SingleModelTypeResponse::default() })
}

pub(super) async fn list(
    service: Service,
    call: Call,
    request: ListModelsRequest,
) -> Result<MultiModelResponse, Failure> {
    let (who, place) = (who(&call)?, Place::of(request.user_app_id.clone()));
    if place.is_of_somebody {
        // Of all of somebody's apps together, of those whose models the caller may list.
        own_account(&service, &who, &call, request.user_app_id.as_ref()).await?;
        let text = [request.search, request.query, request.name].into_iter().find(|text| !text.is_empty());
        let filter = filter(request.model_type_id, text.unwrap_or_default());
        let mut models = Vec::new();
        for row in service.list_apps(&who, None, usize::MAX).await.map_err(failure)?.apps {
            match service.list_models(&who, &AppName::Id(row.id), Endpoint::ListModels, &filter).await {
                Ok(found) => models.extend(found),
                Err(Error::Forbidden { .. } | Error::NotFound) => {}
                Err(error) => return Err(failure(error)),
            }
        }
        return Ok(several(Window::new(request.page, request.per_page), models, &place));
    }
    let text = [request.search, request.query, request.name].into_iter().find(|text| !text.is_empty());
    let filter = filter(request.model_type_id, text.unwrap_or_default());
    let models =
        service.list_models(&who, &place.app, Endpoint::ListModels, &filter).await.map_err(failure)?;
    Ok(several(Window::new(request.page, request.per_page), models, &place))
}

pub(super) async fn search(
    service: Service,
    call: Call,
    request: PostModelsSearchesRequest,
) -> Result<MultiModelResponse, Failure> {
    let (who, place) = (who(&call)?, Place::of(request.user_app_id));
    let query = request.model_query.unwrap_or_default();
    let filter = filter(query.model_type_id, query.name);
    let models = service
        .list_models(&who, &place.app, Endpoint::PostModelsSearches, &filter)
        .await
        .map_err(failure)?;
    let pagination = request.pagination.unwrap_or_default();
    Ok(several(Window::new(pagination.page, pagination.per_page), models, &place))
}

/// Which models are wanted. Clients may put stars around a name of which they know a part.
fn filter(kind: String, text: String) -> ModelsFilter {
    let given = |text: String| (!text.is_empty()).then_some(text);
    ModelsFilter { kind: given(kind), text: given(text.trim_matches('*').to_owned()) }
}

fn several(window: Window, models: Vec<Known>, place: &Place) -> MultiModelResponse {
    MultiModelResponse {
        models: window.cut(models).map(|model| write(&model, place)).collect(),
        ..MultiModelResponse::default()
    }
}

pub(super) async fn get(
    service: Service,
    call: Call,
    request: GetModelRequest,
) -> Result<SingleModelResponse, Failure> {
    one(service, call, Endpoint::GetModel, request).await
}

pub(super) async fn get_output_info(
    service: Service,
    call: Call,
    request: GetModelRequest,
) -> Result<SingleModelResponse, Failure> {
    one(service, call, Endpoint::GetModelOutputInfo, request).await
}

async fn one(
    service: Service,
    call: Call,
    endpoint: Endpoint,
    request: GetModelRequest,
) -> Result<SingleModelResponse, Failure> {
    let set = request.user_app_id.unwrap_or_default();
    let (who, place) = (who(&call)?, Place::of(Some(set.clone())));
    let name = ModelName::at(&place.app, &request.model_id, &request.version_id);
    let model = match service.get_model(&who, &place.app, endpoint, &name).await {
        Ok(model) => model,
        // By this the official client knows that it is to make the model; that an app is there is not told by it.
        Err(Error::NotFound) if !place.app.is_public() => {
            permitted(&service, &call, set).await?;
            return Err(Failure::new(StatusCode::ModelDoesNotExist).http(Http::NOT_FOUND));
        }
        Err(error) => return Err(failure(error)),
    };
    Ok(SingleModelResponse { model: Some(write(&model, &place)), ..SingleModelResponse::default() })
}

pub(super) async fn get_version(
    service: Service,
    call: Call,
    request: GetModelVersionRequest,
) -> Result<SingleModelVersionResponse, Failure> {
    let (who, place) = (who(&call)?, Place::of(request.user_app_id));
    let name = ModelName::at(&place.app, &request.model_id, &request.version_id);
    let model =
        service.get_model(&who, &place.app, Endpoint::GetModelVersion, &name).await.map_err(failure)?;
    let names = place.of_model(model.app.as_ref());
    let mut written = model.version.as_ref().map(|version| write_version(version, &model.license, &names));
    if let (Some(written), false) = (&mut written, model.is_public()) {
        // All figures, to those who may see what is said of inputs; the others have had a few of them.
        match service.get_model_evaluation(&who, &place.app, &model.slug, &written.id).await {
            Ok(found) => written.metrics = Some(Box::new(trained::write_evaluation(&found, &names))),
            Err(Error::Forbidden { .. } | Error::NotFound) => {}
            Err(error) => return Err(failure(error)),
        }
    }
    Ok(SingleModelVersionResponse { model_version: written, ..SingleModelVersionResponse::default() })
}

pub(super) async fn list_versions(
    service: Service,
    call: Call,
    request: ListModelVersionsRequest,
) -> Result<MultiModelVersionResponse, Failure> {
    let (who, place) = (who(&call)?, Place::of(request.user_app_id));
    let name = ModelName::at(&place.app, &request.model_id, "");
    let window = Window::new(request.page, request.per_page);
    let (skip, size) = (window.skipped(), window.size as usize);
    let found = service.list_model_versions(&who, &place.app, &name, skip, size).await.map_err(failure)?;
    let names = place.of_model(found.app.as_ref());
    // Those of public models are all under one licence.
    let license = if found.app.is_none() { PUBLIC_LICENSE } else { "" };
    let versions = found.value.iter().map(|version| write_version(version, license, &names));
    Ok(MultiModelVersionResponse {
        model_versions: versions.collect(),
        ..MultiModelVersionResponse::default()
    })
}

pub(super) async fn list_concepts(
    service: Service,
    call: Call,
    request: ListModelConceptsRequest,
) -> Result<MultiConceptResponse, Failure> {
    let (who, place) = (who(&call)?, Place::of(request.user_app_id));
    let name = ModelName::at(&place.app, &request.model_id, &request.version_id);
    let text = Some(request.search.as_str()).filter(|text| !text.is_empty());
    let window = Window::new(request.page, request.per_page);
    let (skip, size) = (window.skipped(), window.size as usize);
    let concepts =
        service.list_model_concepts(&who, &place.app, &name, text, skip, size).await.map_err(failure)?;
    let names = place.of_model(concepts.app.as_ref());
    let concepts = concepts.value.into_iter();
    Ok(MultiConceptResponse {
        concepts: concepts.map(|concept| write_concept(concept, 1.0, &names)).collect(),
        ..MultiConceptResponse::default()
    })
}

pub(super) async fn predict(
    service: Service,
    call: Call,
    request: PostModelOutputsRequest,
) -> Result<MultiOutputResponse, Failure> {
    let (who, place) = (who(&call)?, Place::of(request.user_app_id));
    let name = ModelName::at(&place.app, &request.model_id, &request.version_id);
    let mut asked = Vec::new();
    let mut outputs: Vec<Output> = Vec::new();
    let mut contents = Vec::new();
    for mut input in request.inputs {
        let mut data = input.data.take().unwrap_or_default();
        match read_content(&mut data) {
            Ok(content) => {
                asked.push(outputs.len());
                outputs.push(Output { input: Some(shown(input.id, &content)), ..Output::default() });
                contents.push(content);
            }
            // Each by itself: what cannot be read in one of them is no reason to refuse the others.
            Err(failure) => {
                let input = Input { id: input.id, ..Input::default() };
                let status = Some(Status::from(input_unreadable(failure)));
                outputs.push(Output { input: Some(input), status, ..Output::default() });
            }
        }
    }
    if contents.is_empty() && !outputs.is_empty() {
        // Whether they may is asked nevertheless.
        service.get_model(&who, &place.app, call.endpoint, &name).await.map_err(failure)?;
        return Ok(MultiOutputResponse { status: of_all(&outputs), outputs, ..Default::default() });
    }
    let ask = Predict { model: name, inputs: contents, wanted: wanted(request.model) };
    let Predictions { model, outputs: found } =
        service.predict(&who, &place.app, call.endpoint, ask).await.map_err(failure)?;
    let names = place.of_model(model.app.as_ref());
    let model = write(&model, &place);
    for (place_of, found) in asked.into_iter().zip(found) {
        let Some(output) = outputs.get_mut(place_of) else { continue };
        let now = service.world().now();
        output.id = JobId::new(now, &service.world().salt()).to_string();
        output.created_at = Some(timestamp(now));
        output.model = Some(model.clone());
        (output.status, output.data) = match found {
            Ok(found) => (Some(StatusCode::Success.status()), Some(write_found(found, &names))),
            Err(error) => (Some(Status::from(input_failure(error))), None),
        };
    }
    Ok(MultiOutputResponse { status: of_all(&outputs), outputs, ..MultiOutputResponse::default() })
}

/// What is wanted of the answer, as clients say it: beside the model.
fn wanted(model: Option<Model>) -> Wanted {
    let version = model.and_then(|model| model.model_version).unwrap_or_default();
    let config = version.output_info.and_then(|info| info.output_config).unwrap_or_default();
    let name = |concept: Concept| if concept.id.is_empty() { concept.name } else { concept.id };
    Wanted {
        concepts: usize::try_from(config.max_concepts).ok().filter(|most| *most > 0),
        from: config.min_value,
        only: config.select_concepts.into_iter().map(name).collect(),
    }
}

/// An input as it is shown beside what was found in it: without the bytes that whoever asks has.
pub(super) fn shown(id: String, content: &Content) -> Input {
    let data = match content {
        Content::Image(_) => Data { image: Some(Image::default()), ..Data::default() },
        Content::ImageAt(url) => {
            Data { image: Some(Image { url: url.clone(), ..Image::default() }), ..Data::default() }
        }
        Content::Text(text) => {
            Data { text: Some(Text { raw: text.clone(), ..Text::default() }), ..Data::default() }
        }
        Content::TextAt(url) => {
            Data { text: Some(Text { url: url.clone(), ..Text::default() }), ..Data::default() }
        }
    };
    Input { id, data: Some(data), ..Input::default() }
}

/// Whether all inputs were looked at, none or some; and if one was not, why the first of these.
fn of_all(outputs: &[Output]) -> Option<Status> {
    let statuses = outputs.iter().filter_map(|output| output.status.as_ref());
    status_of_all(statuses, StatusCode::Success, "could not be looked at")
}

pub(super) fn write_found(found: Found, names: &Names) -> Data {
    match found {
        Found::Concepts(found) => Data {
            concepts: found
                .into_iter()
                .map(|FoundConcept { concept, value }| write_concept(concept, value, names))
                .collect(),
            ..Data::default()
        },
        Found::Embedding(vector) => Data {
            embeddings: vec![Embedding {
                num_dimensions: u32::try_from(vector.len()).unwrap_or(u32::MAX),
                vector,
            }],
            ..Data::default()
        },
    }
}

pub(super) fn write_concept(concept: ModelConcept, value: f32, names: &Names) -> Concept {
    Concept {
        id: concept.slug,
        name: concept.name,
        value,
        language: "en".into(),
        app_id: names.app.clone(),
        user_id: names.owner.clone(),
        ..Concept::default()
    }
}

/// A kind of model. What takes either pictures or texts says so of both.
fn write_type(kind: ModelKind) -> ModelType {
    let takes = match (kind.takes(), kind) {
        (Some(medium), _) => vec![medium.name()],
        (None, ModelKind::ConceptThresholder) => vec![Gives::Concepts.name()],
        (None, _) => vec![Medium::Image.name(), Medium::Text.name()],
    };
    ModelType {
        id: kind.name().into(),
        title: kind.title().into(),
        description: kind.sentence().into(),
        input_fields: takes.into_iter().map(str::to_owned).collect(),
        output_fields: vec![kind.gives().name().into()],
        trainable: kind.is_trained(),
        creatable: kind.is_made(),
        model_type_fields: if kind.is_trained() { trained::fields() } else { Vec::new() },
        evaluation_type: if kind.is_trained() { EvaluationType::Classification.into() } else { 0 },
        ..ModelType::default()
    }
}

/// A model, with the names by which its app is addressed.
pub(super) fn write(model: &Known, place: &Place) -> Model {
    let names = place.of_model(model.app.as_ref());
    let version = model.version.as_ref().map(|version| write_version(version, &model.license, &names));
    Model {
        id: model.slug.clone(),
        // The official client makes addresses of it.
        name: model.slug.clone(),
        display_name: model.name.clone(),
        created_at: Some(timestamp(model.made_at)),
        modified_at: Some(timestamp(model.changed_at)),
        app_id: names.app,
        user_id: names.owner,
        model_type_id: model.kind.name().into(),
        description: model.description.clone(),
        notes: model.notes.clone(),
        visibility: visible(if model.is_public() { Gettable::Public } else { Gettable::Private }),
        version_count: i32::try_from(model.versions).unwrap_or(i32::MAX),
        model_version: version.map(Box::new),
        ..Model::default()
    }
}

fn write_version(version: &Version, license: &str, names: &Names) -> ModelVersion {
    let written = ModelVersion {
        id: version.slug.clone(),
        created_at: Some(timestamp(version.made_at)),
        active_concept_count: u32::try_from(version.concepts).unwrap_or(u32::MAX),
        app_id: names.app.clone(),
        user_id: names.owner.clone(),
        license: license.to_owned(),
        ..ModelVersion::default()
    };
    match &version.source {
        Source::Trained(training) => trained::write(written, training, names),
        Source::Uploaded(uploaded) => uploaded::write(written, uploaded, names),
        // How it came to be so is told in the app that shares it.
        Source::Shared(_) => {
            let concepts = version.known().into_iter().map(|concept| write_concept(concept, 1.0, names));
            ModelVersion {
                completed_at: written.created_at,
                modified_at: written.created_at,
                status: Some(StatusCode::ModelTrained.status()),
                visibility: visible(Gettable::Private),
                output_info: Some(OutputInfo {
                    data: Some(Data { concepts: concepts.collect(), ..Data::default() }),
                    ..OutputInfo::default()
                }),
                ..written
            }
        }
        Source::Filter(filter) => filters::write(written, filter),
        Source::Public => ModelVersion {
            completed_at: written.created_at,
            modified_at: written.created_at,
            status: Some(StatusCode::ModelTrained.status()),
            visibility: visible(Gettable::Public),
            output_info: Some(OutputInfo::default()),
            ..written
        },
    }
}

pub(super) fn visible(to: Gettable) -> Option<Visibility> {
    Some(Visibility { gettable: to.into() })
}
