//! The audit list: what was done to access, and what was taken away of the data, by whom, with before and after.

mod check;
mod export;
mod fault;
mod list;
mod root;
mod search;
mod verify;

use atelier_domain::Permit;
use atelier_domain::id::{AuditId, KeyId, UserId};
use atelier_store::WriteTx;
use atelier_store::queries::audit::{NewEntry, add};
use serde_json::Value;

pub use atelier_store::chain::Link;
pub use atelier_store::queries::audit_chain::{LinkedRow, Wanted};
pub use atelier_store::queries::audit_search::{FoundRow, Search};
pub use check::{Checked, Checker, Found};
pub use export::Export;
pub use fault::{Fault, Source, Told};
pub use list::{AuditEntry, AuditFilter, AuditPage};
pub use root::{AuditKey, PublicKey, Root, Signed};
pub use verify::{Expected, Verified};

use crate::{Asked, AskedOwn, Origin, Service};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the name under which it is listed")]
pub enum Action {
    SignedUp,
    SignedIn,
    SignInFailed,
    AddressAdded,
    AddressVerified,
    AddressRemoved,
    PasswordChanged,
    IdentityConnected,
    IdentityDisconnected,
    PasskeyAdded,
    PasskeyRefused,
    PasskeyRemoved,
    SecondFactorAdded,
    SecondFactorRefused,
    SecondFactorRemoved,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    SessionEnded,
    AppCreated,
    AppChanged,
    AppDeleted,
    AppRestored,
    CollaboratorAdded,
    CollaboratorInvited,
    CollaboratorJoined,
    CollaboratorChanged,
    CollaboratorRemoved,
    CollaboratorLeft,
    InvitationResent,
    InvitationCanceled,
    InvitationLapsed,
    KeyCreated,
    KeyOpened,
    KeyChanged,
    KeyRotated,
    KeyRevoked,
    KeyReportedLeaked,
    KeyReused,
    DatasetsDeleted,
    DatasetInputsRemoved,
    DatasetVersionsDeleted,
    DatasetVersionExported,
    InputsDeleted,
    AnnotationsDeleted,
    AnnotationsOverwritten,
    AnnotationsRestored,
    ConceptsDeleted,
    ConceptsMerged,
    VocabsDeleted,
    SearchChanged,
    SearchDeleted,
    TasksDeleted,
    ModelsDeleted,
    ModelVersionsDeleted,
    ModelShared,
    ModelWithdrawn,
    CollectorCreated,
    CollectorChanged,
    CollectorStopped,
    CollectorsDeleted,
    WorkflowsDeleted,
    WorkflowVersionsDeleted,
}

