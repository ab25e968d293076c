//! What the list of inputs is asked for by its address, and what it says of that.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use leptos::prelude::*;
use leptos_router::location::Url;
use serde::{Deserialize, Serialize};

use crate::error::{FieldError, UiError};

/// What the address of the list asks for. The filter is a text in `q`, so that the address is the view; what is given in
/// the other fields is added to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The filter, as its text.
    pub q: String,
    /// `oldest`, if the oldest come first; else the newest do.
    pub order: String,
    /// `list` for rows; else there are cards.
    pub view: String,
    /// The last input that is known already: only those behind it are wanted.
    pub after: String,
    /// A kind of input.
    pub kind: String,
    /// A concept, by its identifier or its name.
    pub concept: String,
    /// `no`, if that is said not to be there; else it is.
    pub there: String,
    /// Whose annotation it is, by their slug.
    pub by: String,
    /// Where an input or an annotation stands, by the wire's number.
    pub status: String,
    /// A dataset, by its identifier.
    pub dataset: String,
    /// The keys that lead to a value that clients keep with the input, between slashes.
    pub key: String,
    /// How it compares, by its name in filters; nothing, if it is enough that it is there.
    pub compare: String,
    /// With what it is compared.
    pub value: String,
    /// The first day on which it was added, UTC.
    pub from: String,
    /// The last day on which it was added, UTC.
    pub until: String,
    /// How many degrees north the middle of a circle lies in which it was made.
    pub latitude: String,
    /// How many degrees east.
    pub longitude: String,
    /// How many kilometers the circle reaches from there.
    pub km: String,
    /// Something, if nobody said anything of it.
    pub unsaid: String,
    /// Words of a text.
    pub words: String,
    /// The identifier of one input.
    pub id: String,
}

impl Asked {
    /// The fields that are added to the filter, each with its name in addresses.
    fn added(&self) -> [(&'static str, &str); 17] {
        [
            ("kind", &self.kind),
            ("concept", &self.concept),
            ("there", &self.there),
            ("by", &self.by),
            ("status", &self.status),
            ("dataset", &self.dataset),
            ("key", &self.key),
            ("compare", &self.compare),
            ("value", &self.value),
            ("from", &self.from),
            ("until", &self.until),
            ("latitude", &self.latitude),
            ("longitude", &self.longitude),
            ("km", &self.km),
            ("unsaid", &self.unsaid),
            ("words", &self.words),
            ("id", &self.id),
        ]
    }

    /// Reads it, from what there is by each name.
    pub fn read(part: impl Fn(&str) -> String) -> Self {
        Self {
            q: part("q"),
            order: part("order"),
            view: part("view"),
            after: part("after"),
            kind: part("kind"),
            concept: part("concept"),
            there: part("there"),
            by: part("by"),
            status: part("status"),
            dataset: part("dataset"),
            key: part("key"),
            compare: part("compare"),
            value: part("value"),
            from: part("from"),
            until: part("until"),
            latitude: part("latitude"),
            longitude: part("longitude"),
            km: part("km"),
            unsaid: part("unsaid"),
            words: part("words"),
            id: part("id"),
        }
    }

    /// Whether something is to be added to the filter. How something compares is nothing by itself.
    pub fn adds(&self) -> bool {
        let alone = ["there", "compare"];
        self.added().into_iter().any(|(name, value)| !value.trim().is_empty() && !alone.contains(&name))
    }

    /// Whether anything is left out.
    pub fn is_filtered(&self) -> bool {
        self.adds() || !self.q.trim().is_empty()
    }

    /// The same view, with this filter and nothing that is to be added to it, from its beginning.
    #[must_use]
    pub fn with(&self, q: &str) -> Self {
        Self { q: q.to_owned(), order: self.order.clone(), view: self.view.clone(), ..Self::default() }
    }

    /// The same, behind this input.
    #[must_use]
    pub fn behind(&self, after: &str) -> Self {
        Self { after: after.to_owned(), ..self.clone() }
    }

    /// Its address at `path`.
    pub fn address(&self, path: &str) -> String {
        let own =
            [("q", self.q.as_str()), ("order", &self.order), ("view", &self.view), ("after", &self.after)];
        let given = own.into_iter().chain(self.added()).filter(|(_, value)| !value.is_empty());
        let query: Vec<_> = given.map(|(name, value)| format!("{name}={}", Url::escape(value))).collect();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
    }
}

/// A part of the filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterPart {
    /// What it asks for, in words.
    pub words: String,
    /// The filter without it.
    pub without: String,
}

