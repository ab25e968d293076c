//! What datasets hold.

use atelier_contract::proto::status::BaseResponse;
use atelier_contract::proto::{
    DatasetInput, DeleteDatasetInputsRequest, Filter, GetDatasetInputRequest, Input,
    ListDatasetInputsRequest, MultiDatasetInputResponse, PostDatasetInputsRequest, Query, Search,
    SingleDatasetInputResponse,
};
use atelier_contract::{Call, Failure};
use atelier_service::{InApp, Service, datasets};

use crate::wire::inputs::Shown;
use crate::wire::{Window, app_name, failure, timestamp, who};

pub(in crate::wire) async fn list(
    service: Service,
    call: Call,
    request: ListDatasetInputsRequest,
) -> Result<MultiDatasetInputResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let window = Window::new(request.page, request.per_page);
    let (dataset, size) = (&request.dataset_id, window.size as usize);
    let found = service.list_dataset_inputs(&who, &app, dataset, (None, window.skipped()), size).await;
    Ok(several(&service, found.map_err(failure)?))
}

pub(in crate::wire) async fn get(
    service: Service,
    call: Call,
    request: GetDatasetInputRequest,
) -> Result<SingleDatasetInputResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let found = service
        .get_dataset_input(&who, &app, &request.dataset_id, &request.input_id)
        .await
        .map_err(failure)?;
    let dataset_input = Some(write(found.value, &Shown::new(&service, found.app)));
    Ok(SingleDatasetInputResponse { dataset_input, ..SingleDatasetInputResponse::default() })
}

/// Puts inputs into a dataset. They are named by their ids, whatever else is said of them: a client that sends back what
/// it was shown means these. All of another dataset, which may be very many, are not answered.
pub(in crate::wire) async fn post(
    service: Service,
    call: Call,
    request: PostDatasetInputsRequest,
) -> Result<MultiDatasetInputResponse, Failure> {
    let (who, app, dataset) = (who(&call)?, app_name(request.user_app_id), request.dataset_id);
    if let Some(search) = request.search {
        if !request.dataset_inputs.is_empty() {
            return Err(Failure::invalid("dataset_inputs and search must not both be given"));
        }
        let from = all_of_a_dataset(search)?;
        service.merge_dataset(&who, &app, &dataset, &from).await.map_err(failure)?;
        return Ok(MultiDatasetInputResponse::default());
    }
    let ids = request.dataset_inputs.into_iter().map(|one| one.input.unwrap_or_default().id);
    let ids: Vec<String> = ids.collect();
    let found = service.post_dataset_inputs(&who, &app, &dataset, &ids).await.map_err(failure)?;
    Ok(several(&service, found))
}

pub(in crate::wire) async fn delete(
    service: Service,
    call: Call,
    request: DeleteDatasetInputsRequest,
) -> Result<BaseResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    service
        .delete_dataset_inputs(&who, &app, &request.dataset_id, &request.input_ids)
        .await
        .map_err(failure)?;
    Ok(BaseResponse::default())
}

/// The dataset all of whose inputs `search` asks for. Searches for anything else are not made here.
fn all_of_a_dataset(search: Search) -> Result<String, Failure> {
    let refused = || {
        Failure::invalid(
            "search must have one filter, of an input with one of dataset_ids: other searches are not made here",
        )
    };
    let filters = search.query.clone().unwrap_or_default().filters;
    let [filter] = <[Filter; 1]>::try_from(filters).map_err(|_| refused())?;
    let ids = filter.input.unwrap_or_default().dataset_ids;
    let [dataset] = <[String; 1]>::try_from(ids).map_err(|_| refused())?;
    // The same search, made anew of what was read of it: if it says anything else, it asks for something else.
    let input = Some(Input { dataset_ids: vec![dataset.clone()], ..Input::default() });
    let query = Query { filters: vec![Filter { input, ..Filter::default() }], ..Query::default() };
    if search == (Search { query: Some(query), ..Search::default() }) { Ok(dataset) } else { Err(refused()) }
}

fn several(service: &Service, found: InApp<Vec<datasets::DatasetInput>>) -> MultiDatasetInputResponse {
    let shown = Shown::new(service, found.app);
    MultiDatasetInputResponse {
        dataset_inputs: found.value.into_iter().map(|one| write(one, &shown)).collect(),
        ..MultiDatasetInputResponse::default()
    }
}

fn write(one: datasets::DatasetInput, shown: &Shown) -> DatasetInput {
    DatasetInput { created_at: Some(timestamp(one.added_at)), input: Some(shown.input(one.input)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filtered(input: Input) -> Search {
        let filters = vec![Filter { input: Some(input), ..Filter::default() }];
        Search { query: Some(Query { filters, ..Query::default() }), ..Search::default() }
    }

    #[test]
    fn a_search_names_one_dataset_and_nothing_else() {
        let of = |ids: &[&str]| Input {
            dataset_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            ..Input::default()
        };
        assert_eq!(all_of_a_dataset(filtered(of(&["signs"]))), Ok("signs".into()));
        for search in [
            Search::default(),
            filtered(of(&[])),
            filtered(of(&["signs", "walls"])),
            filtered(Input { id: "note".into(), ..of(&["signs"]) }),
            Search { min_value: 0.5, ..filtered(of(&["signs"])) },
        ] {
            assert!(all_of_a_dataset(search.clone()).is_err(), "{search:?}");
        }
        let mut negated = filtered(of(&["signs"]));
        negated.query.as_mut().unwrap().filters[0].negate = true;
        assert!(all_of_a_dataset(negated).is_err());
    }
}
