//! Tasks, and what people do with the inputs of them.

use std::collections::BTreeMap;

use atelier_contract::proto::put_task_assignments_request::ActionConfig;
use atelier_contract::proto::status::BaseResponse;
use atelier_contract::proto::task::{TaskPriority, TaskType};
use atelier_contract::proto::task_input_source::TaskInputSourceType;
use atelier_contract::proto::task_review::{StrategyInfo as ReviewInfo, TaskReviewStrategy};
use atelier_contract::proto::task_worker::{StrategyInfo as WorkerInfo, TaskWorkerStrategy};
use atelier_contract::proto::task_worker_partitioned_strategy_info::TaskWorkerPartitionedStrategy;
use atelier_contract::proto::worker::Worker as Kind;
use atelier_contract::proto::{
    DeleteTasksRequest, GetTaskCountRequest, GetTaskRequest, Input, ListNextTaskAssignmentsRequest,
    ListTasksRequest, MultiInputResponse, MultiTaskAssignmentResponse, MultiTaskResponse,
    PatchAnnotationsStatusRequest, PatchAnnotationsStatusResponse, PatchTasksRequest, PostTasksRequest,
    PutTaskAssignmentsRequest, PutTaskAssignmentsRequestAction, SingleTaskCountResponse, SingleTaskResponse,
    Task, TaskAssignment, TaskConcept, TaskInputSource, TaskReview, TaskReviewConsensusStrategyInfo,
    TaskReviewManualStrategyInfo, TaskStatusCountPerUser, TaskWorker, TaskWorkerPartitionedStrategyInfo,
    User, Worker,
};
use atelier_contract::{Call, Failure, StatusCode};
use atelier_domain::assignment::{Act, AssignmentState};
use atelier_domain::task::{Review, TaskKind, WorkerStrategy};
use atelier_domain::{Endpoint, PatchAction};
use atelier_service::annotations::status as said;
use atelier_service::tasks::{
    ActOnAssignment, AssignmentRow, CountRow, Labeller, NewTask, PatchTask, Restate, SaidCountRow, Source,
    Task as Found, TasksFilter,
};
use atelier_service::{AppAddress, Error, InApp, Service};

use super::inputs::{read_action, shown_inputs};
use super::{Window, app_name, concepts, failure, metadata, moment, permitted, status, timestamp, who};

pub(super) async fn list(
    service: Service,
    call: Call,
    request: ListTasksRequest,
) -> Result<MultiTaskResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let filter = TasksFilter {
        slugs: request.ids,
        labellers: request.worker_user_ids,
        reviewers: request.review_user_ids,
        status: None,
    };
    let window = Window::new(request.page, request.per_page);
    let size = window.size as usize;
    let found = service.list_tasks(&who, &app, &filter, window.skipped(), size).await.map_err(failure)?;
    Ok(several(found))
}

pub(super) async fn get(
    service: Service,
    call: Call,
    request: GetTaskRequest,
) -> Result<SingleTaskResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let InApp { app, value } = service.get_task(&who, &app, &request.task_id).await.map_err(failure)?;
    Ok(SingleTaskResponse { task: Some(write(value, &app)), ..SingleTaskResponse::default() })
}

pub(super) async fn post(
    service: Service,
    call: Call,
    request: PostTasksRequest,
) -> Result<MultiTaskResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let tasks = request.tasks.into_iter().map(read).collect::<Result<Vec<_>, Failure>>()?;
    let made = service.post_tasks(&who, &app, tasks).await.map_err(failure)?;
    Ok(several(made))
}

pub(super) async fn patch(
    service: Service,
    call: Call,
    request: PatchTasksRequest,
) -> Result<MultiTaskResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let action = read_action(&request.action)?;
    let changes = request.tasks.into_iter().map(read_patch).collect::<Result<Vec<_>, Failure>>()?;
    let changed = service.patch_tasks(&who, &app, action, changes).await.map_err(failure)?;
    Ok(several(changed))
}

