//! How concepts stand to one another, and the knowledge graphs that relations belong to.

use atelier_domain::id::RelationId;
use atelier_domain::{Permit, Predicate, Timestamp};
use serde_json::json;

use super::concepts::one_of;
use crate::Result;
use crate::db::{Conn, Sql, WriteTx, params, row};

row! {
    /// A relation.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RelationRow {
        /// Its identifier, in the order of time.
        pub id: RelationId,
        /// The concept of which it says something.
        pub subject: String,
        /// What that concept is called.
        pub subject_name: String,
        /// What it says.
        pub predicate: Predicate,
        /// Of which other concept.
        pub object: String,
        /// What that concept is called.
        pub object_name: String,
        /// The knowledge graph that it belongs to; empty, if to none.
        pub knowledge_graph: String,
    }
}

macro_rules! relation {
    ($($condition:tt)+) => {
        concat!(
            "SELECT r.id, r.subject, s.name AS subject_name, r.predicate, r.object, o.name AS object_name, \
             r.knowledge_graph FROM concept_relations r \
             JOIN concepts s ON s.app_id = r.app_id AND s.slug = r.subject \
             JOIN concepts o ON o.app_id = r.app_id AND o.slug = r.object \
             WHERE r.app_id = $1",
            $($condition)+
        )
    };
}

/// Which relations to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// Only those of this subject.
    pub subject: Option<&'a str>,
    /// Only those that say this.
    pub predicate: Option<Predicate>,
    /// Only those of this knowledge graph.
    pub knowledge_graph: Option<&'a str>,
}

/// `size` relations of the permit's app after the first `skip`, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut Conn,
    permit: &Permit,
    filter: &Filter<'_>,
    skip: usize,
    size: usize,
) -> Result<Vec<RelationRow>> {
    macro_rules! list {
        ($found_by:literal) => {
            relation!(
                $found_by,
                " AND (CAST($2 AS TEXT) IS NULL OR r.subject = $2) \
                 AND (CAST($3 AS TEXT) IS NULL OR r.predicate = $3) \
                 AND (CAST($4 AS TEXT) IS NULL OR r.knowledge_graph = $4) ORDER BY r.id LIMIT $5 OFFSET $6"
            )
        };
    }
    // What is named is found by its index, not by going through the whole app.
    let sql = if filter.subject.is_some() { list!(" AND r.subject = $2") } else { list!("") };
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    let offset = i64::try_from(skip).unwrap_or(i64::MAX);
    let predicate = filter.predicate.map(Predicate::name);
    conn.fetch_all(
        sql,
        params![permit.app(), filter.subject, predicate, filter.knowledge_graph, limit, offset],
    )
    .await
}

/// At most `size` relations of the permit's app that concern a concept, as their subject or as their object.
///
/// # Errors
/// When the database fails.
pub async fn about(conn: &mut Conn, permit: &Permit, concept: &str, size: usize) -> Result<Vec<RelationRow>> {
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    conn.fetch_all(
        relation!(" AND (r.subject = $2 OR r.object = $2) ORDER BY r.id LIMIT $3"),
        params![permit.app(), concept, limit],
    )
    .await
}

/// The relations `ids` of the permit's app, in their order.
///
/// # Errors
/// When the database fails.
pub async fn named(conn: &mut Conn, permit: &Permit, ids: &[RelationId]) -> Result<Vec<RelationRow>> {
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(conn.fetch_optional(relation!(" AND r.id = $2"), params![permit.app(), *id]).await?);
    }
    Ok(rows)
}

/// A new relation.
#[derive(Clone, Copy, Debug)]
pub struct NewRelation<'a> {
    /// Its identifier, in the order of time.
    pub id: RelationId,
    /// The concept of which it says something.
    pub subject: &'a str,
    /// What it says.
    pub predicate: Predicate,
    /// Of which other concept.
    pub object: &'a str,
    /// The knowledge graph that it belongs to; empty, if to none.
    pub knowledge_graph: &'a str,
}

