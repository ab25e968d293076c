//! Versions of datasets.

use std::collections::BTreeMap;

use atelier_contract::proto::status::BaseResponse;
use atelier_contract::proto::{
    DatasetVersion, DatasetVersionMetrics, DatasetVersionRequestOrigin, DeleteDatasetVersionsRequest,
    GetDatasetVersionRequest, ListDatasetVersionsRequest, MultiDatasetVersionResponse,
    PatchDatasetVersionsRequest, PostDatasetVersionsRequest, SingleDatasetVersionResponse, dataset_version,
};
use atelier_contract::{Call, Failure, StatusCode};
use atelier_domain::Part;
use atelier_service::datasets::versions::{NewVersion, PatchVersion, READY, VersionRow};
use atelier_service::{AppAddress, Error, InApp, Service};

use super::{check_private, private};
use crate::wire::inputs::read_action;
use crate::wire::{Window, app_name, failure, metadata, status, timestamp, who};

pub(in crate::wire) async fn get(
    service: Service,
    call: Call,
    request: GetDatasetVersionRequest,
) -> Result<SingleDatasetVersionResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let InApp { app, value: row } = service
        .get_dataset_version(&who, &app, &request.dataset_id, &request.dataset_version_id)
        .await
        .map_err(failure)?;
    let dataset_version = Some(write(row, &app));
    Ok(SingleDatasetVersionResponse { dataset_version, ..SingleDatasetVersionResponse::default() })
}

pub(in crate::wire) async fn list(
    service: Service,
    call: Call,
    request: ListDatasetVersionsRequest,
) -> Result<MultiDatasetVersionResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let window = Window::new(request.page, request.per_page);
    // Whatever is here, somebody made.
    let manual = i32::from(DatasetVersionRequestOrigin::Manual);
    let is_wanted = request.request_origins.is_empty() || request.request_origins.contains(&manual);
    let size = if is_wanted { window.size as usize } else { 0 };
    let rows = service
        .list_dataset_versions(&who, &app, &request.dataset_id, window.skipped(), size)
        .await
        .map_err(failure)?;
    Ok(several(rows))
}

pub(in crate::wire) async fn post(
    service: Service,
    call: Call,
    request: PostDatasetVersionsRequest,
) -> Result<MultiDatasetVersionResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let new = request.dataset_versions.into_iter().map(|version| {
        refuse_unkept(&version)?;
        Ok(NewVersion {
            slug: version.id,
            description: version.description,
            metadata: version.metadata.map(metadata::read),
        })
    });
    let new = new.collect::<Result<_, Failure>>()?;
    let made = service.post_dataset_versions(&who, &app, &request.dataset_id, new).await;
    let rows = made.map_err(|error| match error {
        Error::Taken(why) => Failure::new(StatusCode::DatasetVersionConflict).details(why),
        other => failure(other),
    })?;
    Ok(several(rows))
}

pub(in crate::wire) async fn patch(
    service: Service,
    call: Call,
    request: PatchDatasetVersionsRequest,
) -> Result<MultiDatasetVersionResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let changes = request.dataset_versions.into_iter().map(|version| {
        refuse_unkept(&version)?;
        Ok(PatchVersion {
            slug: version.id,
            description: Some(version.description).filter(|text| !text.is_empty()),
            metadata: version.metadata.map(metadata::read),
        })
    });
    let changes = changes.collect::<Result<_, Failure>>()?;
    let action = read_action(&request.action)?;
    let rows = service
        .patch_dataset_versions(&who, &app, &request.dataset_id, action, changes)
        .await
        .map_err(failure)?;
    Ok(several(rows))
}

pub(in crate::wire) async fn delete(
    service: Service,
    call: Call,
    request: DeleteDatasetVersionsRequest,
) -> Result<BaseResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    service
        .delete_dataset_versions(&who, &app, &request.dataset_id, &request.dataset_version_ids)
        .await
        .map_err(failure)?;
    Ok(BaseResponse::default())
}

/// Refuses what a version may have on the wire and is not kept here: it holds the whole dataset, as people labelled it.
/// What only answers say is not looked at.
fn refuse_unkept(version: &DatasetVersion) -> Result<(), Failure> {
    check_private("dataset_versions.visibility", version.visibility.as_ref())?;
    let data_config = version.data_config.as_ref().map(|config| match config {
        dataset_version::DataConfig::AnnotationFilterConfig(_) => "annotation_filter_config",
        dataset_version::DataConfig::ModelPredictConfig(_) => "model_predict_config",
    });
    if let Some(name) = data_config {
        let why = "a version holds the whole of its dataset, as people labelled it";
        return Err(Failure::invalid(format!("dataset_versions.{name} must not be given: {why}")));
    }
    let unkept = [
        ("processing_info", version.processing_info.is_some()),
        ("embed_model_version_ids", !version.embed_model_version_ids.is_empty()),
    ];
    match unkept.iter().find(|(_, given)| *given) {
        Some((name, _)) => {
            Err(Failure::invalid(format!("dataset_versions.{name} is not kept by this server")))
        }
        None => Ok(()),
    }
}

fn several(InApp { app, value: rows }: InApp<Vec<VersionRow>>) -> MultiDatasetVersionResponse {
    MultiDatasetVersionResponse {
        dataset_versions: rows.into_iter().map(|row| write(row, &app)).collect(),
        ..MultiDatasetVersionResponse::default()
    }
}

/// A version, with the names by which its app is addressed.
fn write(row: VersionRow, address: &AppAddress) -> DatasetVersion {
    DatasetVersion {
        metrics: metrics(&row),
        id: row.slug,
        created_at: Some(timestamp(row.created_at)),
        modified_at: Some(timestamp(row.changed_at)),
        app_id: address.app.clone(),
        user_id: address.owner.clone(),
        dataset_id: row.dataset,
        status: Some(status(READY)),
        description: row.description,
        metadata: row.metadata.as_ref().and_then(metadata::write),
        visibility: private(),
        request_origin: DatasetVersionRequestOrigin::Manual.into(),
        ..DatasetVersion::default()
    }
}

/// How much there is in all, at `/`, and in each part if it is divided.
fn metrics(row: &VersionRow) -> BTreeMap<String, DatasetVersionMetrics> {
    let number = |count: i64| Some(u64::try_from(count).unwrap_or_default());
    let all = DatasetVersionMetrics {
        inputs_count: number(row.inputs),
        unlabeled_inputs_count: number(row.unlabelled),
        ..DatasetVersionMetrics::default()
    };
    let parts = Part::ALL.into_iter().zip([row.train, row.valid, row.test]);
    let parts = parts.filter_map(|(part, count)| {
        let metrics =
            DatasetVersionMetrics { inputs_count: number(count?), ..DatasetVersionMetrics::default() };
        Some((format!("/{part}"), metrics))
    });
    [("/".to_owned(), all)].into_iter().chain(parts).collect()
}
