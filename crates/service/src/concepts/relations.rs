//! How concepts stand to one another.

use atelier_domain::id::RelationId;
use atelier_domain::{Conditions, Endpoint, Permit, Predicate, ResourceId};
use atelier_store::queries::{concept_relations, concepts};
use atelier_store::{Event, WriteTx};

use super::{KnowledgeGraphRow, RelationRow, check_count, check_definition, check_name};
use crate::{AppName, Error, InApp, Result, Service, Who};

/// The most relations of one concept that are answered at once.
const ABOUT_ONE: usize = 1_000;

/// Which relations to list; what is empty asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct RelationsFilter {
    /// Only those of this subject.
    pub subject: String,
    /// Only those that say this.
    pub predicate: String,
    /// Only those of this knowledge graph.
    pub knowledge_graph: String,
}

/// A relation to be added.
#[derive(Clone, Debug, Default)]
pub struct NewRelation {
    /// What it says.
    pub predicate: String,
    /// Of which other concept.
    pub object: String,
    /// The knowledge graph that it belongs to, if to one.
    pub knowledge_graph: String,
}

/// A relation that is said of a concept, whichever of the two it is kept with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationOf {
    /// The relation, of which that concept is the subject.
    pub relation: RelationRow,
    /// The concept that it is kept with, under whose name it is deleted.
    pub kept_with: String,
}