pub(super) async fn delete(
    service: Service,
    call: Call,
    request: DeleteTasksRequest,
) -> Result<BaseResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    service.delete_tasks(&who, &app, &request.ids).await.map_err(failure)?;
    Ok(BaseResponse::default())
}

pub(super) async fn count_inputs(
    service: Service,
    call: Call,
    request: GetTaskCountRequest,
) -> Result<SingleTaskCountResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let InApp { app, value } = service
        .task_counts(&who, &app, Endpoint::GetTaskInputCount, &request.task_id)
        .await
        .map_err(failure)?;
    let mut counts: BTreeMap<String, TaskStatusCountPerUser> = BTreeMap::new();
    for CountRow { slug, state, count, .. } in value {
        // What lies in the pool is nobody's.
        let Some(slug) = slug else { continue };
        let counted = counts.entry(slug.clone()).or_insert_with(|| of_user(slug));
        let field = match state {
            AssignmentState::Pending | AssignmentState::Skipped => &mut counted.pending,
            AssignmentState::AwaitingReview => &mut counted.awaiting_review,
            AssignmentState::AwaitingConsensus => &mut counted.awaiting_consensus_review,
            AssignmentState::Done => &mut counted.success,
            AssignmentState::Rejected => &mut counted.review_denied,
        };
        *field += u32::try_from(count).unwrap_or(u32::MAX);
    }
    Ok(counted(app, request.task_id, &request.user_ids, counts))
}

pub(super) async fn count_annotations(
    service: Service,
    call: Call,
    request: GetTaskCountRequest,
) -> Result<SingleTaskCountResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let InApp { app, value } =
        service.task_annotation_counts(&who, &app, &request.task_id).await.map_err(failure)?;
    let mut counts: BTreeMap<String, TaskStatusCountPerUser> = BTreeMap::new();
    for SaidCountRow { slug, status, count, .. } in value {
        let counted = counts.entry(slug.clone()).or_insert_with(|| of_user(slug));
        let field = match status {
            said::AWAITING_REVIEW => &mut counted.awaiting_review,
            said::SUCCESS => &mut counted.success,
            said::REVIEW_DENIED => &mut counted.review_denied,
            _ => &mut counted.pending,
        };
        *field += u32::try_from(count).unwrap_or(u32::MAX);
    }
    Ok(counted(app, request.task_id, &request.user_ids, counts))
}

fn of_user(slug: String) -> TaskStatusCountPerUser {
    TaskStatusCountPerUser {
        worker: Some(worker(slug.clone())),
        user_id: slug,
        ..TaskStatusCountPerUser::default()
    }
}

/// The counts of those who are asked for; of all, if nobody is.
fn counted(
    app: AppAddress,
    task_id: String,
    asked_for: &[String],
    counts: BTreeMap<String, TaskStatusCountPerUser>,
) -> SingleTaskCountResponse {
    let is_asked_for = |slug: &String| asked_for.is_empty() || asked_for.contains(slug);
    SingleTaskCountResponse {
        app_id: app.app,
        task_id,
        counts: counts.into_iter().filter(|(slug, _)| is_asked_for(slug)).map(|(_, count)| count).collect(),
        ..SingleTaskCountResponse::default()
    }
}

/// What the caller is to label next; if nothing, what they could review.
pub(super) async fn next(
    service: Service,
    call: Call,
    request: ListNextTaskAssignmentsRequest,
) -> Result<MultiInputResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let mut next = service.next_to_label(&who, &app, &request.task_id).await.map_err(failure)?.value;
    if next.inputs.is_empty() {
        next = service.next_to_review(&who, &app, &request.task_id).await.map_err(failure)?.value;
    }
    let inputs = shown_inputs(&service, &call, &who, &app, next.inputs).await?;
    Ok(MultiInputResponse { inputs, ..MultiInputResponse::default() })
}

