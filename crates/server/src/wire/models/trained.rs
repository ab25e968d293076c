//! An app's own models: making, training, changing and deleting them.

use atelier_contract::proto::model_type_field::ModelTypeFieldType as FieldType;
use atelier_contract::proto::status::{BaseResponse, Status};
use atelier_contract::proto::visibility::Gettable;
use atelier_contract::proto::{
    BinaryMetrics, Concept, ConfusionMatrix, ConfusionMatrixEntry, Data, Dataset, DatasetVersion,
    DeleteModelRequest, DeleteModelVersionRequest, DeleteModelsRequest, EvalMetrics, LabelCount,
    LabelDistribution, MetricsSummary, ModelTypeField, ModelVersion, MultiModelResponse,
    MultiModelVersionResponse, OutputConfig, OutputInfo, PatchModelVersionsRequest, PatchModelsRequest,
    PostModelVersionsRequest, PostModelsRequest, PrecisionRecallCurve, Roc, SingleModelResponse, TrainInfo,
    Visibility,
};
use atelier_contract::{Call, Failure, StatusCode};
use atelier_domain::training::{Examples, Fault, State, TrainingChange};
use atelier_domain::{Medium, ModelKind, ResourceId, Training};
use atelier_service::Service;
use atelier_service::models::quality::ClassQuality;
use atelier_service::models::{
    DeleteModels, Evaluated, ModelConcept, ModelName, NewFilter, NewModel, NewVersion, Outcome, PatchModel,
    PatchVersion, Trained,
};
use serde_json::{Value, json};

use super::{Names, Place, filters, visible, write_concept, write_version};
use crate::wire::inputs::read_action;
use crate::wire::{app_name, failure, metadata, timestamp, who};

/// How examples are chosen and learned from, among the parameters of a training.
const DATASET: &str = "dataset_id";
const DATASET_VERSION: &str = "dataset_version_id";
const MEDIUM: &str = "medium";
const PENALTY: &str = "penalty";
const ASSUME_ABSENT: &str = "assume_absent";

pub(in crate::wire) async fn post(
    service: Service,
    call: Call,
    request: PostModelsRequest,
) -> Result<SingleModelResponse, Failure> {
    let (who, place) = (who(&call)?, Place::of(request.user_app_id));
    let models = request.models.into_iter().chain(request.model);
    let new = models.map(|model| {
        check_private(model.visibility.as_ref())?;
        let mut version = model.model_version.map(|version| *version).unwrap_or_default();
        let is_filter = model.model_type_id == ModelKind::ConceptThresholder.name();
        let (filter, change) = if is_filter {
            // Other clients say it of the model.
            version.output_info = version.output_info.or(model.output_info);
            (filters::read(version)?.map(Box::new), TrainingChange::default())
        } else {
            (None, read(version)?)
        };
        // Who says nothing else means one concept for each input.
        let settings = Training { is_exclusive: true, ..Training::default() };
        Ok(NewModel {
            name: called(&model.id, model.display_name, model.name),
            slug: model.id,
            description: model.description,
            notes: model.notes,
            kind: model.model_type_id,
            settings: settings.with(change),
            filter,
        })
    });
    let new = new.collect::<Result<Vec<_>, Failure>>()?;
    let made = service.post_models(&who, &place.app, new).await.map_err(failure)?.value;
    let Some(first) = made.first() else {
        return Err(Failure::invalid("models must name at least one model"));
    };
    Ok(SingleModelResponse { model: Some(super::write(first, &place)), ..SingleModelResponse::default() })
}

pub(in crate::wire) async fn patch(
    service: Service,
    call: Call,
    request: PatchModelsRequest,
) -> Result<MultiModelResponse, Failure> {
    let (who, place) = (who(&call)?, Place::of(request.user_app_id));
    read_action(&request.action)?;
    let given = |text: String| (!text.is_empty()).then_some(text);
    let changes = request.models.into_iter().map(|model| {
        check_private(model.visibility.as_ref())?;
        let version = model.model_version.map(|version| *version).unwrap_or_default();
        Ok(PatchModel {
            name: given(called(&model.id, model.display_name, model.name)),
            slug: model.id,
            description: given(model.description),
            notes: given(model.notes),
            change: read(version)?,
        })
    });
    let changes = changes.collect::<Result<_, Failure>>()?;
    let changed = service.patch_models(&who, &place.app, changes).await.map_err(failure)?.value;
    Ok(MultiModelResponse {
        models: changed.iter().map(|model| super::write(model, &place)).collect(),
        ..MultiModelResponse::default()
    })
}

