//! Validated values: parsed once at the edge, valid wherever they are seen afterwards.

use std::fmt;
use std::str::FromStr;

/// Why a text is not a valid value, in words that follow the field's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidValue {
    /// Nothing was given.
    #[error("must not be empty")]
    Empty,
    /// It is too long.
    #[error("must have at most {0} characters")]
    TooLong(usize),
    /// It has a character that is not allowed.
    #[error("must not contain `{0}`")]
    Character(char),
    /// It is reserved.
    #[error("`{0}` is reserved")]
    Reserved(String),
    /// It is not an e-mail address.
    #[error("`{0}` is not an e-mail address")]
    NotAnAddress(String),
    /// It starts or ends with a character that is not allowed there.
    #[error("must start and end with a letter or digit")]
    Edge,
    /// It is no colour.
    #[error("must be a colour such as `#2a7f9e`, not `{0}`")]
    NotAColor(String),
    /// It is no key that a concept can have.
    #[error("must be one digit, or one letter that the page itself does not use")]
    NotAShortcut,
}

macro_rules! text_value {
    ($(#[$doc:meta])+ $name:ident = $check:path;) => {
        $(#[$doc])+
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, InvalidValue> {
                $check(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

text_value! {
    /// An e-mail address, in lower case: two spellings of one mailbox are one address here.
    Email = email;
}
text_value! {
    /// The name of a user or an app in addresses: letters, digits, `-` and `_`, at most 64 of them.
    Slug = slug;
}
text_value! {
    /// The identifier of an input, concept or annotation, as clients choose it: up to 128 characters, none of which
    /// is a slash, a control character or white space at an edge.
    ResourceId = resource_id;
}
text_value! {
    /// What a person or an app is called: one line of up to 100 characters.
    DisplayName = display_name;
}

text_value! {
    /// A colour as HTML writes it: `#2a7f9e`, in lower case.
    Color = color;
}
text_value! {
    /// The key that says a concept while one annotates: a digit, or a letter that moves nothing itself.
    Shortcut = shortcut;
}
text_value! {
    /// The tag of a language, such as `en` or `pt-BR`.
    Language = language;
}

impl Color {
    /// Colours that are told apart on light and on dark ground, also by those who see red and green alike.
    const PALETTE: [&'static str; 12] = [
        "#c8503c", "#2a7f9e", "#8a5fbf", "#3f8f4f", "#b8741a", "#b0478f", "#4a6fd0", "#78801f", "#a05a2c",
        "#1f8f85", "#7b6b8d", "#d0577a",
    ];

    /// The colour of what nobody chose one for, by its place in an order: neighbours differ.
    #[must_use]
    pub fn of_place(place: usize) -> Self {
        let color = Self::PALETTE.get(place % Self::PALETTE.len()).copied().unwrap_or("#2a7f9e");
        Self(color.to_owned())
    }
}

fn bounded(text: &str, most: usize) -> Result<&str, InvalidValue> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InvalidValue::Empty);
    }
    if text.chars().count() > most {
        return Err(InvalidValue::TooLong(most));
    }
    match text.chars().find(|c| c.is_control()) {
        Some(c) => Err(InvalidValue::Character(c)),
        None => Ok(text),
    }
}

fn email(text: &str) -> Result<String, InvalidValue> {
    let typed = bounded(text, 254)?;
    let wrong = || InvalidValue::NotAnAddress(typed.into());
    // What is kept is checked, not what was typed: some letters become two characters in lower case.
    let text = typed.to_lowercase();
    let (local, host) = text.rsplit_once('@').ok_or_else(wrong)?;
    let atom = |c: char| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
    let dotted = |part: &str, ok: &dyn Fn(char) -> bool| {
        part.split('.').all(|label| !label.is_empty() && label.chars().all(ok))
    };
    let label_edges =
        |host: &str| host.split('.').all(|label| !label.starts_with('-') && !label.ends_with('-'));
    let host_ok =
        host.contains('.') && dotted(host, &|c| c.is_alphanumeric() || c == '-') && label_edges(host);
    if local.len() > 64 || !dotted(local, &atom) || !host_ok {
        return Err(wrong());
    }
    Ok(text)
}

fn slug(text: &str) -> Result<String, InvalidValue> {
    let text = bounded(text, 64)?;
    if let Some(c) = text.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-' && *c != '_') {
        return Err(InvalidValue::Character(c));
    }
    let edge_ok = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if !edge_ok(text.chars().next()) || !edge_ok(text.chars().next_back()) {
        return Err(InvalidValue::Edge);
    }
    // `me` is the caller on the wire; `clarifai` is where clients look for the public catalogue; the others are
    // words of our own addresses.
    // Words of our own addresses, and names that would be taken for ours.
    const RESERVED: [&str; 20] = [
        "me",
        "clarifai",
        "atelier",
        "ids",
        "searches",
        "new",
        "account",
        "apps",
        "events",
        "pictures",
        "upload",
        "api",
        "v2",
        "invitation",
        "reset",
        "verify",
        "leaked",
        "collaborations",
        "sign-in",
        "sign-up",
    ];
    if RESERVED.contains(&text.to_ascii_lowercase().as_str()) {
        return Err(InvalidValue::Reserved(text.into()));
    }
    Ok(text.into())
}

fn resource_id(text: &str) -> Result<String, InvalidValue> {
    let text = bounded(text, 128)?;
    match text.chars().find(|c| ['/', '\\', '?', '#'].contains(c)) {
        Some(c) => Err(InvalidValue::Character(c)),
        None => Ok(text.into()),
    }
}

fn display_name(text: &str) -> Result<String, InvalidValue> {
    bounded(text, 100).map(Into::into)
}

fn color(text: &str) -> Result<String, InvalidValue> {
    let text = text.trim();
    let digits = text.strip_prefix('#').unwrap_or_default();
    if digits.len() != 6 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(InvalidValue::NotAColor(text.chars().take(20).collect()));
    }
    Ok(text.to_ascii_lowercase())
}

fn shortcut(text: &str) -> Result<String, InvalidValue> {
    // The page goes on and back by `n` and `p`.
    const OF_THE_PAGE: [char; 2] = ['n', 'p'];
    let text = text.trim().to_ascii_lowercase();
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(c), None) if c.is_ascii_alphanumeric() && !OF_THE_PAGE.contains(&c) => Ok(text),
        _ => Err(InvalidValue::NotAShortcut),
    }
}

