//! Looking for concepts.

use atelier_contract::proto::concept_query::Source as WireSource;
use atelier_contract::proto::{
    Concept, ConceptExtraInfo, ConceptQuery, Model, MultiConceptResponse, PostConceptsSearchesRequest,
    Workflow, WorkflowModelUseCase,
};
use atelier_contract::{Call, Failure};
use atelier_domain::workflow::ModelRef;
use atelier_service::concepts::{ConceptSearch, FoundConcept, Source, UseCase};
use atelier_service::{InApp, Service};

use super::{given, write};
use crate::wire::models::{Names, write_concept};
use crate::wire::{Window, app_name, failure, who};

pub(in crate::wire) async fn post(
    service: Service,
    call: Call,
    request: PostConceptsSearchesRequest,
) -> Result<MultiConceptResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let search = read(request.concept_query.unwrap_or_default())?;
    let pagination = request.pagination.unwrap_or_default();
    let window = Window::new(pagination.page, pagination.per_page);
    let (skip, size) = (window.skipped(), window.size as usize);
    let InApp { app, value: found } =
        service.search_concepts(&who, &app, &search, skip, size).await.map_err(failure)?;
    // Searches rank by likeness alone.
    let extra_info = request.extra_info.map(|_| ConceptExtraInfo { is_rankable: false });
    let written = found.into_iter().map(|found| Concept {
        extra_info,
        ..match found {
            FoundConcept::Own(row) => write(row, &app),
            FoundConcept::Known { app, concept } => {
                write_concept(concept, 1.0, &Names { owner: app.owner, app: app.app })
            }
        }
    });
    Ok(MultiConceptResponse { concepts: written.collect(), ..MultiConceptResponse::default() })
}

fn read(query: ConceptQuery) -> Result<ConceptSearch, Failure> {
    let uses = query.use_cases.into_iter().map(|number| match WorkflowModelUseCase::try_from(number) {
        Ok(WorkflowModelUseCase::NotSet) => Ok(None),
        Ok(WorkflowModelUseCase::Classification) => Ok(Some(UseCase::Classification)),
        Ok(WorkflowModelUseCase::Detection) => Ok(Some(UseCase::Detection)),
        Err(_) => Err(Failure::invalid(format!("concept_query.use_cases must not be {number}"))),
    });
    let uses = uses.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    let source = match query.source {
        Some(WireSource::Model(model)) => Some(read_model(*model)?),
        Some(WireSource::Workflow(workflow)) => Some(read_workflow(*workflow)?),
        None => given(query.workflow_id)
            .map(|id| read_workflow(Workflow { id, ..Workflow::default() }))
            .transpose()?,
    };
    Ok(ConceptSearch {
        // Clients may put stars around a name of which they know a part.
        text: given(query.name.trim_matches('*').to_owned()),
        language: given(query.language),
        source,
        only_of_source: query.ignore_app_concepts,
        uses,
    })
}

fn read_model(model: Model) -> Result<Source, Failure> {
    if model.id.is_empty() {
        return Err(Failure::invalid("concept_query.model must have an id"));
    }
    let version = model.model_version.and_then(|version| given(version.id));
    let (owner, app) = (model.user_id, model.app_id);
    Ok(Source::Model(ModelRef { owner, app, model: model.id, version, ..ModelRef::default() }))
}

fn read_workflow(workflow: Workflow) -> Result<Source, Failure> {
    if workflow.id.is_empty() {
        return Err(Failure::invalid("concept_query.workflow must have an id"));
    }
    let version = workflow.version.and_then(|version| given(version.id));
    let (owner, app) = (workflow.user_id, workflow.app_id);
    Ok(Source::Workflow { owner, app, workflow: workflow.id, version })
}
