//! Versions of filters that apps made.

use atelier_contract::proto::visibility::Gettable;
use atelier_contract::proto::{ModelVersion, OutputInfo};
use atelier_contract::{Failure, StatusCode};
use atelier_domain::workflow::Wanted;
use atelier_service::models::{Filter, NewFilter};
use serde_json::{Value, json};

use super::visible;
use crate::wire::workflows::nodes::{COMPARISON, CONCEPTS, read_override, write_override};
use crate::wire::{metadata, timestamp};

/// A version of a filter that is to be made; nothing, if nothing is said of what it lets through.
pub(super) fn read(version: ModelVersion) -> Result<Option<NewFilter>, Failure> {
    let ModelVersion { description, output_info, .. } = version;
    let lets = output_info.map(|info| read_override(info, "output_info")).transpose()?;
    Ok(lets.map(|lets| NewFilter { description, lets }))
}

/// What of a version is about what it lets through, in the form in which clients say it.
pub(super) fn write(version: ModelVersion, filter: &Filter) -> ModelVersion {
    let row = &filter.row;
    ModelVersion {
        description: row.description.clone(),
        status: Some(StatusCode::ModelTrained.status()),
        modified_at: Some(timestamp(row.changed_at)),
        completed_at: row.completed_at.map(timestamp),
        visibility: visible(Gettable::Private),
        output_info: Some(write_lets(&filter.lets)),
        ..version
    }
}

/// What it lets through, as clients say it of models: they have the parameters all in one place, and by them tell whether a
/// filter is the one that they would make.
fn write_lets(lets: &Wanted) -> OutputInfo {
    let params = lets.threshold.as_ref().and_then(|threshold| {
        // As it is written, not as it is when more digits are asked for.
        let shortest = |value: f32| value.to_string().parse::<f64>().unwrap_or_default();
        let concepts = threshold.bounds.iter();
        let concepts: Vec<Value> =
            concepts.map(|bound| json!({ "id": bound.concept, "value": shortest(bound.value) })).collect();
        metadata::write(&json!({ COMPARISON: threshold.comparison.name(), CONCEPTS: concepts }))
    });
    OutputInfo { params, ..write_override(lets) }
}
