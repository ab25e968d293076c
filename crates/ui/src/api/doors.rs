//! Which questions each server function asks, of the closed table of endpoints.
//!
//! The server mounts exactly these: a function that is not here is not reached, and a test asks each of them as everybody
//! who must be refused.

use atelier_domain::Endpoint::{self, *};
use atelier_domain::{Scope, ScopeSet};
use leptos::server_fn::ServerFn;

use super::{
    account, alike, annotations, apps, audit, batches, calls, collaborators, collectors, concepts, datasets,
    explorer, identity, inputs, invitations, keys, models, passkeys, progress, second_factor, tasks, vocabs,
};

/// A server function.
#[derive(Clone, Copy, Debug)]
pub struct Door {
    /// Its path.
    pub path: &'static str,
    /// All that it asks, whatever it is called with; the first is what it is for.
    pub asks: &'static [Endpoint],
    /// What that needs further, because of what it always asks for.
    pub also: ScopeSet,
}

impl Door {
    /// The same, which needs these as well.
    const fn also(mut self, scopes: &[Scope]) -> Self {
        self.also = ScopeSet::of(scopes);
        self
    }
}

const fn door<S: ServerFn>(asks: &'static [Endpoint]) -> Door {
    Door { path: S::PATH, asks, also: ScopeSet::EMPTY }
}