pub(super) async fn put(
    service: Service,
    call: Call,
    request: PutTaskAssignmentsRequest,
) -> Result<MultiTaskAssignmentResponse, Failure> {
    use PutTaskAssignmentsRequestAction as Action;
    let set = request.user_app_id.unwrap_or_default();
    let act = match Action::try_from(request.action) {
        Ok(Action::LabelStart) => Act::Start,
        Ok(Action::LabelSubmit) => Act::Submit,
        Ok(Action::LabelSkip) => Act::Skip,
        Ok(Action::ReviewStart) => Act::Review,
        Ok(Action::ReviewApprove) => Act::Approve,
        Ok(Action::ReviewRequestChanges) => Act::RequestChanges,
        Ok(Action::ReviewReject) => Act::Reject,
        Ok(Action::NotSet) | Err(_) => {
            // Whoever may not do anything here hears of that.
            permitted(&service, &call, set).await?;
            return Err(Failure::invalid("action must say what is done with the input"));
        }
    };
    let (who, app) = (who(&call)?, app_name(Some(set)));
    let of = match request.action_config {
        None | Some(ActionConfig::LabelSubmitConfig(_)) => Vec::new(),
        Some(ActionConfig::ReviewStartConfig(config)) => config.workers,
        Some(ActionConfig::ReviewApproveConfig(config)) => config.workers,
        Some(ActionConfig::ReviewRequestChangesConfig(config)) => config.workers,
        Some(ActionConfig::ReviewRejectConfig(config)) => config.workers,
    };
    let input = ActOnAssignment {
        task: request.task_id,
        input: request.input_id,
        act,
        labellers: of.into_iter().filter_map(read_worker).collect(),
        note: request.note,
    };
    let acted = service.act_on_assignment(&who, &app, &input).await.map_err(conflict)?;
    Ok(MultiTaskAssignmentResponse {
        task_assignments: acted.value.assignments.into_iter().map(write_assignment).collect(),
        ..MultiTaskAssignmentResponse::default()
    })
}

/// Reviews what was said within a task, of many inputs at once.
pub(super) async fn restate(
    service: Service,
    call: Call,
    request: PatchAnnotationsStatusRequest,
) -> Result<PatchAnnotationsStatusResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id.clone()));
    if !matches!(request.action.parse(), Ok(PatchAction::Overwrite)) {
        // Whoever may not do anything here hears of that.
        permitted(&service, &call, request.user_app_id.unwrap_or_default()).await?;
        return Err(Failure::invalid("action must be overwrite"));
    }
    let input = Restate {
        task: request.task_id,
        labellers: request.user_ids,
        statuses: request.status_codes.into_iter().map(i64::from).collect(),
        status: request.status_code.into(),
    };
    let done = service.restate_annotations(&who, &app, &input).await.map_err(conflict)?;
    Ok(PatchAnnotationsStatusResponse {
        user_ids: done.labellers.into_iter().collect(),
        updated_count: u32::try_from(done.annotations).unwrap_or(u32::MAX),
        ..PatchAnnotationsStatusResponse::default()
    })
}

/// That it is not the caller's turn has a code of its own.
fn conflict(error: Error) -> Failure {
    match error {
        Error::Conflict(why) => Failure::new(StatusCode::TaskConflict).details(why),
        other => failure(other),
    }
}

fn read_worker(worker: Worker) -> Option<String> {
    match worker.worker? {
        Kind::User(user) => Some(user.id).filter(|id| !id.is_empty()),
        Kind::Model(_) | Kind::Workflow(_) => None,
    }
}

fn worker(slug: String) -> Worker {
    Worker { worker: Some(Kind::User(Box::new(User { id: slug, ..User::default() }))) }
}

/// The people that a list names in one of the ways in which clients do.
fn people(workers: Vec<Worker>, ids: Vec<String>, users: Vec<User>) -> Vec<String> {
    let named: Vec<String> = workers.into_iter().filter_map(read_worker).collect();
    let of_users = || users.into_iter().map(|user| user.id).filter(|id| !id.is_empty()).collect();
    if !named.is_empty() {
        named
    } else if !ids.is_empty() {
        ids
    } else {
        of_users()
    }
}