impl Action {
    /// The name under which it is listed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SignedUp => "account.created",
            Self::SignedIn => "session.started",
            Self::SignInFailed => "session.refused",
            Self::SessionEnded => "session.ended",
            Self::AddressAdded => "address.added",
            Self::AddressVerified => "address.verified",
            Self::AddressRemoved => "address.removed",
            Self::PasswordChanged => "password.changed",
            Self::IdentityConnected => "identity.connected",
            Self::IdentityDisconnected => "identity.disconnected",
            Self::PasskeyAdded => "passkey.added",
            Self::PasskeyRefused => "passkey.refused",
            Self::PasskeyRemoved => "passkey.removed",
            Self::SecondFactorAdded => "second_factor.added",
            Self::SecondFactorRefused => "second_factor.refused",
            Self::SecondFactorRemoved => "second_factor.removed",
            Self::RecoveryCodesMade => "recovery_codes.made",
            Self::RecoveryCodeUsed => "recovery_codes.used",
            Self::AppCreated => "app.created",
            Self::AppChanged => "app.changed",
            Self::AppDeleted => "app.deleted",
            Self::AppRestored => "app.restored",
            Self::CollaboratorAdded => "collaborator.added",
            Self::CollaboratorInvited => "collaborator.invited",
            Self::CollaboratorJoined => "collaborator.joined",
            Self::CollaboratorChanged => "collaborator.changed",
            Self::CollaboratorRemoved => "collaborator.removed",
            Self::CollaboratorLeft => "collaborator.left",
            Self::InvitationResent => "invitation.resent",
            Self::InvitationCanceled => "invitation.canceled",
            Self::InvitationLapsed => "invitation.lapsed",
            Self::KeyCreated => "key.created",
            Self::KeyOpened => "key.opened",
            Self::KeyChanged => "key.changed",
            Self::KeyRotated => "key.rotated",
            Self::KeyRevoked => "key.revoked",
            Self::KeyReportedLeaked => "key.reported_leaked",
            Self::KeyReused => "key.reused",
            Self::DatasetsDeleted => "dataset.deleted",
            Self::DatasetInputsRemoved => "dataset_input.removed",
            Self::DatasetVersionsDeleted => "dataset_version.deleted",
            Self::DatasetVersionExported => "dataset_version.exported",
            Self::InputsDeleted => "input.deleted",
            Self::AnnotationsDeleted => "annotation.deleted",
            Self::AnnotationsOverwritten => "annotation.overwritten",
            Self::AnnotationsRestored => "annotation.restored",
            Self::ConceptsDeleted => "concept.deleted",
            Self::ConceptsMerged => "concept.merged",
            Self::VocabsDeleted => "vocab.deleted",
            Self::SearchChanged => "search.changed",
            Self::SearchDeleted => "search.deleted",
            Self::TasksDeleted => "task.deleted",
            Self::ModelsDeleted => "model.deleted",
            Self::ModelVersionsDeleted => "model_version.deleted",
            Self::ModelShared => "model.shared",
            Self::ModelWithdrawn => "model.withdrawn",
            Self::CollectorCreated => "collector.created",
            Self::CollectorChanged => "collector.changed",
            Self::CollectorStopped => "collector.stopped",
            Self::CollectorsDeleted => "collector.deleted",
            Self::WorkflowsDeleted => "workflow.deleted",
            Self::WorkflowVersionsDeleted => "workflow_version.deleted",
        }
    }
}

/// Who did something, as an entry keeps it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Actor<'a> {
    pub(crate) id: Option<UserId>,
    pub(crate) name: &'a str,
    pub(crate) key: Option<KeyId>,
    pub(crate) origin: &'a Origin,
}

impl<'a> Actor<'a> {
    pub(crate) fn in_app(asked: &'a Asked<Permit>, origin: &'a Origin) -> Self {
        Self { id: Some(asked.permit.user()), name: &asked.name, key: asked.permit.key(), origin }
    }

    pub(crate) fn of_account(asked: &'a AskedOwn, origin: &'a Origin) -> Self {
        let key = asked.permit.credential().key();
        Self { id: Some(asked.permit.user()), name: &asked.name, key, origin }
    }
}

/// What was done, to whom, and how it stood before and afterwards.
#[derive(Clone, Debug)]
pub(crate) struct Done<'a> {
    pub(crate) action: Action,
    pub(crate) app: Option<atelier_domain::id::AppId>,
    pub(crate) subject_id: Option<UserId>,
    pub(crate) subject: &'a str,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

impl<'a> Done<'a> {
    /// `action`, done to `subject`.
    pub(crate) fn new(action: Action, subject: &'a str) -> Self {
        Self { action, app: None, subject_id: None, subject, before: None, after: None }
    }
}

impl Service {
    /// Tells in the audit list, in the transaction of what it tells of: its commit writes the entry.
    pub(crate) fn audit(&self, tx: &mut WriteTx, actor: Actor<'_>, done: &Done<'_>) {
        let now = self.world.now();
        let entry = NewEntry {
            id: AuditId::new(now, &self.world.salt()),
            app: done.app,
            actor_id: actor.id,
            actor: actor.name,
            key: actor.key,
            action: done.action.name(),
            subject_id: done.subject_id,
            subject: done.subject,
            before: done.before.as_ref(),
            after: done.after.as_ref(),
            address: &actor.origin.address,
            user_agent: &actor.origin.user_agent,
        };
        add(tx, &entry, now);
    }
}
