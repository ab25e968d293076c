//! Collaborators: invite, list, change, remove, leave; and the invitations that nobody has taken up yet.

mod add;
mod check;
mod edit;
mod find;
mod invitations;
mod leave;
mod list;
mod mail;
mod plan;
mod remove;
mod take_up;

pub use add::{AddCollaborators, Added, Invitee, NOTE, PEOPLE};
/// How many collaborators an app has, and how many invitations wait.
pub use atelier_store::queries::grants::Counts;
/// Which collaborators to list.
pub use atelier_store::queries::grants::Filter;
/// A collaborator or a pending invitation, with the people concerned.
pub use atelier_store::queries::grants::GrantRow;
/// Somebody who brought others into an app.
pub use atelier_store::queries::grants::InviterRow;
pub use edit::EditCollaborator;
pub use find::NamedCollaborator;
pub use invitations::{INVITATION, Invited};
pub use list::CollaboratorsPage;
pub use plan::{Preview, PreviewLine};