fn read_kind(number: i32) -> Result<TaskKind, Failure> {
    match TaskType::try_from(number) {
        Ok(TaskType::ConceptsClassification) => Ok(TaskKind::Classification),
        Ok(TaskType::BoundingBoxDetection) => Ok(TaskKind::Boxes),
        Ok(TaskType::PolygonDetection) => Ok(TaskKind::Polygons),
        Ok(TaskType::PointDetection) => Ok(TaskKind::Points),
        Ok(TaskType::TextSpans) => Ok(TaskKind::Spans),
        Ok(TaskType::TypeNotSet) | Err(_) => {
            Err(Failure::invalid("tasks.type must say what is to be labelled"))
        }
    }
}

fn read(task: Task) -> Result<NewTask, Failure> {
    let source = read_source(task.input_source.unwrap_or_default())?;
    let worker = task.worker.unwrap_or_default();
    let review = task.review.unwrap_or_default();
    let concepts =
        task.concepts.into_iter().filter_map(|one| one.concept).map(|concept| concept.id).collect();
    let concepts: Vec<String> = if task.concept_ids.is_empty() { concepts } else { task.concept_ids };
    let (strategy, per_input, weights) = read_strategy(&worker)?;
    Ok(NewTask {
        slug: task.id,
        name: task.name,
        instructions: task.description,
        kind: read_kind(task.r#type)?,
        concepts,
        vocab: task.vocab_id,
        source,
        labellers: labellers(worker, &weights),
        review: read_review(&review)?,
        reviewers: people(Vec::new(), review.user_ids, review.users),
        strategy,
        per_input,
        priority: if task.priority == 0 {
            i64::from(TaskPriority::Medium as i32)
        } else {
            i64::from(task.priority)
        },
        due_at: task.due_at.map(|at| moment("due_at", at)).transpose()?,
        metadata: task.metadata.map(metadata::read),
    })
}

fn read_source(source: TaskInputSource) -> Result<Source, Failure> {
    match TaskInputSourceType::try_from(source.r#type) {
        Ok(TaskInputSourceType::AllInputs | TaskInputSourceType::InputSourceTypeNotSet) => Ok(Source::All),
        Ok(TaskInputSourceType::Dataset) => Ok(Source::Dataset(source.id)),
        Ok(TaskInputSourceType::Input) => {
            let one = Some(source.id).filter(|id| !id.is_empty());
            Ok(Source::Inputs(one.into_iter().chain(source.ids).collect()))
        }
        Ok(TaskInputSourceType::SavedSearch) | Err(_) => {
            Err(Failure::invalid("tasks.input_source must be all inputs, a dataset or inputs"))
        }
    }
}

fn read_strategy(worker: &TaskWorker) -> Result<(WorkerStrategy, usize, BTreeMap<String, u32>), Failure> {
    let strategy = match TaskWorkerStrategy::try_from(worker.strategy) {
        Ok(TaskWorkerStrategy::Partitioned) => WorkerStrategy::Partitioned,
        Ok(TaskWorkerStrategy::Full) => WorkerStrategy::Full,
        Ok(TaskWorkerStrategy::Dynamic | TaskWorkerStrategy::WorkerStrategyNotSet) => WorkerStrategy::Dynamic,
        Err(_) => return Err(Failure::invalid("tasks.worker.strategy is unknown")),
    };
    let Some(WorkerInfo::PartitionedStrategyInfo(info)) = &worker.strategy_info else {
        return Ok((strategy, 1, BTreeMap::new()));
    };
    let per_input = usize::try_from(info.workers_per_input).unwrap_or_default().max(1);
    let mut weights = BTreeMap::new();
    if info.r#type == TaskWorkerPartitionedStrategy::Weighted as i32 {
        let given = info.weights.clone().map(metadata::read);
        let given = given.as_ref().and_then(|given| given.as_object());
        for (slug, weight) in given.into_iter().flatten() {
            let weight = weight.as_f64().filter(|weight| (1.0..=10_000.0).contains(weight));
            let Some(weight) = weight else {
                return Err(Failure::invalid("tasks.worker: weights must lie between 1 and 10000"));
            };
            weights.insert(slug.clone(), weight.round() as u32);
        }
    }
    Ok((strategy, per_input, weights))
}