pub(in crate::wire) async fn delete_one(
    service: Service,
    call: Call,
    request: DeleteModelRequest,
) -> Result<BaseResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let one = DeleteModels::Named(vec![request.model_id]);
    service.delete_models(&who, &app, call.endpoint, &one).await.map_err(failure)?;
    Ok(BaseResponse::default())
}

pub(in crate::wire) async fn delete(
    service: Service,
    call: Call,
    request: DeleteModelsRequest,
) -> Result<BaseResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let which = if request.delete_all { DeleteModels::All } else { DeleteModels::Named(request.ids) };
    service.delete_models(&who, &app, call.endpoint, &which).await.map_err(failure)?;
    Ok(BaseResponse::default())
}

pub(in crate::wire) async fn train(
    service: Service,
    call: Call,
    request: PostModelVersionsRequest,
) -> Result<SingleModelResponse, Failure> {
    let (who, place) = (who(&call)?, Place::of(request.user_app_id));
    let mut versions = request.model_versions;
    if versions.len() > 1 {
        return Err(Failure::invalid("model_versions must be at most one: each is a training"));
    }
    let version = versions.pop().unwrap_or_default();
    if version.pretrained_model_config.is_some() {
        return Err(Failure::invalid("pretrained_model_config is not taken by a model that is trained here"));
    }
    check_private(version.visibility.as_ref())?;
    let described =
        if version.description.is_empty() { request.description } else { version.description.clone() };
    let name = ModelName::at(&place.app, &request.model_id, "");
    let model = service.get_model(&who, &place.app, call.endpoint, &name).await.map_err(failure)?;
    if model.kind.is_filter() {
        let filter = filters::read(version)?.unwrap_or_default();
        let new = NewFilter { description: described, ..filter };
        let made = service.post_filter_version(&who, &place.app, &request.model_id, &new).await;
        let made = made.map_err(failure)?.value;
        return Ok(SingleModelResponse {
            model: Some(super::write(&made, &place)),
            ..SingleModelResponse::default()
        });
    }
    let new = NewVersion { description: described, change: read(version)? };
    let begun = service.train_model(&who, &place.app, &request.model_id, new).await.map_err(failure)?.value;
    Ok(SingleModelResponse { model: Some(super::write(&begun, &place)), ..SingleModelResponse::default() })
}

pub(in crate::wire) async fn patch_versions(
    service: Service,
    call: Call,
    request: PatchModelVersionsRequest,
) -> Result<MultiModelVersionResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    read_action(&request.action)?;
    let changes = request.model_versions.into_iter().map(|version| {
        check_private(version.visibility.as_ref())?;
        let description = (!version.description.is_empty()).then_some(version.description);
        Ok(PatchVersion { slug: version.id, description })
    });
    let changes = changes.collect::<Result<_, Failure>>()?;
    let changed =
        service.patch_model_versions(&who, &app, &request.model_id, changes).await.map_err(failure)?;
    let names = Names { owner: changed.app.owner, app: changed.app.app };
    Ok(MultiModelVersionResponse {
        model_versions: changed.value.iter().map(|version| write_version(version, "", &names)).collect(),
        ..MultiModelVersionResponse::default()
    })
}

pub(in crate::wire) async fn delete_version(
    service: Service,
    call: Call,
    request: DeleteModelVersionRequest,
) -> Result<BaseResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    service
        .delete_model_version(&who, &app, &request.model_id, &request.version_id)
        .await
        .map_err(failure)?;
    Ok(BaseResponse::default())
}

/// What a model is called, of the two fields for it: what only repeats the identifier says nothing.
fn called(slug: &str, display_name: String, name: String) -> String {
    if !display_name.is_empty() {
        return display_name;
    }
    if name == slug { String::new() } else { name }
}

/// That a model is to be public must not go unheard.
fn check_private(visibility: Option<&Visibility>) -> Result<(), Failure> {
    match visibility.map_or(Gettable::UnknownVisibility, Visibility::gettable) {
        Gettable::UnknownVisibility | Gettable::Private => Ok(()),
        Gettable::Org | Gettable::Public => Err(Failure::invalid(
            "visibility must be private: a model is shared with its app, by adding collaborators",
        )),
    }
}

