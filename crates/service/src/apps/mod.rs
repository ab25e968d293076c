//! Apps: make, list, look at, change, delete, restore.

mod change;
mod create;
mod delete;
mod follow;
mod get;
mod list;

pub use atelier_store::queries::apps::{AppRow, SharedAppRow};
pub use change::ChangeApp;
pub use create::CreateApp;
pub use delete::RESTORABLE;
pub use follow::{Following, News};
pub use list::{AppsPage, SharedAppsPage};