/// Those who are named to label, each with their share: like everybody's, where none is given.
fn labellers(worker: TaskWorker, weights: &BTreeMap<String, u32>) -> Vec<Labeller> {
    let weighed = |slug: String| Labeller { weight: weights.get(&slug).copied().unwrap_or(1), slug };
    people(worker.workers, worker.user_ids, worker.users).into_iter().map(weighed).collect()
}

fn read_review(review: &TaskReview) -> Result<Review, Failure> {
    match TaskReviewStrategy::try_from(review.strategy) {
        Ok(TaskReviewStrategy::None | TaskReviewStrategy::NotSet) => Ok(Review::None),
        Ok(TaskReviewStrategy::Manual) => {
            let info = match &review.strategy_info {
                Some(ReviewInfo::ManualStrategyInfo(info)) => *info,
                _ => TaskReviewManualStrategyInfo::default(),
            };
            let percent = if info.sample_percentage == 0.0 { 100.0 } else { info.sample_percentage * 100.0 };
            if !(1.0..=100.0).contains(&percent) {
                return Err(Failure::invalid("tasks.review: sample_percentage must lie between 0.01 and 1"));
            }
            let approvals = u8::try_from(info.approval_threshold.max(1)).unwrap_or(u8::MAX);
            Ok(Review::Manual { percent: percent.round() as u8, approvals })
        }
        Ok(TaskReviewStrategy::Consensus) => {
            let info = match &review.strategy_info {
                Some(ReviewInfo::ConsensusStrategyInfo(info)) => *info,
                _ => TaskReviewConsensusStrategyInfo::default(),
            };
            let needed = info.approval_threshold_labelers.max(info.approval_threshold).max(2);
            Ok(Review::Consensus { labellers: u8::try_from(needed).unwrap_or(u8::MAX) })
        }
        Err(_) => Err(Failure::invalid("tasks.review.strategy is unknown")),
    }
}

fn read_patch(task: Task) -> Result<PatchTask, Failure> {
    let given = |text: String| (!text.is_empty()).then_some(text);
    let listed = |people: Vec<String>| (!people.is_empty()).then_some(people);
    let labellers = match task.worker {
        None => Vec::new(),
        Some(worker) => {
            let (.., weights) = read_strategy(&worker)?;
            labellers(worker, &weights)
        }
    };
    let reviewers = task.review.and_then(|review| listed(people(Vec::new(), review.user_ids, review.users)));
    Ok(PatchTask {
        slug: task.id,
        name: given(task.name),
        instructions: given(task.description),
        priority: (task.priority != 0).then_some(i64::from(task.priority)),
        due_at: task.due_at.map(|at| moment("due_at", at)).transpose()?.map(Some),
        metadata: task.metadata.map(metadata::read),
        status: task.status.map(|status| i64::from(status.code)).filter(|code| *code != 0),
        labellers: (!labellers.is_empty()).then_some(labellers),
        reviewers,
    })
}

fn several(InApp { app, value: found }: InApp<Vec<Found>>) -> MultiTaskResponse {
    MultiTaskResponse {
        tasks: found.into_iter().map(|task| write(task, &app)).collect(),
        ..MultiTaskResponse::default()
    }
}