impl Service {
    /// `size` relations of the app after the first `skip`, the oldest first.
    ///
    /// # Errors
    /// When the caller may not see them, the filter names a subject that does not exist, or no predicate.
    pub async fn list_concept_relations(
        &self,
        who: &Who,
        app: &AppName,
        filter: &RelationsFilter,
        skip: usize,
        size: usize,
    ) -> Result<InApp<Vec<RelationRow>>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListConceptRelations, Conditions::NONE).await?;
        let given = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
        let (subject, graph) = (given(&filter.subject), given(&filter.knowledge_graph));
        let predicate = given(&filter.predicate).map(|name| check_predicate(&name)).transpose()?;
        if let Some(subject) = &subject {
            concepts::get(&mut tx, &asked.permit, subject).await?.ok_or(Error::NotFound)?;
        }
        let filter = concept_relations::Filter {
            subject: subject.as_deref(),
            predicate,
            knowledge_graph: graph.as_deref(),
        };
        let value = concept_relations::list(&mut tx, &asked.permit, &filter, skip, size).await?;
        Ok(InApp { app: asked.app, value })
    }

    /// The relations of the app that concern a concept, each said of it, the oldest first.
    ///
    /// # Errors
    /// When the caller may not see them, or there is no such concept.
    pub async fn relations_of_concept(
        &self,
        who: &Who,
        app: &AppName,
        concept: &str,
    ) -> Result<Vec<RelationOf>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListConceptRelations, Conditions::NONE).await?;
        concepts::get(&mut tx, &asked.permit, concept).await?.ok_or(Error::NotFound)?;
        let rows = concept_relations::about(&mut tx, &asked.permit, concept, ABOUT_ONE).await?;
        Ok(rows.into_iter().map(|row| said_of(concept, row)).collect())
    }

    /// Adds relations of a concept of the app, all of them or none, and answers them in this order.
    ///
    /// # Errors
    /// When the caller may not, a concept or knowledge graph does not exist, a relation is there already, or it would make
    /// something a kind of itself.
    pub async fn post_concept_relations(
        &self,
        who: &Who,
        app: &AppName,
        subject: &str,
        input: Vec<NewRelation>,
    ) -> Result<InApp<Vec<RelationRow>>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostConceptRelations, Conditions::NONE).await?;
        check_count(input.len())?;
        // Of two relations that contradict each other, each alone would hold.
        concepts::lock(&mut tx, &asked.permit).await?;
        concepts::get_to_change(&mut tx, &asked.permit, subject).await?.ok_or(Error::NotFound)?;
        let mut ids = Vec::with_capacity(input.len());
        for (index, relation) in input.iter().enumerate() {
            let id = self
                .add_relation(&mut tx, &asked.permit, subject, relation)
                .await
                .map_err(|error| error.within("relations", index))?;
            ids.push(id);
        }
        let value = concept_relations::named(&mut tx, &asked.permit, &ids).await?;
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(InApp { app: asked.app, value })
    }

    async fn add_relation(
        &self,
        tx: &mut WriteTx,
        permit: &Permit,
        subject: &str,
        relation: &NewRelation,
    ) -> Result<RelationId> {
        let predicate = check_predicate(&relation.predicate)?;
        let object = relation.object.as_str();
        if concepts::get_to_change(tx, permit, object).await?.is_none() {
            return Err(Error::invalid(
                "object",
                format!("must be a concept of this app: `{object}` is none"),
            ));
        }
        let graph = relation.knowledge_graph.as_str();
        if !graph.is_empty() && concept_relations::known_graphs(tx, permit, &[graph]).await?.is_empty() {
            let why = format!("must be one of this app: `{graph}` is none");
            return Err(Error::invalid("knowledge_graph", why));
        }
        let (kind, of) = match predicate {
            Predicate::Hyponym => (subject, object),
            Predicate::Hypernym => (object, subject),
            Predicate::Synonym if subject == object => {
                return Err(Error::invalid("object", "must be another concept"));
            }
            Predicate::Synonym => ("", ""),
        };
        if !kind.is_empty() && concept_relations::is_kind_of(tx, permit, of, kind).await? {
            let why = format!("would make `{kind}` a kind of itself");
            return Err(Error::invalid("object", why));
        }
        let id = RelationId::new(self.world.now(), &self.world.salt());
        let new = concept_relations::NewRelation { id, subject, predicate, object, knowledge_graph: graph };
        if !concept_relations::insert(tx, permit, new, self.world.now()).await? {
            let why = format!("`{subject}` {} `{object}` already", predicate.words());
            return Err(Error::Taken(why));
        }
        Ok(id)
    }

    /// Deletes relations of the concept `subject` of the app: those that are named, or all of them if none is. Answers
    /// how many were.
    ///
    /// # Errors
    /// When the caller may not, or the concept or one of the relations does not exist: then none is deleted.
    pub async fn delete_concept_relations(
        &self,
        who: &Who,
        app: &AppName,
        subject: &str,
        ids: &[String],
    ) -> Result<u64> {
        let mut tx = self.store.write().await?;
        let asked =
            self.permit(&mut tx, who, app, Endpoint::DeleteConceptRelations, Conditions::NONE).await?;
        check_count(ids.len())?;
        concepts::get(&mut tx, &asked.permit, subject).await?.ok_or(Error::NotFound)?;
        let mut parsed = ids
            .iter()
            .map(|id| id.parse().map_err(|_| Error::NotFound))
            .collect::<Result<Vec<RelationId>>>()?;
        parsed.sort_unstable();
        parsed.dedup();
        let named = (!parsed.is_empty()).then_some(parsed.as_slice());
        let deleted = concept_relations::delete(&mut tx, &asked.permit, subject, named).await?;
        if named.is_some_and(|ids| deleted < ids.len() as u64) {
            return Err(Error::NotFound);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(deleted)
    }

    /// The knowledge graphs of the app.
    ///
    /// # Errors
    /// When the caller may not see them.
    pub async fn list_knowledge_graphs(&self, who: &Who, app: &AppName) -> Result<Vec<KnowledgeGraphRow>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListKnowledgeGraphs, Conditions::NONE).await?;
        Ok(concept_relations::knowledge_graphs(&mut tx, &asked.permit).await?)
    }

    /// Adds knowledge graphs to the app, all of them or none, and answers them in this order. What has no name is called
    /// by its identifier.
    ///
    /// # Errors
    /// When the caller may not, a value is not valid, or the app has one of an identifier already.
    pub async fn post_knowledge_graphs(
        &self,
        who: &Who,
        app: &AppName,
        input: Vec<KnowledgeGraphRow>,
    ) -> Result<Vec<KnowledgeGraphRow>> {
        let mut tx = self.store.write().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::PostKnowledgeGraphs, Conditions::NONE).await?;
        check_count(input.len())?;
        let mut rows = Vec::with_capacity(input.len());
        for (index, graph) in input.into_iter().enumerate() {
            let graph = checked_graph(graph).map_err(|error| error.within("knowledge_graphs", index))?;
            if !concept_relations::insert_graph(&mut tx, &asked.permit, &graph, self.world.now()).await? {
                return Err(Error::Taken(format!("duplicate knowledge graph `{}`", graph.slug)));
            }
            rows.push(graph);
        }
        tx.announce(Event::Data(asked.permit.app()));
        tx.commit().await?;
        Ok(rows)
    }
}

/// The relation as it is said of `concept`, which is its subject or its object.
fn said_of(concept: &str, row: RelationRow) -> RelationOf {
    let kept_with = row.subject.clone();
    if kept_with == concept {
        return RelationOf { relation: row, kept_with };
    }
    let relation = RelationRow {
        subject: row.object,
        subject_name: row.object_name,
        predicate: row.predicate.inverse(),
        object: row.subject,
        object_name: row.subject_name,
        ..row
    };
    RelationOf { relation, kept_with }
}

fn check_predicate(name: &str) -> Result<Predicate> {
    name.parse().map_err(|error| Error::invalid("predicate", error))
}

fn checked_graph(graph: KnowledgeGraphRow) -> Result<KnowledgeGraphRow> {
    let slug: ResourceId = graph.slug.parse().map_err(|error| Error::invalid("id", error))?;
    let name = if graph.name.is_empty() { slug.to_string() } else { check_name(&graph.name)? };
    check_definition(&graph.description)?;
    Ok(KnowledgeGraphRow { slug: slug.to_string(), name, description: graph.description })
}