/// What a version says of how it is to be trained.
fn read(version: ModelVersion) -> Result<TrainingChange, Failure> {
    let output = version.output_info.unwrap_or_default();
    let concepts = output.data.unwrap_or_default().concepts.into_iter();
    let concepts = concepts.map(|concept| {
        let slug = if concept.id.is_empty() { concept.name } else { concept.id };
        slug.parse::<ResourceId>()
            .map_err(|error| Failure::invalid(format!("output_info.data.concepts {error}")))
    });
    let concepts = concepts.collect::<Result<Vec<_>, Failure>>()?;
    let train = version.train_info.unwrap_or_default();
    let params = train.params.map(metadata::read).unwrap_or_default();
    let text = |name: &str| params.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (mut dataset, mut frozen) = (text(DATASET), text(DATASET_VERSION));
    if let Some(of) = train.dataset {
        let version = of.version.map(|version| version.id).unwrap_or_default();
        (dataset, frozen) = (of.id, version);
    }
    let from = match (dataset.is_empty(), frozen.is_empty()) {
        (true, true) => None,
        (true, false) => {
            return Err(Failure::invalid(format!("{DATASET_VERSION} needs a {DATASET}")));
        }
        (false, true) => Some(Examples::Dataset(dataset)),
        (false, false) => Some(Examples::Version { dataset, version: frozen }),
    };
    let medium = match params.get(MEDIUM) {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) if name.is_empty() => None,
        Some(Value::String(name)) => {
            let medium = name.parse::<Medium>();
            Some(medium.map_err(|error| Failure::invalid(format!("{MEDIUM}: {error}")))?)
        }
        Some(_) => return Err(Failure::invalid(format!("{MEDIUM} must be `image` or `text`"))),
    };
    let penalty = match params.get(PENALTY) {
        None => None,
        Some(Value::Null) => Some(None),
        Some(Value::Number(number)) => Some(number.as_f64()),
        Some(_) => return Err(Failure::invalid(format!("{PENALTY} must be a number"))),
    };
    let assumes_absent = match params.get(ASSUME_ABSENT) {
        None | Some(Value::Null) => None,
        Some(Value::Bool(is)) => Some(*is),
        Some(_) => return Err(Failure::invalid(format!("{ASSUME_ABSENT} must be true or false"))),
    };
    let is_exclusive = output.output_config.map(|config| config.concepts_mutually_exclusive);
    Ok(TrainingChange {
        medium,
        concepts: (!concepts.is_empty()).then_some(concepts),
        is_exclusive,
        assumes_absent,
        from,
        penalty,
    })
}

/// What can be chosen about a training, as clients ask for it: each with what it is by itself, if it is anything.
pub(super) fn fields() -> Vec<ModelTypeField> {
    let field = |path: &str, kind: FieldType, default: Value, description: &str| ModelTypeField {
        path: path.to_owned(),
        field_type: kind.into(),
        default_value: Some(metadata::write_value(&default)).filter(|_| !default.is_null()),
        description: description.to_owned(),
        // Clients take it out of what they show, and fail without one.
        placeholder: path.rsplit('.').next().unwrap_or_default().to_owned(),
        ..ModelTypeField::default()
    };
    vec![
        field(
            "train_info.params.dataset_id",
            FieldType::DatasetId,
            Value::Null,
            "The dataset to learn from; without one, all inputs of the app.",
        ),
        field(
            "train_info.params.dataset_version_id",
            FieldType::DatasetVersionId,
            Value::Null,
            "A version of the dataset, which is learned from as it was.",
        ),
        field(
            "output_info.data.concepts",
            FieldType::ArrayOfConcepts,
            Value::Null,
            "The concepts to tell; without any, all of the app.",
        ),
        field(
            "output_info.output_config.concepts_mutually_exclusive",
            FieldType::Boolean,
            json!(true),
            "Whether each input shows exactly one of the concepts.",
        ),
        field(
            "train_info.params.medium",
            FieldType::String,
            Value::Null,
            "What the model takes, `image` or `text`; by itself, what more of the labelled inputs are.",
        ),
        field(
            "train_info.params.assume_absent",
            FieldType::Boolean,
            json!(false),
            "Whether a concept that nobody said of a labelled input is taken not to be there, where inputs show any number.",
        ),
        field(
            "train_info.params.penalty",
            FieldType::Number,
            Value::Null,
            "C of the logistic regression, the smaller the stronger; by itself, what predicts best.",
        ),
    ]
}

