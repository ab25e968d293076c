//! Apps: make, list, look at, change, delete, restore; what can be called in them.

mod calls;
mod change;
mod create;
mod delete;
mod follow;
mod get;
mod list;
mod resources;

pub use atelier_store::queries::apps::{AppRow, SharedAppRow};
pub use atelier_store::queries::resources::{CountsRow, WorkerRow};
pub use calls::{Call, Calls};
pub use change::ChangeApp;
pub use create::CreateApp;
pub use delete::RESTORABLE;
pub use follow::{Following, News};
pub use list::{AppsPage, SharedAppsPage};
