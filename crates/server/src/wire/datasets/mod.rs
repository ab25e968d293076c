//! Datasets.

pub(super) mod inputs;
pub(super) mod versions;

use atelier_contract::proto::list_datasets_request::SortBy;
use atelier_contract::proto::status::BaseResponse;
use atelier_contract::proto::visibility::Gettable;
use atelier_contract::proto::{
    Dataset, DeleteDatasetsRequest, GetDatasetRequest, ListDatasetsRequest, MultiDatasetResponse,
    PatchDatasetsRequest, PostDatasetsRequest, SingleDatasetResponse, Visibility,
};
use atelier_contract::{Call, Failure};
use atelier_service::datasets::{DatasetRow, DatasetsFilter, NewDataset, Order, PatchDataset};
use atelier_service::{AppAddress, InApp, Service};

use super::inputs::read_action;
use super::{Window, app_name, failure, metadata, timestamp, who};

pub(super) async fn get(
    service: Service,
    call: Call,
    request: GetDatasetRequest,
) -> Result<SingleDatasetResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let InApp { app, value: row } =
        service.get_dataset(&who, &app, &request.dataset_id).await.map_err(failure)?;
    Ok(SingleDatasetResponse { dataset: Some(write(row, &app)), ..SingleDatasetResponse::default() })
}

pub(super) async fn list(
    service: Service,
    call: Call,
    request: ListDatasetsRequest,
) -> Result<MultiDatasetResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let given = |text: String| (!text.is_empty()).then_some(text);
    let filter = DatasetsFilter {
        text: given(request.search),
        slug: given(request.id),
        order: match request.sort_by {
            Some(SortBy::SortByModifiedAt(true)) => Order::Changed,
            Some(SortBy::SortById(true)) => Order::Slug,
            // Nothing else tells them apart.
            _ => Order::Created,
        },
        ascending: request.sort_ascending,
    };
    let window = Window::new(request.page, request.per_page);
    // Nothing is starred here, and there are no bookmarks.
    let size = if request.starred_only || request.bookmark { 0 } else { window.size as usize };
    let rows = service.list_datasets(&who, &app, &filter, window.skipped(), size).await.map_err(failure)?;
    Ok(several(rows))
}

pub(super) async fn post(
    service: Service,
    call: Call,
    request: PostDatasetsRequest,
) -> Result<MultiDatasetResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let new = request.datasets.into_iter().map(|dataset| {
        refuse_unkept(&dataset)?;
        Ok(NewDataset {
            slug: dataset.id,
            description: dataset.description,
            notes: dataset.notes,
            metadata: dataset.metadata.map(metadata::read),
        })
    });
    let new = new.collect::<Result<_, Failure>>()?;
    let rows = service.post_datasets(&who, &app, new).await.map_err(failure)?;
    Ok(several(rows))
}

pub(super) async fn patch(
    service: Service,
    call: Call,
    request: PatchDatasetsRequest,
) -> Result<MultiDatasetResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let given = |text: String| (!text.is_empty()).then_some(text);
    let changes = request.datasets.into_iter().map(|dataset| {
        refuse_unkept(&dataset)?;
        Ok(PatchDataset {
            slug: dataset.id,
            description: given(dataset.description),
            notes: given(dataset.notes),
            metadata: dataset.metadata.map(metadata::read),
        })
    });
    let changes = changes.collect::<Result<_, Failure>>()?;
    let action = read_action(&request.action)?;
    let rows = service.patch_datasets(&who, &app, action, changes).await.map_err(failure)?;
    Ok(several(rows))
}

pub(super) async fn delete(
    service: Service,
    call: Call,
    request: DeleteDatasetsRequest,
) -> Result<BaseResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    service.delete_datasets(&who, &app, &request.dataset_ids).await.map_err(failure)?;
    Ok(BaseResponse::default())
}

/// Refuses what a dataset may have on the wire and is not kept here. What only answers say is not looked at.
fn refuse_unkept(dataset: &Dataset) -> Result<(), Failure> {
    check_private("datasets.visibility", dataset.visibility.as_ref())?;
    let unkept = [
        ("default_annotation_filter", dataset.default_annotation_filter.is_some()),
        ("default_processing_info", dataset.default_processing_info.is_some()),
        ("image", dataset.image.is_some()),
    ];
    match unkept.iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(Failure::invalid(format!("datasets.{name} is not kept by this server"))),
        None => Ok(()),
    }
}

/// That something is to be public must not go unheard: it would stay private without anyone noticing.
fn check_private(field: &str, visibility: Option<&Visibility>) -> Result<(), Failure> {
    match visibility.map_or(Gettable::UnknownVisibility, Visibility::gettable) {
        Gettable::UnknownVisibility | Gettable::Private => Ok(()),
        Gettable::Org | Gettable::Public => Err(Failure::invalid(format!(
            "{field} must be private: a dataset is shared with its app, by adding collaborators"
        ))),
    }
}

fn private() -> Option<Visibility> {
    Some(Visibility { gettable: Gettable::Private.into() })
}

fn several(InApp { app, value: rows }: InApp<Vec<DatasetRow>>) -> MultiDatasetResponse {
    MultiDatasetResponse {
        datasets: rows.into_iter().map(|row| write(row, &app)).collect(),
        ..MultiDatasetResponse::default()
    }
}

/// A dataset, with the names by which its app is addressed.
fn write(row: DatasetRow, address: &AppAddress) -> Dataset {
    Dataset {
        id: row.slug,
        created_at: Some(timestamp(row.created_at)),
        modified_at: Some(timestamp(row.changed_at)),
        app_id: address.app.clone(),
        user_id: address.owner.clone(),
        description: row.description,
        metadata: row.metadata.as_ref().and_then(metadata::write),
        visibility: private(),
        notes: row.notes,
        ..Dataset::default()
    }
}