/// Every server function.
pub const DOORS: &[Door] = &[
    door::<account::GetAccount>(&[ViewAccount, ListSessions]),
    door::<account::ChangeName>(&[ChangeProfile]),
    door::<account::AddAddress>(&[AddEmailAddress]),
    door::<account::RemoveAddress>(&[RemoveEmailAddress]),
    door::<account::MakePrimary>(&[MakeEmailAddressPrimary]),
    door::<account::ResendVerification>(&[ResendVerification]),
    door::<account::EndSession>(&[EndSession]),
    door::<account::DisconnectIdentity>(&[DisconnectIdentity]),
    door::<account::ConfirmPassword>(&[ConfirmPassword]),
    door::<account::ChangePassword>(&[ChangePassword]),
    door::<annotations::GetHistory>(&[ListAnnotations, ListConcepts, ViewApp]),
    door::<annotations::AddMark>(&[PostAnnotations, ListConcepts, ListAnnotations]),
    door::<annotations::AddRegion>(&[PostAnnotations]),
    door::<annotations::ChangeRegion>(&[PatchAnnotations, GetAnnotation]),
    door::<annotations::RemoveMark>(&[DeleteAnnotation, GetAnnotation]),
    door::<annotations::PutBackMark>(&[PostAnnotations]),
    door::<apps::ListApps>(&[ListApps]),
    door::<apps::ListCollaborations>(&[ListCollaborations]),
    door::<apps::GetApp>(&[ViewApp]),
    door::<apps::GetOverview>(&[ViewApp]),
    door::<apps::GetAppSettings>(&[ViewApp]),
    door::<apps::CreateApp>(&[PostApps]),
    door::<apps::ChangeApp>(&[PatchApp]),
    door::<apps::DeleteApp>(&[DeleteApp]),
    door::<apps::RestoreApp>(&[RestoreApp]),
    door::<audit::ListAppAudit>(&[ListAppAudit, ViewApp]),
    door::<audit::ListOwnAudit>(&[PostAuditLogSearches]),
    door::<calls::ListCalls>(&[ViewApp, ListKeys]),
    door::<collaborators::ListPeople>(&[ListCollaborators]),
    door::<collaborators::GetPerson>(&[ListCollaborators]),
    door::<collaborators::AddPeople>(&[PostCollaborators]),
    door::<collaborators::CheckPeople>(&[CheckInvitees]),
    door::<collaborators::EditPerson>(&[PatchCollaborators, ListCollaborators]),
    door::<collaborators::PreviewEdit>(&[PreviewCollaborators, ListCollaborators]),
    door::<collaborators::PreviewRemoval>(&[PreviewCollaborators]),
    door::<collaborators::RemovePerson>(&[DeleteCollaborators, ListCollaborators]),
    door::<collaborators::ResendInvitation>(&[ResendInvitation]),
    door::<collaborators::CancelInvitation>(&[CancelInvitation]),
    door::<collaborators::LeaveApp>(&[LeaveApp]),
    door::<collectors::ListCollectors>(&[ListCollectors, ViewApp]),
    door::<collectors::GetCollector>(&[GetCollector, ViewApp]),
    door::<collectors::AddCollector>(&[PostCollectors]),
    door::<collectors::ChangeCollector>(&[PatchCollectors]),
    door::<collectors::SetCollectorStanding>(&[PatchCollectors]),
    door::<collectors::DeleteCollector>(&[DeleteCollectors]),
    door::<collectors::MakeCollectorKey>(&[PostKeys, PostCollectorInputs, GetApp, ViewApp]),
    door::<concepts::ListConcepts>(&[GetConceptCounts, ViewApp]),
    door::<concepts::AddConcept>(&[PostConcepts]),
    door::<concepts::GetConcept>(&[
        GetConcept,
        ListConceptLanguages,
        ListConceptRelations,
        ListConcepts,
        ViewApp,
    ]),
    door::<concepts::ChangeConcept>(&[PatchConcepts, GetConcept]),
    door::<concepts::AddConceptName>(&[PostConceptLanguages]),
    door::<concepts::RemoveConceptName>(&[PatchConceptLanguages]),
    door::<concepts::RelateConcept>(&[PostConceptRelations, ListConcepts, GetConcept]),
    door::<concepts::UnrelateConcept>(&[DeleteConceptRelations]),
    door::<concepts::MergeConcept>(&[MergeConcepts, ListConcepts, GetConcept]),
    door::<concepts::DeleteConcept>(&[DeleteConcepts]),
    door::<datasets::ListDatasets>(&[ListDatasets, ViewApp]),
    door::<datasets::GetDataset>(&[
        GetDataset,
        ListDatasetInputs,
        ListDatasetVersions,
        ListConcepts,
        ViewApp,
    ]),
    door::<datasets::AddDataset>(&[PostDatasets]),
    door::<datasets::ChangeDataset>(&[PatchDatasets]),
    door::<datasets::PutIntoDataset>(&[PostDatasetInputs]),
    door::<datasets::TakeOutOfDataset>(&[DeleteDatasetInputs]),
    door::<datasets::FreezeDataset>(&[PostDatasetVersions]),
    door::<datasets::DeleteDatasetVersion>(&[DeleteDatasetVersions]),
    door::<datasets::DeleteDataset>(&[DeleteDatasets]),
    door::<identity::GetPerson>(&[ViewAccount]),
    door::<identity::RequirePerson>(&[ViewAccount]),
    door::<identity::SignIn>(&[SignIn]),
    door::<identity::ListWaysIn>(&[ListProviders]),
    door::<identity::GetWaiting>(&[SignInByProvider]),
    door::<identity::ConnectByPassword>(&[SignInByProvider]),
    door::<identity::ConnectIdentity>(&[ConnectIdentity]),
    door::<identity::CompleteSignIn>(&[CompleteSignIn]),
    door::<identity::UseRecoveryCode>(&[CompleteSignIn]),
    door::<identity::SignOut>(&[SignOut]),
    door::<identity::SignUp>(&[SignUp]),
    door::<identity::FirstAccount>(&[MakeFirstAccount]),
    door::<identity::AskReset>(&[RequestPasswordReset]),
    door::<identity::ChoosePassword>(&[ResetPassword]),
    door::<identity::VerifyAddress>(&[VerifyEmailAddress]),
    door::<inputs::ListInputs>(&[ListInputs, ViewApp]),
    door::<inputs::ListMoreInputs>(&[ListInputs, ListConcepts]),
    door::<inputs::GetInput>(&[GetInput, ViewApp]),
    door::<alike::GetAlikeInputs>(&[PostInputsSearches, ListConcepts, ViewApp]),
    door::<inputs::DeleteInput>(&[DeleteInput]),
    // What else is done to inputs asks for more: tests of the operations see to that.
    door::<batches::BeginBatch>(&[PostAnnotations, ListConcepts]),
    door::<batches::CancelBatch>(&[ListInputs]),
    door::<batches::UndoBatch>(&[ListInputs, DeleteAnnotations]),
    door::<batches::ListBatches>(&[ListInputs, ListConcepts]),
    door::<explorer::SaveView>(&[PostInputsSearches]).also(&[Scope::SavedSearchAdd, Scope::SavedSearchGet]),
    door::<explorer::ForgetView>(&[DeleteSearch]),
    door::<invitations::GetInvitation>(&[VerifyEmailAddress]),
    door::<invitations::AcceptInvitation>(&[ViewAccount]),
    door::<keys::ListKeys>(&[ListKeys]),
    door::<keys::GetKey>(&[GetKey]),
    door::<keys::ListKeyPlaces>(&[ListApps, ListCollaborations]),
    door::<keys::MakeKey>(&[PostKeys]),
    door::<keys::OpenKey>(&[RevealKey]),
    door::<keys::RotateKey>(&[RotateKey]),
    door::<keys::ReportLeaked>(&[ReportLeakedKey]),
    door::<keys::RevokeKey>(&[DeleteKey]),
    door::<models::ListModels>(&[ListModels, ViewApp]),
    door::<models::GetModel>(&[GetModel, ListModelConcepts, ViewApp]),
    door::<passkeys::AskPasskeyToSignIn>(&[SignInByPasskey]),
    door::<passkeys::SignInByPasskey>(&[SignInByPasskey]),
    door::<passkeys::AskForPasskey>(&[AddPasskey]),
    door::<passkeys::AddPasskey>(&[AddPasskey]),
    door::<passkeys::RemovePasskey>(&[RemovePasskey]),
    door::<passkeys::AskPasskeyToProve>(&[ProveByPasskey]),
    door::<passkeys::ProveByPasskey>(&[ProveByPasskey]),
    door::<second_factor::GetSecondFactor>(&[ViewAccount]),
    door::<second_factor::SetUpAuthenticator>(&[SetUpAuthenticator]),
    door::<second_factor::ConfirmAuthenticator>(&[ConfirmAuthenticator]),
    door::<second_factor::MakeRecoveryCodes>(&[MakeRecoveryCodes]),
    door::<second_factor::RemoveSecondFactor>(&[RemoveSecondFactor]),
    door::<tasks::ListTasks>(&[ListTasks, ViewApp]),
    door::<tasks::GetTaskMaterial>(&[ViewApp]),
    door::<tasks::AddTask>(&[PostTasks, ListConcepts]),
    door::<tasks::GetTask>(&[GetTask, ViewApp]),
    door::<tasks::SetTaskStanding>(&[PatchTasks]),
    door::<tasks::DeleteTask>(&[DeleteTasks]),
    door::<progress::GetTaskProgress>(&[ViewTaskProgress, ViewApp]),
    door::<progress::GetAppProgress>(&[ViewTaskProgress, ViewApp, ListConcepts]),
    door::<tasks::GetWork>(&[ListNextTaskAssignments, GetTask, ListAnnotations, ViewApp]),
    door::<tasks::SubmitLabels>(&[PutTaskAssignments, ListAnnotations, PostAnnotations]),
    door::<tasks::SubmitRegions>(&[PutTaskAssignments, ListAnnotations, PostAnnotations]),
    door::<tasks::SkipInput>(&[PutTaskAssignments]).also(&[Scope::AnnotationsAdd]),
    door::<tasks::ReviewLabels>(&[PutTaskAssignments]),
    door::<vocabs::ListVocabs>(&[ListVocabs, ViewApp]),
    door::<vocabs::GetVocab>(&[GetVocab, ListConcepts, ViewApp]),
    door::<vocabs::AddVocab>(&[PostVocabs, ListConcepts]),
    door::<vocabs::ChangeVocab>(&[PatchVocabs]),
    door::<vocabs::AddToVocab>(&[PatchVocabs, ListConcepts]),
    door::<vocabs::RemoveFromVocab>(&[PatchVocabs]),
    door::<vocabs::MoveInVocab>(&[PatchVocabs]),
    door::<vocabs::DeleteVocab>(&[DeleteVocabs]),
];
