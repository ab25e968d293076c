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
use atelier_store::{Event, WriteTx};
use serde_json::json;

use crate::audit::{Action, Actor, Done};
use crate::{AppAddress, Asked, Service, Who};

pub use offered::OfferedApp;

/// A model of one app that another has as its own.
struct Between<'a> {
    /// How the app is addressed whose model it is.
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
    /// Tells both apps that a model is shared, or no longer.
    fn tell_both(
        &self,
        tx: &mut WriteTx,
        asked: &Asked<Permit>,
        who: &Who,
        action: Action,
        between: &Between<'_>,
    ) {
        let Between { from, model, with, to, as_model } = between;
        let told = json!({
            "from": format!("{}/{}", from.owner, from.app), "model": model,
            "with": format!("{}/{}", to.owner, to.app), "as": as_model,
        });
        for (app, subject) in [(asked.permit.app(), *model), (*with, *as_model)] {
            let mut done = Done { app: Some(app), ..Done::new(action, subject) };
            match action {
                Action::ModelWithdrawn => done.before = Some(told.clone()),
                _ => done.after = Some(told.clone()),
            }
            self.audit(tx, Actor::in_app(asked, &who.origin), &done);
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
        let between =
            Between { from: &asked.app, model, with: share.app_id, to: &to, as_model: &share.model };
        self.tell_both(tx, asked, who, Action::ModelWithdrawn, &between);
    }
}
