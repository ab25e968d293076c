//! Collectors, and what is offered to them.

use atelier_contract::proto::collected_input::Outcome;
use atelier_contract::proto::collector::State as WireState;
use atelier_contract::proto::status::{BaseResponse, Status};
use atelier_contract::proto::{
    ApiPostModelOutputsCollectorSource, CollectedInput, Collector, CollectorSource, DeleteCollectorsRequest,
    GetCollectorRequest, ListCollectorsRequest, MultiCollectedInputResponse, MultiCollectorResponse,
    PatchCollectorsRequest, PostCollectorInputsRequest, PostCollectorsRequest, SingleCollectorResponse,
    UploadsCollectorSource,
};
use atelier_contract::{Call, Failure, StatusCode};
use atelier_domain::PatchAction;
use atelier_domain::collector::{Limits, Share, State, Watched};
use atelier_service::collectors::{
    Became, Collector as Found, NewCollector, Offered, PatchCollector, Predictions, Source, Wanted,
};
use atelier_service::workflows::EMPTY;
use atelier_service::{AppAddress, InApp, Service};

use super::inputs::{input_failure, input_unreadable, read_action, read_new};
use super::{Window, app_name, failure, timestamp, who};

pub(super) async fn list(
    service: Service,
    call: Call,
    request: ListCollectorsRequest,
) -> Result<MultiCollectorResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let window = Window::new(request.page, request.per_page);
    let found = service.list_collectors(&who, &app, window.skipped(), window.size as usize).await;
    Ok(several(found.map_err(failure)?))
}

pub(super) async fn get(
    service: Service,
    call: Call,
    request: GetCollectorRequest,
) -> Result<SingleCollectorResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let InApp { app, value } =
        service.get_collector(&who, &app, &request.collector_id).await.map_err(failure)?;
    Ok(SingleCollectorResponse { collector: Some(write(value, &app)), ..SingleCollectorResponse::default() })
}

pub(super) async fn post(
    service: Service,
    call: Call,
    request: PostCollectorsRequest,
) -> Result<MultiCollectorResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let collectors = request.collectors.into_iter().map(read);
    let collectors = collectors.collect::<Result<_, _>>()?;
    Ok(several(service.post_collectors(&who, &app, collectors).await.map_err(failure)?))
}

pub(super) async fn patch(
    service: Service,
    call: Call,
    request: PatchCollectorsRequest,
) -> Result<MultiCollectorResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let action = read_action(&request.action)?;
    let changes = request.collectors.into_iter().map(|collector| read_change(action, collector));
    let changes = changes.collect::<Result<_, _>>()?;
    Ok(several(service.patch_collectors(&who, &app, changes).await.map_err(failure)?))
}

pub(super) async fn delete(
    service: Service,
    call: Call,
    request: DeleteCollectorsRequest,
) -> Result<BaseResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    if request.delete_all {
        return Err(Failure::invalid("delete_all is not served: name what is to be deleted in ids"));
    }
    service.delete_collectors(&who, &app, &request.ids).await.map_err(failure)?;
    Ok(BaseResponse::default())
}

pub(super) async fn offer(
    service: Service,
    call: Call,
    request: PostCollectorInputsRequest,
) -> Result<MultiCollectedInputResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    // Each by itself: what cannot be read in one of them is no reason not to offer the others.
    let (mut inputs, mut unreadable) = (Vec::new(), Vec::new());
    for (index, input) in request.inputs.into_iter().enumerate() {
        let id = input.id.clone();
        match read_new(&service, input) {
            Ok(new) => inputs.push(new),
            Err(failure) => unreadable.push((index, id, input_unreadable(failure))),
        }
    }
    let offered = service.offer_to_collector(&who, &app, &request.collector_id, inputs, unreadable.len());
    let offered = offered.await.map_err(failure)?;
    let mut became: Vec<_> = offered.into_iter().map(became).collect();
    // In ascending order, each comes to stand where it stood in the request.
    for (index, id, failure) in unreadable {
        became.insert(index, (id, Outcome::Refused, Err(failure)));
    }
    let refused = became.iter().filter(|(_, _, outcome)| outcome.is_err()).count();
    if refused == became.len()
        && let Some((_, _, Err(failure))) = became.first()
    {
        return Err(failure.clone());
    }
    let status = (refused > 0).then(|| {
        let details = format!("{refused} of {} inputs were refused", became.len());
        Status { details, ..StatusCode::MixedStatus.status() }
    });
    let collected_inputs = became.into_iter().map(|(id, outcome, status)| CollectedInput {
        id,
        outcome: outcome.into(),
        status: Some(status.unwrap_or_else(Status::from)),
    });
    Ok(MultiCollectedInputResponse { status, collected_inputs: collected_inputs.collect() })
}

