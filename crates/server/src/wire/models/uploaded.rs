//! Versions of an app's models that were uploaded.

use atelier_contract::StatusCode;
use atelier_contract::proto::visibility::Gettable;
use atelier_contract::proto::{Data, InputInfo, ModelVersion, OutputConfig, OutputInfo};
use atelier_service::models::Uploaded;
use atelier_service::models::uploaded::{Input, Output};
use serde_json::json;

use super::{Names, visible, write_concept};
use crate::wire::{metadata, timestamp};

/// What of a version is about what was uploaded. It was not trained here, and nobody judged it: nothing is said of either.
pub(super) fn write(version: ModelVersion, uploaded: &Uploaded, names: &Names) -> ModelVersion {
    let (row, told) = (&uploaded.row, &uploaded.told);
    let takes = match told.input {
        Input::Picture { width, height, .. } => json!({ "width": width, "height": height }),
        Input::Features(count) => json!({ "num_dimensions": count }),
    };
    let concepts = told.concepts.iter().cloned().map(|concept| write_concept(concept, 1.0, names));
    let output_config =
        OutputConfig { concepts_mutually_exclusive: told.output != Output::Each, ..OutputConfig::default() };
    ModelVersion {
        description: row.description.clone(),
        status: Some(StatusCode::ModelTrained.status()),
        modified_at: Some(timestamp(row.changed_at)),
        completed_at: row.completed_at.map(timestamp),
        visibility: visible(Gettable::Private),
        input_info: Some(Box::new(InputInfo { params: metadata::write(&takes), ..InputInfo::default() })),
        output_info: Some(OutputInfo {
            data: Some(Data { concepts: concepts.collect(), ..Data::default() }),
            output_config: Some(output_config),
            ..OutputInfo::default()
        }),
        ..version
    }
}
