//! Searching by likeness.
#![expect(
    missing_docs,
    reason = "the macro makes public fields of the arguments, which the functions describe"
)]

use leptos::prelude::*;
use leptos_router::location::Url;
use serde::{Deserialize, Serialize};

use super::{
    apps::{App, AppPlace},
    inputs::Input,
};
use crate::error::UiError;

/// The form by which a picture is brought along: see [`crate::form::FORM_FIELD`].
pub const ALIKE_FORM: &str = "alike";

/// What the page's address asks for: inputs that are like another one, or like a sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AskedAlike {
    /// The other input, by its identifier.
    pub input: String,
    /// The sentence.
    pub text: String,
    /// The filter that finds must pass, as its text.
    pub q: String,
    /// How many come before the first that is shown.
    pub skip: usize,
}

impl AskedAlike {
    /// What is like an input.
    pub fn input(slug: &str) -> Self {
        Self { input: slug.to_owned(), ..Self::default() }
    }

    /// Reads it, from what there is by each name.
    pub fn read(part: impl Fn(&str) -> String) -> Self {
        Self {
            input: part("input"),
            text: part("text"),
            q: part("q"),
            skip: part("skip").parse().unwrap_or_default(),
        }
    }

    /// The page in `app` that shows it.
    pub fn address(&self, app: &App) -> String {
        self.at(&format!("/{}/{}/alike", app.owner, app.slug))
    }

    fn at(&self, here: &str) -> String {
        let skip = if self.skip > 0 { self.skip.to_string() } else { String::new() };
        let parts = [("input", &self.input), ("text", &self.text), ("q", &self.q), ("skip", &skip)];
        let given = parts.into_iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<String> =
            given.map(|(name, value)| format!("{name}={}", Url::escape(value))).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{here}{mark}{}", query.join("&"))
    }
}

/// What inputs are to be like, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AlikeTo {
    /// Nothing was asked for yet.
    Nothing,
    /// Another input.
    Input(Box<Input>),
    /// A sentence.
    Text(String),
    /// A picture that was brought along, by the name of its file.
    Picture(String),
}

/// What is like something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlikeInputs {
    /// Where it stands.
    pub place: AppPlace,
    /// What they are to be like.
    pub to: AlikeTo,
    /// The filter in its own words; empty, if there is none.
    pub filter: String,
    /// What is wrong with what was asked for.
    pub wrong: Option<String>,
    /// Whether it is known what the input that they are to be like is like.
    pub is_known: bool,
    /// How many inputs of the app were not looked at yet.
    pub waiting: i64,
    /// The likest, each with how alike it is, up to 1.
    pub inputs: Vec<(Input, f32)>,
    /// How many come before the next that are shown, if there are more.
    pub next: Option<usize>,
}

/// The inputs of an app that are most like what is asked for, as the public models see them.
///
/// # Errors
/// [`UiError::NotFound`] to strangers, or if there is no such input; [`UiError::Forbidden`] without the right to search.
#[server(name = GetAlikeInputs, prefix = "/api", endpoint = "inputs/alike")]
pub async fn get_alike_inputs(
    owner: String,
    app: String,
    #[server(default)] asked: AskedAlike,
) -> Result<AlikeInputs, UiError> {
    server::alike(&owner, &app, asked).await
}

#[cfg(feature = "ssr")]
#[path = "alike_server.rs"]
mod server;
#[cfg(feature = "ssr")]
pub use server::BroughtPicture;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back() {
        assert_eq!(AskedAlike::default().at("/ada/signs/alike"), "/ada/signs/alike");
        let (text, q) = ("a dog & a cat".to_owned(), "medium(image)".to_owned());
        let asked = AskedAlike { text, q, skip: 48, ..AskedAlike::default() };
        assert_eq!(asked.at("/x"), "/x?text=a%20dog%20%26%20a%20cat&q=medium%28image%29&skip=48");
        let read = AskedAlike::read(|name| match name {
            "text" => "a dog & a cat".to_owned(),
            "q" => "medium(image)".to_owned(),
            "skip" => "48".to_owned(),
            _ => String::new(),
        });
        assert_eq!(read, asked);
    }
}