/// What became of an input: its identifier, how it ended, and how that is said.
fn became(offered: Offered) -> (String, Outcome, Result<Status, Failure>) {
    let passed_over = |details: &str| Status { details: details.into(), ..StatusCode::Success.status() };
    match offered.became {
        Became::Gathered(row) => (row.slug, Outcome::Gathered, Ok(StatusCode::InputSuccess.status())),
        Became::NotSampled => (offered.slug, Outcome::NotSampled, Ok(passed_over("it is not in the sample"))),
        Became::OverLimit(full) => (offered.slug, Outcome::OverLimit, Ok(passed_over(&full.to_string()))),
        // That the collector stopped is no fault of the input.
        Became::Refused(error @ atelier_service::Error::Conflict(_)) => {
            (offered.slug, Outcome::Refused, Err(failure(error)))
        }
        Became::Refused(error) => (offered.slug, Outcome::Refused, Err(input_failure(error))),
    }
}

/// Refuses what a collector may hold on the wire and is not done here.
fn refuse_unkept(collector: &Collector) -> Result<(), Failure> {
    let workflows = [&collector.pre_queue_workflow_id, &collector.post_queue_workflow_id];
    if workflows.iter().any(|workflow| !["", EMPTY].contains(&workflow.as_str())) {
        let why = "collectors.pre_queue_workflow_id and post_queue_workflow_id are not run by this server";
        return Err(Failure::invalid(why));
    }
    if collector.collect_outputs {
        return Err(Failure::invalid("collectors.collect_outputs is not done by this server"));
    }
    Ok(())
}

fn read(collector: Collector) -> Result<NewCollector, Failure> {
    refuse_unkept(&collector)?;
    if collector.state() != WireState::NotSet {
        return Err(Failure::invalid("collectors.state follows by itself when a collector is made"));
    }
    let share = read_share(collector.pre_queue_random_sample)?;
    let limits = Limits {
        per_hour: read_limit(collector.limit_per_hour),
        in_total: read_limit(collector.limit_in_total),
    };
    let source = collector.collector_source.unwrap_or_default();
    let source = match (source.uploads_collector_source, source.api_post_model_outputs_collector_source) {
        (Some(_), None) => Source::Uploads,
        (None, Some(of)) => Source::Predictions(Predictions {
            owner: of.model_user_id,
            app: of.model_app_id,
            model: of.model_id,
            version: of.model_version_id,
            caller: of.caller_user_id,
            key: of.post_inputs_key_id,
        }),
        (Some(_), Some(_)) | (None, None) => {
            return Err(Failure::invalid(
                "collectors.collector_source must have uploads_collector_source or \
                 api_post_model_outputs_collector_source",
            ));
        }
    };
    Ok(NewCollector {
        slug: collector.id,
        description: collector.description,
        source,
        share: share.unwrap_or(Share::ALL),
        limits,
    })
}

