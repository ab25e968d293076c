//! Plans of the forest of grants: reading what they concern, showing them, carrying them out.

use atelier_domain::id::{GrantId, UserId};
use atelier_domain::task::Role;
use atelier_domain::words::Difference;
use atelier_domain::{
    AppRef, Change, Conditions, Editor, Email, Endpoint, Forest, Permit, Rights, ScopeSet, Violation,
};
use atelier_store::queries::{assignments, grants, keys, users};
use atelier_store::{Conn, Event, WriteTx};
use serde_json::{Value, json};

use super::GrantRow;
use crate::audit::{Action, Actor, Done};
use crate::{AppName, Asked, Error, Origin, Result, Service, Who};

/// What a change of one person's access comes to, before it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// What changes, person by person: first the one whom the change is about, then those below. Empty, if nothing
    /// changes.
    pub lines: Vec<PreviewLine>,
    /// How many people below lose something, and stay.
    pub people_narrowed: usize,
    /// How many people below lose their access.
    pub people_removed: usize,
    /// How many keys lose something, and stay.
    pub keys_narrowing: i64,
    /// How many keys end.
    pub keys_ending: i64,
    /// How many inputs that somebody was to label in a task go back into its pool.
    pub assignments_returning: i64,
}

/// What becomes of one person's access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewLine {
    /// Their grant.
    pub grant: GrantId,
    /// What they are called, or the address that was invited.
    pub name: String,
    /// Whether it is an invitation that nobody has taken up yet.
    pub pending: bool,
    /// What they have now.
    pub before: Rights,
    /// What they will have; none if their access ends.
    pub after: Option<Rights>,
    /// What that makes in scopes.
    pub difference: Difference,
    /// Whether somebody else stands above them from then on.
    pub changes_inviter: bool,
}

impl Preview {
    /// What `changes` come to, of which the one of `target` was asked for.
    pub(super) fn of(target: GrantId, changes: &[Change], rows: &[GrantRow]) -> Self {
        let mut preview = Self {
            lines: Vec::new(),
            people_narrowed: 0,
            people_removed: 0,
            keys_narrowing: 0,
            keys_ending: 0,
            assignments_returning: 0,
        };
        for change in changes {
            let before = change.before();
            let row = rows.iter().find(|row| row.id == before.id);
            let key_count = row.map_or(0, |row| row.key_count);
            let (after, changes_inviter) = match change {
                Change::Set { after, .. } => (Some(after.rights), after.parent != before.parent),
                Change::End { .. } => (None, false),
            };
            let is_below = usize::from(before.id != target);
            match after {
                None => {
                    preview.people_removed += is_below;
                    preview.keys_ending += key_count;
                }
                Some(after) if !before.rights.within(&after) => {
                    preview.people_narrowed += is_below;
                    preview.keys_narrowing += key_count;
                }
                Some(_) => {}
            }
            let scopes = after.map_or(ScopeSet::EMPTY, |after| after.scopes);
            preview.lines.push(PreviewLine {
                grant: before.id,
                name: row.map_or("", GrantRow::holder).to_owned(),
                pending: before.user.is_none(),
                before: before.rights,
                after,
                difference: Difference::between(before.rights.scopes, scopes)
                    .with_reach(before.rights.reach, after.map_or(before.rights.reach, |after| after.reach)),
                changes_inviter,
            });
        }
        preview
    }

    /// The same, with what goes back into the pools of tasks.
    pub(super) async fn with_assignments(
        mut self,
        conn: &mut Conn,
        permit: &Permit,
        changes: &[Change],
    ) -> Result<Self> {
        for change in changes {
            let labels_on =
                matches!(change, Change::Set { after, .. } if Role::Labeller.is_open_to(&after.rights));
            if let Some(user) = change.before().user.filter(|_| !labels_on) {
                self.assignments_returning += assignments::open_of(conn, permit, user).await?;
            }
        }
        Ok(self)
    }
}

/// Why a plan is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Somebody's access is changed.
    Edit,
    /// Somebody is removed.
    Remove,
    /// Somebody leaves.
    Leave,
    /// Somebody's access was over already, and makes room for another.
    Over,
}