/// How far a training is, by the wire's code.
pub(in crate::wire) fn code(state: Option<State>, fault: Option<Fault>) -> StatusCode {
    match (state, fault) {
        (Some(State::Trained), _) => StatusCode::ModelTrained,
        (Some(State::Training), _) => StatusCode::ModelTraining,
        (Some(State::Pending), _) => StatusCode::ModelQueuedForTraining,
        (None | Some(State::Cancelled), _) => StatusCode::ModelUntrained,
        (Some(State::Failed), Some(Fault::NoData)) => StatusCode::ModelTrainingNoData,
        (Some(State::Failed), Some(Fault::NoPositives)) => StatusCode::ModelTrainingNoPositives,
        (Some(State::Failed), Some(Fault::OneClass)) => StatusCode::ModelTrainingOneVsNSingleClass,
        (Some(State::Failed), Some(Fault::TooFew)) => StatusCode::ModelTrainingInsufficientData,
        (Some(State::Failed), Some(Fault::GivenUp)) => StatusCode::ModelTrainingTimedOut,
        (Some(State::Failed), Some(Fault::Internal)) => StatusCode::ModelTrainingUnknownError,
        (Some(State::Failed), Some(Fault::TooMany | Fault::Refused) | None) => {
            StatusCode::ModelTrainingFailed
        }
    }
}

/// What of a version is about how it was trained.
pub(super) fn write(version: ModelVersion, training: &Trained, names: &Names) -> ModelVersion {
    let (row, outcome) = (&training.row, training.outcome.as_ref());
    let status = Status {
        details: match row.state {
            State::Cancelled => "the training was cancelled".to_owned(),
            State::Training => format!("{} ({:.0} %)", row.phase.words(), row.progress * 100.0),
            _ => row.why.clone(),
        },
        ..code(Some(row.state), row.fault).status()
    };
    let settings = &row.settings;
    let told: Vec<Concept> = match outcome {
        Some(outcome) => {
            let concepts = outcome.concepts.iter().map(|count| count.concept.clone());
            concepts.map(|concept| write_concept(concept, 1.0, names)).collect()
        }
        None => {
            let chosen = settings.concepts.iter().map(|slug| slug.to_string());
            let concepts = chosen.map(|slug| ModelConcept { name: slug.clone(), slug });
            concepts.map(|concept| write_concept(concept, 1.0, names)).collect()
        }
    };
    let output_config =
        OutputConfig { concepts_mutually_exclusive: settings.is_exclusive, ..OutputConfig::default() };
    ModelVersion {
        description: row.description.clone(),
        status: Some(status),
        modified_at: Some(timestamp(row.changed_at)),
        completed_at: row.completed_at.map(timestamp),
        visibility: visible(Gettable::Private),
        total_input_count: outcome.map_or(0, |outcome| count(outcome.examples)),
        metrics: outcome.map(|outcome| {
            Box::new(EvalMetrics { summary: Some(summary(outcome)), ..of(names, &version.id) })
        }),
        output_info: Some(OutputInfo {
            data: Some(Data { concepts: told, ..Data::default() }),
            output_config: Some(output_config),
            ..OutputInfo::default()
        }),
        train_info: Some(Box::new(write_settings(settings, outcome, names))),
        ..version
    }
}

fn write_settings(settings: &Training, outcome: Option<&Outcome>, names: &Names) -> TrainInfo {
    let medium = outcome.map(|outcome| outcome.medium).or(settings.medium);
    let penalty = outcome.map(|outcome| outcome.penalty).or(settings.penalty);
    let (dataset, version) = match &settings.from {
        Examples::All => ("", ""),
        Examples::Dataset(dataset) => (dataset.as_str(), ""),
        Examples::Version { dataset, version } => (dataset.as_str(), version.as_str()),
    };
    let params = json!({
        DATASET: dataset,
        DATASET_VERSION: version,
        MEDIUM: medium.map(Medium::name),
        PENALTY: penalty,
        ASSUME_ABSENT: settings.assumes_absent,
    });
    let dataset = (!dataset.is_empty()).then(|| Dataset {
        id: dataset.to_owned(),
        user_id: names.owner.clone(),
        app_id: names.app.clone(),
        version: (!version.is_empty())
            .then(|| Box::new(DatasetVersion { id: version.to_owned(), ..DatasetVersion::default() })),
        ..Dataset::default()
    });
    TrainInfo { params: metadata::write(&params), dataset: dataset.map(Box::new), ..TrainInfo::default() }
}