fn read_change(action: PatchAction, collector: Collector) -> Result<PatchCollector, Failure> {
    refuse_unkept(&collector)?;
    if collector.collector_source.is_some() {
        return Err(Failure::invalid(
            "collectors.collector_source cannot be changed: make another collector",
        ));
    }
    let wanted = match collector.state() {
        WireState::NotSet => None,
        WireState::Gathering => Some(Wanted::Gather),
        WireState::Paused => Some(Wanted::Rest),
        WireState::Stopped => {
            return Err(Failure::invalid("collectors.state must be gathering or paused: it stops by itself"));
        }
    };
    let share = read_share(collector.pre_queue_random_sample)?;
    let per_hour = read_limit(collector.limit_per_hour);
    let in_total = read_limit(collector.limit_in_total);
    let change = PatchCollector { slug: collector.id, wanted, ..PatchCollector::default() };
    match action {
        PatchAction::Merge => Ok(PatchCollector {
            description: Some(collector.description).filter(|text| !text.is_empty()),
            share,
            per_hour: per_hour.map(Some),
            in_total: in_total.map(Some),
            ..change
        }),
        PatchAction::Overwrite => Ok(PatchCollector {
            description: Some(collector.description),
            share: Some(share.unwrap_or(Share::ALL)),
            per_hour: Some(per_hour),
            in_total: Some(in_total),
            ..change
        }),
        PatchAction::Remove => Err(Failure::invalid("action must be merge or overwrite")),
    }
}

/// The share that is given, if one is.
fn read_share(share: f32) -> Result<Option<Share>, Failure> {
    if share == 0.0 {
        return Ok(None);
    }
    let wrong = |error| Failure::invalid(format!("collectors.pre_queue_random_sample {error}"));
    Share::new(share.into()).map(Some).map_err(wrong)
}

fn read_limit(limit: u32) -> Option<i64> {
    (limit > 0).then(|| limit.into())
}

fn several(InApp { app, value }: InApp<Vec<Found>>) -> MultiCollectorResponse {
    MultiCollectorResponse {
        collectors: value.into_iter().map(|found| write(found, &app)).collect(),
        ..MultiCollectorResponse::default()
    }
}

fn write(found: Found, address: &AppAddress) -> Collector {
    let Found { row, in_hour } = found;
    let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let (state, status) = match row.state {
        State::Gathering => (WireState::Gathering, StatusCode::Success.status()),
        State::Paused => {
            (WireState::Paused, Status { details: "paused".into(), ..StatusCode::Success.status() })
        }
        State::Stopped => {
            let reason = row.reason.unwrap_or_default();
            (WireState::Stopped, Failure::insufficient_scopes(format!("stopped: {reason}")).into())
        }
    };
    let source = match row.source {
        Watched::Uploads => CollectorSource {
            uploads_collector_source: Some(UploadsCollectorSource {}),
            ..CollectorSource::default()
        },
        Watched::Predictions => CollectorSource {
            api_post_model_outputs_collector_source: Some(ApiPostModelOutputsCollectorSource {
                model_user_id: address.owner.clone(),
                model_app_id: address.app.clone(),
                model_id: row.model.unwrap_or_default(),
                model_version_id: row.model_version.unwrap_or_default(),
                post_inputs_key_id: row.key_id.map(|key| key.to_string()).unwrap_or_default(),
                caller_user_id: row.caller.unwrap_or_default(),
            }),
            ..CollectorSource::default()
        },
    };
    Collector {
        id: row.slug,
        description: row.description,
        created_at: Some(timestamp(row.created_at)),
        modified_at: Some(timestamp(row.changed_at)),
        collector_source: Some(source),
        status: Some(status),
        state: state.into(),
        pre_queue_random_sample: row.share.as_part() as f32,
        limit_per_hour: row.per_hour.map(number).unwrap_or_default(),
        limit_in_total: row.in_total.map(number).unwrap_or_default(),
        gathered: number(row.taken),
        gathered_this_hour: number(in_hour),
        last_gathered_at: row.taken_at.map(timestamp),
        creator_user_id: row.creator_slug,
        user_id: address.owner.clone(),
        app_id: address.app.clone(),
        ..Collector::default()
    }
}
