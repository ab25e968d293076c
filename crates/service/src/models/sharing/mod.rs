//! Sharing models with other apps.
//!
//! An app with which a model is shared has a model of its own that is what that one is: whoever may ask the app's own models
//! may ask it, have it help in tasks and use it in workflows, by the newest version that is trained where it comes from. What
//! it learned from stays there, and so do its figures, for which one needs rights there. It ends when either side ends it.

mod list;
mod offered;
mod share;
mod withdraw;

use atelier_domain::Permit;
use atelier_domain::id::AppId;
use atelier_store::queries::model_shares::ShareRow;
use atelier_store::queries::models::ModelRow;
use atelier_store::{Event, WriteTx};
use serde_json::json;

use crate::audit::{Action, Actor, Done};
use crate::models::{SharedFrom, shared_from};
use crate::{AppAddress, Asked, Origin, Service, Who};

pub use offered::OfferedApp;

/// A model of one app that another has as its own.
struct Between<'a> {
    /// The app whose model it is.
    of: AppId,
    /// How that one is addressed.
    from: &'a AppAddress,
    /// As what that one knows it.
    model: &'a str,
    /// The app with which it is shared.
    with: AppId,
    /// How that one is addressed.
    to: &'a AppAddress,
    /// As what that one knows it.
    as_model: &'a str,
}

impl Service {
    /// Tells both apps that a model is shared, or no longer. From where it was done is told in the app in which it was.
    fn tell_both(
        &self,
        tx: &mut WriteTx,
        asked: &Asked<Permit>,
        who: &Who,
        action: Action,
        between: &Between<'_>,
    ) {
        let Between { of, from, model, with, to, as_model } = between;
        let told = json!({
            "from": format!("{}/{}", from.owner, from.app), "model": model,
            "with": format!("{}/{}", to.owner, to.app), "as": as_model,
        });
        let elsewhere = Origin::default();
        for (app, subject) in [(*of, *model), (*with, *as_model)] {
            let mut done = Done { app: Some(app), ..Done::new(action, subject) };
            match action {
                Action::ModelWithdrawn => done.before = Some(told.clone()),
                _ => done.after = Some(told.clone()),
            }
            let origin = if app == asked.permit.app() { &who.origin } else { &elsewhere };
            self.audit(tx, Actor::in_app(asked, origin), &done);
            tx.announce(Event::Data(app));
        }
    }

    /// Tells both apps that what was shared as `share` no longer is.
    pub(super) fn tell_withdrawn(
        &self,
        tx: &mut WriteTx,
        asked: &Asked<Permit>,
        who: &Who,
        model: &str,
        share: &ShareRow,
    ) {
        let to = AppAddress { owner: share.owner.clone(), app: share.app.clone() };
        let between = Between {
            of: asked.permit.app(),
            from: &asked.app,
            model,
            with: share.app_id,
            to: &to,
            as_model: &share.model,
        };
        self.tell_both(tx, asked, who, Action::ModelWithdrawn, &between);
    }

    /// Tells both apps that the one that had been given a model lets it go, if that is what it is.
    pub(super) fn tell_let_go(&self, tx: &mut WriteTx, asked: &Asked<Permit>, who: &Who, row: &ModelRow) {
        let (Some(of), Some(SharedFrom { app, model })) = (row.from_app_id, shared_from(row)) else { return };
        let between = Between {
            of,
            from: &app,
            model: &model,
            with: asked.permit.app(),
            to: &asked.app,
            as_model: &row.slug,
        };
        self.tell_both(tx, asked, who, Action::ModelWithdrawn, &between);
    }
}