/// Adds a relation between two concepts of the permit's app, both of which have to exist; answers whether it was new.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut WriteTx,
    permit: &Permit,
    relation: NewRelation<'_>,
    now: Timestamp,
) -> Result<bool> {
    let inserted = tx
        .execute(
            "INSERT INTO concept_relations (id, app_id, subject, predicate, object, knowledge_graph, created_at) \
             VALUES ($2, $1, $3, $4, $5, $6, $7) \
             ON CONFLICT (app_id, subject, predicate, object, knowledge_graph) DO NOTHING",
            params![
                permit.app(),
                relation.id,
                relation.subject,
                relation.predicate.name(),
                relation.object,
                relation.knowledge_graph,
                now
            ],
        )
        .await?;
    Ok(inserted > 0)
}

/// Whether, by the relations of the permit's app, `concept` is a kind of `kind`, at whatever distance. Each is a kind of
/// itself.
///
/// # Errors
/// When the database fails.
pub async fn is_kind_of(conn: &mut Conn, permit: &Permit, concept: &str, kind: &str) -> Result<bool> {
    row! {
        struct Found {
            found: bool,
        }
    }
    let row: Found = conn
        .fetch_one(
            "WITH RECURSIVE above (concept) AS (\
             SELECT CAST($2 AS TEXT) \
             UNION \
             SELECT CASE WHEN r.predicate = 'hyponym' THEN r.object ELSE r.subject END \
             FROM above a JOIN concept_relations r ON r.app_id = $1 AND (\
             (r.predicate = 'hyponym' AND r.subject = a.concept) \
             OR (r.predicate = 'hypernym' AND r.object = a.concept))) \
             SELECT EXISTS (SELECT 1 FROM above WHERE concept = $3) AS found",
            params![permit.app(), concept, kind],
        )
        .await?;
    Ok(row.found)
}

/// Deletes relations of the permit's app: those of the subject `subject`, if one is named, and of these only `ids`, if any
/// are. Answers how many there were.
///
/// # Errors
/// When the database fails.
pub async fn delete(
    tx: &mut WriteTx,
    permit: &Permit,
    subject: &str,
    ids: Option<&[RelationId]>,
) -> Result<u64> {
    let Some(ids) = ids else {
        let sql = "DELETE FROM concept_relations WHERE app_id = $1 AND subject = $2";
        return tx.execute(sql, params![permit.app(), subject]).await;
    };
    let mut deleted = 0;
    for id in ids {
        let sql = "DELETE FROM concept_relations WHERE app_id = $1 AND subject = $2 AND id = $3";
        deleted += tx.execute(sql, params![permit.app(), subject, *id]).await?;
    }
    Ok(deleted)
}

row! {
    /// A named set of relations.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct KnowledgeGraphRow {
        /// Its identifier, as clients chose it.
        pub slug: String,
        /// What it is called.
        pub name: String,
        /// What it is for.
        pub description: String,
    }
}

/// The knowledge graphs of the permit's app, by their identifiers.
///
/// # Errors
/// When the database fails.
pub async fn knowledge_graphs(conn: &mut Conn, permit: &Permit) -> Result<Vec<KnowledgeGraphRow>> {
    conn.fetch_all(
        "SELECT slug, name, description FROM knowledge_graphs WHERE app_id = $1 ORDER BY slug",
        params![permit.app()],
    )
    .await
}

/// Those of the knowledge graphs `slugs` that the permit's app has.
///
/// # Errors
/// When the database fails.
pub async fn known_graphs(
    conn: &mut Conn,
    permit: &Permit,
    slugs: &[&str],
) -> Result<Vec<KnowledgeGraphRow>> {
    macro_rules! known {
        ($dialect:ident) => {
            concat!(
                "SELECT slug, name, description FROM knowledge_graphs WHERE app_id = $1 AND ",
                one_of!($dialect "slug" "$2")
            )
        };
    }
    conn.fetch_all(Sql::differing(known!(sqlite), known!(postgres)), params![permit.app(), &json!(slugs)])
        .await
}

/// Adds a knowledge graph to the permit's app; answers whether its identifier was free.
///
/// # Errors
/// When the database fails.
pub async fn insert_graph(
    tx: &mut WriteTx,
    permit: &Permit,
    graph: &KnowledgeGraphRow,
    now: Timestamp,
) -> Result<bool> {
    let inserted = tx
        .execute(
            "INSERT INTO knowledge_graphs (app_id, slug, name, description, created_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (app_id, slug) DO NOTHING",
            params![permit.app(), &graph.slug, &graph.name, &graph.description, now],
        )
        .await?;
    Ok(inserted > 0)
}