/// A plan, with all that is needed to carry it out and to tell of it.
pub(super) struct Plan<'a> {
    /// Why it is carried out.
    pub(super) act: Act,
    /// The grant that it is about.
    pub(super) target: GrantId,
    /// The changes.
    pub(super) changes: &'a [Change],
    /// The grants concerned, as they stand.
    pub(super) rows: &'a [GrantRow],
    /// Who stands for the grants that come under somebody else, and what they are called.
    pub(super) adopter: (UserId, &'a str),
    /// What is to stand beside the grant that it is about, if that changes.
    pub(super) note: Option<&'a str>,
}

impl Plan<'_> {
    fn row(&self, id: GrantId) -> Option<&GrantRow> {
        self.rows.iter().find(|row| row.id == id)
    }

    fn holder(&self, id: GrantId) -> &str {
        self.row(id).map_or("", GrantRow::holder)
    }

    fn action(&self, change: &Change) -> Action {
        let before = change.before();
        match (change, self.act) {
            (Change::Set { .. }, _) => Action::CollaboratorChanged,
            (Change::End { .. }, Act::Over) if before.user.is_none() => Action::InvitationLapsed,
            (Change::End { .. }, _) if before.user.is_none() => Action::InvitationCanceled,
            (Change::End { .. }, Act::Leave) if before.id == self.target => Action::CollaboratorLeft,
            (Change::End { .. }, _) => Action::CollaboratorRemoved,
        }
    }

    /// Why this change is a part of the plan, where it does not speak for itself.
    fn reason(&self, change: &Change) -> Option<String> {
        let before = change.before();
        if before.id == self.target {
            return (self.act == Act::Over).then(|| "had ended".to_owned());
        }
        let name = self.holder(self.target);
        Some(match change {
            Change::End { .. } if self.act == Act::Edit => {
                format!("ended: nothing is left, narrowed with {name}")
            }
            Change::End { .. } => format!("removed with {name}"),
            Change::Set { after, .. } if after.rights != before.rights => format!("narrowed with {name}"),
            Change::Set { .. } => format!("passed on when {name} went"),
        })
    }

    /// How the grant of `change` stood, and how it stands afterwards.
    fn told(&self, change: &Change) -> (Value, Option<Value>) {
        let before = change.before();
        let mut was = told(&before.rights);
        let mut is = match change {
            Change::Set { after, .. } => told(&after.rights),
            Change::End { .. } => json!({}),
        };
        if matches!(change, Change::Set { after, .. } if after.parent != before.parent) {
            let inviter = self.row(before.id).map_or("", |row| row.granted_by_name.as_str());
            set(&mut was, "invited_by", json!(inviter));
            set(&mut is, "invited_by", json!(self.adopter.1));
        }
        if let Some(note) = self.note.filter(|_| before.id == self.target) {
            set(&mut was, "note", json!(self.row(before.id).map_or("", |row| row.note.as_str())));
            set(&mut is, "note", json!(note));
        }
        if let Some(reason) = self.reason(change) {
            set(&mut is, "reason", json!(reason));
        }
        let says_something = is.as_object().is_some_and(|fields| !fields.is_empty());
        (was, says_something.then_some(is))
    }
}

/// Rights as the audit list keeps them.
pub(super) fn told(rights: &Rights) -> Value {
    json!({
        "scopes": rights.scopes,
        "endpoints": rights.endpoints,
        "reach": rights.reach.is_limited().then_some(rights.reach),
        "ends_at": rights.ends_at,
    })
}

pub(super) fn set(value: &mut Value, field: &str, to: Value) {
    if let Some(fields) = value.as_object_mut() {
        fields.insert(field.to_owned(), to);
    }
}

/// The permit's person as an editor of the forest: what they may hand out is what they may do with the credential
/// that they came with.
pub(super) fn editor(permit: &Permit) -> Editor {
    Editor { grant: permit.grant(), rights: *permit.rights() }
}

/// The grants that a change of `target` concerns: those above and below it, and those around the editor's own.
pub(super) async fn rows_around(conn: &mut Conn, permit: &Permit, target: GrantId) -> Result<Vec<GrantRow>> {
    let mut rows = grants::around(conn, permit, target).await?;
    if let Some(own) = permit.grant().filter(|own| rows.iter().all(|row| row.id != *own)) {
        for row in grants::around(conn, permit, own).await? {
            if rows.iter().all(|known| known.id != row.id) {
                rows.push(row);
            }
        }
    }
    Ok(rows)
}

