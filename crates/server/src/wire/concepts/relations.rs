//! How concepts stand to one another.

use atelier_contract::proto::status::BaseResponse;
use atelier_contract::proto::{
    Concept, ConceptRelation, DeleteConceptRelationsRequest, KnowledgeGraph, ListConceptRelationsRequest,
    ListKnowledgeGraphsRequest, MultiConceptRelationResponse, MultiKnowledgeGraphResponse,
    PostConceptRelationsRequest, PostKnowledgeGraphsRequest,
};
use atelier_contract::{Call, Failure};
use atelier_service::concepts::{KnowledgeGraphRow, NewRelation, RelationRow, RelationsFilter};
use atelier_service::{AppAddress, InApp, Service};

use super::taken;
use crate::wire::{Window, app_name, failure, who};

pub(in crate::wire) async fn list(
    service: Service,
    call: Call,
    request: ListConceptRelationsRequest,
) -> Result<MultiConceptRelationResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let filter = RelationsFilter {
        subject: request.concept_id,
        predicate: request.predicate,
        knowledge_graph: request.knowledge_graph_id,
    };
    let window = Window::new(request.page, request.per_page);
    let size = window.size as usize;
    let rows =
        service.list_concept_relations(&who, &app, &filter, window.skipped(), size).await.map_err(failure)?;
    Ok(several(rows))
}

pub(in crate::wire) async fn post(
    service: Service,
    call: Call,
    request: PostConceptRelationsRequest,
) -> Result<MultiConceptRelationResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let relations = request.concept_relations.into_iter().map(|relation| NewRelation {
        predicate: relation.predicate,
        object: relation.object_concept.unwrap_or_default().id,
        knowledge_graph: relation.knowledge_graph_id,
    });
    let rows = service
        .post_concept_relations(&who, &app, &request.concept_id, relations.collect())
        .await
        .map_err(taken)?;
    Ok(several(rows))
}

pub(in crate::wire) async fn delete(
    service: Service,
    call: Call,
    request: DeleteConceptRelationsRequest,
) -> Result<BaseResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    service.delete_concept_relations(&who, &app, &request.concept_id, &request.ids).await.map_err(failure)?;
    Ok(BaseResponse::default())
}

pub(in crate::wire) async fn list_graphs(
    service: Service,
    call: Call,
    request: ListKnowledgeGraphsRequest,
) -> Result<MultiKnowledgeGraphResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let rows = service.list_knowledge_graphs(&who, &app).await.map_err(failure)?;
    Ok(several_graphs(rows))
}

pub(in crate::wire) async fn post_graphs(
    service: Service,
    call: Call,
    request: PostKnowledgeGraphsRequest,
) -> Result<MultiKnowledgeGraphResponse, Failure> {
    let (who, app) = (who(&call)?, app_name(request.user_app_id));
    let graphs = request.knowledge_graphs.into_iter().map(|graph| KnowledgeGraphRow {
        slug: graph.id,
        name: graph.name,
        description: graph.description,
    });
    let rows = service.post_knowledge_graphs(&who, &app, graphs.collect()).await.map_err(taken)?;
    Ok(several_graphs(rows))
}

fn several(InApp { app, value: rows }: InApp<Vec<RelationRow>>) -> MultiConceptRelationResponse {
    MultiConceptRelationResponse {
        concept_relations: rows.into_iter().map(|row| write(row, &app)).collect(),
        ..MultiConceptRelationResponse::default()
    }
}

fn write(row: RelationRow, address: &AppAddress) -> ConceptRelation {
    let concept = |id: String, name: String| Concept {
        id,
        name,
        value: 1.0,
        app_id: address.app.clone(),
        user_id: address.owner.clone(),
        ..Concept::default()
    };
    ConceptRelation {
        id: row.id.to_string(),
        subject_concept: Some(concept(row.subject, row.subject_name)),
        object_concept: Some(concept(row.object, row.object_name)),
        predicate: row.predicate.name().to_owned(),
        knowledge_graph_id: row.knowledge_graph,
        ..ConceptRelation::default()
    }
}

fn several_graphs(rows: Vec<KnowledgeGraphRow>) -> MultiKnowledgeGraphResponse {
    let write = |row: KnowledgeGraphRow| KnowledgeGraph {
        id: row.slug,
        name: row.name,
        description: row.description,
        ..KnowledgeGraph::default()
    };
    MultiKnowledgeGraphResponse {
        knowledge_graphs: rows.into_iter().map(write).collect(),
        ..MultiKnowledgeGraphResponse::default()
    }
}