/// A search that the app keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// Its identifier.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// Its filter, as its text.
    pub q: String,
    /// Whether the oldest come first.
    pub oldest_first: bool,
}

/// What can be filtered, and what is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The filter, as its text.
    pub q: String,
    /// Its parts, all of which hold of what is shown.
    pub parts: Vec<FilterPart>,
    /// What is wrong with what was asked for: then nothing was looked for.
    pub wrong: Vec<FieldError>,
    /// How many match; none, if that was not counted.
    pub found: Option<usize>,
    /// Those whose annotations can be asked for, by slug and name. The person themselves comes first.
    pub people: Vec<(String, String)>,
    /// The datasets that can be asked for.
    pub datasets: Vec<String>,
    /// The searches that the app keeps; none, if the person may not see them.
    pub saved: Option<Vec<SavedView>>,
    /// Why the person cannot save a view, if they cannot.
    pub no_saving: Option<String>,
    /// Whether they may delete those that are saved.
    pub can_forget: bool,
}

/// How many matches are counted: of more it is only said that there are more.
pub const COUNTED: usize = 10_000;

/// A number as people write it: 12,345.
pub fn number(number: usize) -> String {
    let digits = number.to_string();
    let mut written = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// Keeps a view under a name, for everybody who may see what the app keeps.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::Conflict`] if there is one of that name.
#[server(name = SaveView, prefix = "/api", endpoint = "inputs/save-view")]
pub async fn save_view(
    owner: String,
    app: String,
    name: String,
    #[server(default)] q: String,
    #[server(default)] order: String,
) -> Result<(), UiError> {
    server::save(&owner, &app, name, &q, &order).await
}

/// Deletes a view that is kept, and nothing that it shows.
///
/// # Errors
/// [`UiError::Forbidden`] without the right to, [`UiError::NotFound`] if there is none.
#[server(name = ForgetView, prefix = "/api", endpoint = "inputs/forget-view")]
pub async fn forget_view(owner: String, app: String, saved: String) -> Result<(), UiError> {
    server::forget(&owner, &app, &saved).await
}

#[cfg(feature = "ssr")]
#[path = "explorer_server.rs"]
pub(super) mod server;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back() {
        let asked = Asked {
            q: "said(concept:'stop sign')".into(),
            words: "a&b=c".into(),
            order: "oldest".into(),
            ..Asked::default()
        };
        let address = asked.address("/ana/tea/inputs");
        assert_eq!(
            address,
            "/ana/tea/inputs?q=said%28concept%3A%27stop%20sign%27%29&order=oldest&words=a%26b%3Dc"
        );
        assert!(asked.adds() && !asked.with("").is_filtered());
        assert_eq!(Asked::default().address("/x"), "/x");
        assert!(!Asked { compare: "is".into(), there: "no".into(), ..Asked::default() }.adds());
        let fields = [("q", "id(a)"), ("until", "2026-01-02")];
        let read = Asked::read(|name| {
            fields
                .iter()
                .find(|(known, _)| *known == name)
                .map_or(String::new(), |(_, value)| (*value).into())
        });
        assert_eq!(read, Asked { q: "id(a)".into(), until: "2026-01-02".into(), ..Asked::default() });
    }

    #[test]
    fn numbers_are_written_in_groups_of_three() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
    }
}