/// Why the forest does not allow what the holder of `permit` asked for, and who could give them what they lack for it.
pub(super) async fn not_allowed(conn: &mut Conn, permit: &Permit, violation: &Violation) -> Error {
    match givers(conn, permit, violation).await {
        Ok(givers) => Error::violation(violation, permit.endpoint(), &givers),
        Err(error) => error,
    }
}

/// Who could give the holder of `permit` what `violation` says that they lack; nobody, if only their key lacks it.
async fn givers(conn: &mut Conn, permit: &Permit, violation: &Violation) -> Result<Vec<String>> {
    let (Violation::Exceeds(excess), Some(own)) = (violation, permit.grant()) else { return Ok(Vec::new()) };
    let Some(own) = grants::get(conn, permit, own).await? else { return Ok(Vec::new()) };
    let missing = excess.scopes.minus(own.scopes);
    let is_limited =
        (excess.endpoints && own.endpoints.is_some()) || (excess.reach && own.reach.is_limited());
    let ends_too_early = excess.longer_than.is_some() && excess.longer_than == own.ends_at;
    if missing.is_empty() && !is_limited && !ends_too_early {
        return Ok(Vec::new());
    }
    let app = AppRef { id: permit.app(), owner: permit.owner() };
    Ok(grants::givers(conn, app, missing).await?)
}

/// The forest that `rows` make.
pub(super) fn forest(rows: &[GrantRow]) -> Forest {
    rows.iter().map(GrantRow::member).collect()
}

impl Service {
    /// Asks as [`Self::permit`], and keeps everyone else from changing access to the app until the transaction ends.
    /// It is asked again once that holds: what the caller may hand out may have changed while waiting.
    pub(super) async fn permit_to_change_access(
        &self,
        tx: &mut WriteTx,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
    ) -> Result<Asked<Permit>> {
        self.permit_to_invite(tx, who, app, endpoint, &[]).await
    }

    /// The same, and keeps everyone from proving that one of `addresses` is theirs: an invitation to one that nobody
    /// has proved would otherwise wait for what has happened already.
    pub(super) async fn permit_to_invite(
        &self,
        tx: &mut WriteTx,
        who: &Who,
        app: &AppName,
        endpoint: Endpoint,
        addresses: &[Email],
    ) -> Result<Asked<Permit>> {
        let asked = self.permit(tx, who, app, endpoint, Conditions::NONE).await?;
        users::lock_addresses(tx, addresses).await?;
        grants::lock(tx, &asked.permit).await?;
        self.permit(tx, who, &AppName::Id(asked.permit.app()), endpoint, Conditions::NONE).await
    }

    /// Carries `plan` out: writes each change, ends the keys of those who lose their access, and tells of all of it
    /// in the audit list and to open pages.
    pub(super) async fn carry_out(
        &self,
        tx: &mut WriteTx,
        asked: &Asked<Permit>,
        origin: &Origin,
        plan: &Plan<'_>,
    ) -> Result<()> {
        let now = self.world.now();
        let permit = &asked.permit;
        for change in plan.changes {
            let before = change.before();
            grants::apply(tx, permit, change, plan.adopter.0, now).await?;
            if let (Change::Set { .. }, Some(note)) = (change, plan.note.filter(|_| before.id == plan.target))
            {
                grants::set_note(tx, permit, before.id, note).await?;
            }
            if let Some(user) = before.user {
                let rights = match change {
                    Change::Set { after, .. } => Some(&after.rights),
                    Change::End { .. } => None,
                };
                if rights.is_none() {
                    keys::revoke_in_app(tx, permit, user, now).await?;
                }
                self.retire(tx, permit, user, rights).await?;
                tx.announce(Event::Person(user));
            }
            let (was, is) = plan.told(change);
            let done = Done {
                app: Some(permit.app()),
                subject_id: before.user,
                before: Some(was),
                after: is,
                ..Done::new(plan.action(change), plan.holder(before.id))
            };
            self.audit(tx, Actor::in_app(asked, origin), &done);
        }
        tx.announce(Event::Access(permit.app()));
        Ok(())
    }
}