/// A task, with the names by which its app is addressed.
fn write(found: Found, address: &AppAddress) -> Task {
    let Found { row, concepts, people } = found;
    let kind = match row.kind {
        TaskKind::Classification => TaskType::ConceptsClassification,
        TaskKind::Boxes => TaskType::BoundingBoxDetection,
        TaskKind::Polygons => TaskType::PolygonDetection,
        TaskKind::Points => TaskType::PointDetection,
        TaskKind::Spans => TaskType::TextSpans,
    };
    let concept_ids = concepts.iter().map(|concept| concept.slug.clone()).collect();
    let choices =
        concepts.into_iter().map(|row| TaskConcept { concept: Some(concepts::write(row, address)) });
    let strategy = match row.strategy {
        WorkerStrategy::Partitioned => TaskWorkerStrategy::Partitioned,
        WorkerStrategy::Full => TaskWorkerStrategy::Full,
        WorkerStrategy::Dynamic => TaskWorkerStrategy::Dynamic,
    };
    let labellers: Vec<String> =
        people.iter().filter(|person| person.labels).map(|person| person.slug.clone()).collect();
    let reviewers: Vec<String> =
        people.iter().filter(|person| person.reviews).map(|person| person.slug.clone()).collect();
    let weights: serde_json::Value = people
        .iter()
        .filter(|person| person.labels)
        .map(|person| (person.slug.clone(), serde_json::Value::from(person.weight)))
        .collect();
    let info = TaskWorkerPartitionedStrategyInfo {
        r#type: TaskWorkerPartitionedStrategy::Weighted as i32,
        workers_per_input: i32::try_from(row.per_input).unwrap_or(i32::MAX),
        weights: metadata::write(&weights),
    };
    Task {
        id: row.slug,
        created_at: Some(timestamp(row.created_at)),
        modified_at: Some(timestamp(row.changed_at)),
        r#type: kind as i32,
        description: row.instructions,
        worker: Some(TaskWorker {
            strategy: strategy as i32,
            workers: labellers.iter().cloned().map(worker).collect(),
            user_ids: labellers,
            strategy_info: Some(WorkerInfo::PartitionedStrategyInfo(Box::new(info))),
            ..TaskWorker::default()
        }),
        concept_ids,
        input_source: Some(write_source(&row.source)),
        review: Some(write_review(row.review, reviewers)),
        status: Some(status(row.status)),
        name: row.name,
        app_id: address.app.clone(),
        user_id: address.owner.clone(),
        concepts: choices.collect(),
        priority: i32::try_from(row.priority).unwrap_or_default(),
        metadata: row.metadata.as_ref().and_then(metadata::write),
        due_at: row.due_at.map(timestamp),
        ..Task::default()
    }
}

fn write_source(source: &serde_json::Value) -> TaskInputSource {
    let kind = match source["from"].as_str() {
        Some("dataset") => TaskInputSourceType::Dataset,
        Some("inputs") => TaskInputSourceType::Input,
        _ => TaskInputSourceType::AllInputs,
    };
    let id = source["id"].as_str().unwrap_or_default().to_owned();
    TaskInputSource { r#type: kind as i32, id, ..TaskInputSource::default() }
}

fn write_review(review: Review, reviewers: Vec<String>) -> TaskReview {
    let (strategy, strategy_info) = match review {
        Review::None => (TaskReviewStrategy::None, None),
        Review::Manual { percent, approvals } => {
            let info = TaskReviewManualStrategyInfo {
                sample_percentage: f32::from(percent) / 100.0,
                approval_threshold: approvals.into(),
            };
            (TaskReviewStrategy::Manual, Some(ReviewInfo::ManualStrategyInfo(info)))
        }
        Review::Consensus { labellers } => {
            let info = TaskReviewConsensusStrategyInfo {
                approval_threshold_labelers: labellers.into(),
                ..TaskReviewConsensusStrategyInfo::default()
            };
            (TaskReviewStrategy::Consensus, Some(ReviewInfo::ConsensusStrategyInfo(info)))
        }
    };
    TaskReview {
        strategy: strategy as i32,
        users: reviewers.iter().map(|slug| User { id: slug.clone(), ..User::default() }).collect(),
        user_ids: reviewers,
        strategy_info,
    }
}

fn write_assignment(row: AssignmentRow) -> TaskAssignment {
    TaskAssignment {
        id: format!("{}-{}-{}", row.key.task, row.key.position, row.key.place),
        modified_at: Some(timestamp(row.changed_at)),
        worker: row.worker_slug.map(worker),
        input: Some(Input { id: row.input_slug, ..Input::default() }),
        status: Some(status(row.assignment.state.wire())),
        ..TaskAssignment::default()
    }
}
