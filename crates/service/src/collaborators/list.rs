//! Listing an app's collaborators and pending invitations.

use atelier_domain::id::GrantId;
use atelier_domain::{Conditions, Endpoint, Permit};
use atelier_store::queries::{apps, grants};

use super::{Counts, Filter, GrantRow, InviterRow};
use crate::apps::AppRow;
use crate::{AppName, Asked, Error, Result, Service, Who};

/// Collaborators and pending invitations, in the order in which they were given.
#[derive(Clone, Debug)]
pub struct CollaboratorsPage {
    /// The grants; each names the one above it, so that a tree can be drawn.
    pub rows: Vec<GrantRow>,
    /// Whether more follow.
    pub more: bool,
    /// How many there are, whatever the filter.
    pub counts: Counts,
    /// Everybody who brought somebody in, whatever the filter.
    pub inviters: Vec<InviterRow>,
    /// The app.
    pub app: AppRow,
    /// What the caller may do in it.
    pub permit: Asked<Permit>,
}

impl Service {
    /// The app's collaborators and pending invitations that `filter` lets through.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_collaborators(
        &self,
        who: &Who,
        app: &AppName,
        filter: &Filter<'_>,
        size: usize,
    ) -> Result<CollaboratorsPage> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListCollaborators, Conditions::NONE).await?;
        let page = grants::list(&mut tx, &asked.permit, filter, size).await?;
        let counts = grants::count(&mut tx, &asked.permit).await?;
        let inviters = grants::inviters(&mut tx, &asked.permit).await?;
        let app = apps::get(&mut tx, &asked.permit).await?;
        Ok(CollaboratorsPage { rows: page.rows, more: page.more, counts, inviters, app, permit: asked })
    }

    /// Page `page` (from 1) of `size` of the app's collaborators, as the wire counts them: without invitations that
    /// nobody has taken up.
    ///
    /// # Errors
    /// When the caller may not list them.
    pub async fn list_collaborators_numbered(
        &self,
        who: &Who,
        app: &AppName,
        page: u32,
        size: u32,
    ) -> Result<Vec<GrantRow>> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListCollaborators, Conditions::NONE).await?;
        Ok(grants::list_numbered(&mut tx, &asked.permit, page, size).await?)
    }

    /// One collaborator or pending invitation: the only row of the page.
    ///
    /// # Errors
    /// When the caller may not list them, or there is none.
    pub async fn get_collaborator(
        &self,
        who: &Who,
        app: &AppName,
        grant: GrantId,
    ) -> Result<CollaboratorsPage> {
        let mut tx = self.store.read().await?;
        let asked = self.permit(&mut tx, who, app, Endpoint::ListCollaborators, Conditions::NONE).await?;
        let row = grants::get(&mut tx, &asked.permit, grant).await?.ok_or(Error::NotFound)?;
        let counts = grants::count(&mut tx, &asked.permit).await?;
        let app = apps::get(&mut tx, &asked.permit).await?;
        Ok(CollaboratorsPage {
            rows: vec![row],
            more: false,
            counts,
            inviters: Vec::new(),
            app,
            permit: asked,
        })
    }
}