fn language(text: &str) -> Result<String, InvalidValue> {
    let text = bounded(text, 35)?;
    match text.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
        Some(c) => Err(InvalidValue::Character(c)),
        None => Ok(text.into()),
    }
}

/// Addresses found in pasted text: a list, a column, or a `To:` line with names and angle brackets. Each part is
/// given as it was typed with what it was read as, in order; nothing is dropped in silence.
#[must_use]
pub fn pasted_addresses(text: &str) -> Vec<(String, Result<Email, InvalidValue>)> {
    let text = text.trim();
    let text = ["to:", "cc:", "bcc:"]
        .iter()
        .find_map(|head| {
            text.get(..head.len()).filter(|t| t.eq_ignore_ascii_case(head)).and(text.get(head.len()..))
        })
        .unwrap_or(text);
    text.split([',', ';', '\n', '\r', '\t'])
        .flat_map(|part| {
            let part = part.trim();
            // `Ada Lovelace <ada@…>` is one person; bare words parted by spaces are one address each.
            if part.contains('<') { vec![part] } else { part.split_whitespace().collect() }
        })
        .filter(|part| !part.is_empty())
        .map(|part| {
            let inner = match (part.rfind('<'), part.rfind('>')) {
                (Some(open), Some(close)) if open < close => part.get(open + 1..close).unwrap_or(part),
                _ => part,
            };
            (part.to_owned(), inner.parse())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["ada@example.org", " Ada.L+x@Sub.Example.ORG ", "o'hara@example.co", "é@exämple.org"] {
            assert!(good.parse::<Email>().is_ok(), "{good}");
        }
        for bad in
            ["", "ada", "ada@", "@example.org", "ada@localhost", "a..b@example.org", "a@-x.org", "a b@x.org"]
        {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
        assert_eq!("Ada@Example.ORG".parse::<Email>().map(|e| e.to_string()), Ok("ada@example.org".into()));
    }

    #[test]
    fn slugs() {
        assert!("street-signs".parse::<Slug>().is_ok());
        assert_eq!("me".parse::<Slug>(), Err(InvalidValue::Reserved("me".into())));
        assert_eq!("a/b".parse::<Slug>(), Err(InvalidValue::Character('/')));
        assert_eq!("-a".parse::<Slug>(), Err(InvalidValue::Edge));
        assert_eq!("x".repeat(65).parse::<Slug>(), Err(InvalidValue::TooLong(64)));
    }

    #[test]
    fn resource_ids_are_what_clients_choose_within_reason() {
        assert!("schild-ä 1".parse::<ResourceId>().is_ok());
        for bad in ["", "a/b", "a\u{7}b", "a#b"] {
            assert!(bad.parse::<ResourceId>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn colours_are_written_in_one_way() {
        assert_eq!(" #2A7F9E ".parse::<Color>().map(|color| color.to_string()), Ok("#2a7f9e".into()));
        for bad in ["", "2a7f9e", "#2a7f9", "#2a7f9e0", "#2a7f9g", "red", "#äää"] {
            assert!(bad.parse::<Color>().is_err(), "{bad:?}");
        }
        for place in 0..100 {
            let color = Color::of_place(place);
            assert_eq!(color.as_str().parse::<Color>(), Ok(color.clone()));
            assert_ne!(color, Color::of_place(place + 1));
        }
    }

    #[test]
    fn a_shortcut_is_one_key_that_the_page_leaves_free() {
        assert_eq!("A".parse::<Shortcut>().map(|key| key.to_string()), Ok("a".into()));
        assert!("7".parse::<Shortcut>().is_ok());
        for bad in ["", "12", "n", "P", "?", "ä"] {
            assert!(bad.parse::<Shortcut>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn languages_are_tags() {
        assert!("en".parse::<Language>().is_ok() && "zh-Hant-TW".parse::<Language>().is_ok());
        for bad in ["", "not a tag", "en_GB", "é"] {
            assert!(bad.parse::<Language>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn pasted_lists_keep_every_part() {
        let read = pasted_addresses(
            "To: Ada Lovelace <ada@example.org>, bo@example.org; nobody\ncy@example.org di@example.org",
        );
        let parts: Vec<&str> = read.iter().map(|(typed, _)| typed.as_str()).collect();
        assert_eq!(
            parts,
            [
                "Ada Lovelace <ada@example.org>",
                "bo@example.org",
                "nobody",
                "cy@example.org",
                "di@example.org"
            ]
        );
        assert_eq!(read.iter().filter(|(_, email)| email.is_ok()).count(), 4);
    }
}