fn of(names: &Names, version: &str) -> EvalMetrics {
    EvalMetrics {
        status: Some(StatusCode::ModelEvaluated.status()),
        id: version.to_owned(),
        user_id: names.owner.clone(),
        app_id: names.app.clone(),
        ..EvalMetrics::default()
    }
}

/// The few figures that whoever sees a model sees.
fn summary(outcome: &Outcome) -> MetricsSummary {
    let means = outcome.means;
    MetricsSummary {
        top1_accuracy: outcome.accuracy.value as f32,
        macro_avg_roc_auc: means.roc_auc.unwrap_or_default() as f32,
        macro_avg_f1_score: means.f1 as f32,
        macro_avg_precision: means.precision as f32,
        macro_avg_recall: means.recall as f32,
        ..MetricsSummary::default()
    }
}

/// All figures, concept by concept.
pub(super) fn write_evaluation(found: &Evaluated, names: &Names) -> EvalMetrics {
    let trained = found.model.version.as_ref().and_then(|version| version.training());
    let outcome = trained.and_then(|trained| trained.outcome.as_ref());
    let concepts: Vec<Concept> = outcome
        .iter()
        .flat_map(|outcome| &outcome.concepts)
        .map(|count| write_concept(count.concept.clone(), 0.0, names))
        .collect();
    let classes = || concepts.iter().zip(&found.evaluation.classes);
    let version = found.model.version.as_ref().map(|version| version.slug.as_str()).unwrap_or_default();
    EvalMetrics {
        summary: outcome.map(summary),
        confusion_matrix: found.evaluation.confusion.as_ref().map(|matrix| confusion(matrix, &concepts)),
        label_counts: Some(LabelDistribution {
            positive_label_counts: classes()
                .map(|(concept, quality)| LabelCount {
                    count: count(quality.truth.positive),
                    concept: Some(concept.clone()),
                    ..LabelCount::default()
                })
                .collect(),
        }),
        binary_metrics: classes().map(|(concept, quality)| binary(concept, quality)).collect(),
        ..of(names, version)
    }
}

/// What was taken for what, as shares of what each is.
fn confusion(matrix: &[Vec<usize>], concepts: &[Concept]) -> ConfusionMatrix {
    let entries = concepts.iter().zip(matrix).flat_map(|(actual, row)| {
        let all = row.iter().sum::<usize>().max(1);
        concepts.iter().zip(row).map(move |(predicted, times)| ConfusionMatrixEntry {
            predicted: predicted.id.clone(),
            actual: actual.id.clone(),
            value: *times as f32 / all as f32,
            predicted_concept: Some(predicted.clone()),
            actual_concept: Some(actual.clone()),
        })
    });
    ConfusionMatrix {
        matrix: entries.collect(),
        concept_ids: concepts.iter().map(|concept| concept.id.clone()).collect(),
    }
}

fn binary(concept: &Concept, quality: &ClassQuality) -> BinaryMetrics {
    let ranking = quality.ranking.as_ref();
    let roc = ranking.map(|ranking| Roc {
        fpr: ranking.roc.iter().map(|point| point.false_positive_rate as f32).collect(),
        tpr: ranking.roc.iter().map(|point| point.true_positive_rate as f32).collect(),
        // Where nothing is predicted, the threshold is above every probability.
        thresholds: ranking.roc.iter().map(|point| point.threshold.unwrap_or(1.0) as f32).collect(),
        ..Roc::default()
    });
    let curve = ranking.map(|ranking| PrecisionRecallCurve {
        recall: ranking.precision_recall.iter().map(|point| point.recall as f32).collect(),
        precision: ranking.precision_recall.iter().map(|point| point.precision as f32).collect(),
        thresholds: ranking.precision_recall.iter().map(|point| point.threshold as f32).collect(),
    });
    BinaryMetrics {
        num_pos: count(quality.truth.positive),
        num_neg: count(quality.truth.negative),
        num_tot: count(quality.truth.positive + quality.truth.negative),
        roc_auc: ranking.map_or(0.0, |ranking| ranking.roc_auc as f32),
        f1: quality.f1.unwrap_or_default() as f32,
        avg_precision: ranking.map_or(0.0, |ranking| ranking.average_precision as f32),
        concept: Some(concept.clone()),
        roc_curve: roc,
        precision_recall_curve: curve,
        ..BinaryMetrics::default()
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
