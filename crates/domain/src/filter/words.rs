//! The words that a text is searched for.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// The most words that are searched for at once.
const MOST_WORDS: usize = 16;

/// The most characters of one of them.
const MOST_CHARACTERS: usize = 64;

/// Words: runs of letters and digits, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(Vec<String>);

/// Why nothing can be searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWords {
    /// There is no letter or digit.
    #[error("there is no word: it takes a letter or a digit")]
    None,
    /// There are too many.
    #[error("at most {MOST_WORDS} words can be searched for at once")]
    TooMany,
    /// One is too long.
    #[error("a word has at most {MOST_CHARACTERS} characters")]
    TooLong,
}

/// The words of `text`.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

impl FromStr for Words {
    type Err = InvalidWords;

    /// Reads the words of any text; what stands between them counts for nothing.
    fn from_str(text: &str) -> Result<Self, InvalidWords> {
        let mut seen = BTreeSet::new();
        // A letter in lower case can be a letter and a sign on top of it, which is no letter.
        let words: Vec<String> = words(text)
            .flat_map(|word| words(&word).collect::<Vec<_>>())
            .filter(|word| seen.insert(word.clone()))
            .collect();
        if words.is_empty() {
            return Err(InvalidWords::None);
        }
        if words.len() > MOST_WORDS {
            return Err(InvalidWords::TooMany);
        }
        if words.iter().any(|word| word.chars().count() > MOST_CHARACTERS) {
            return Err(InvalidWords::TooLong);
        }
        Ok(Self(words))
    }
}

impl Words {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether all of them are in `text`, each as a word of its own.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        let found: BTreeSet<String> = words(text).collect();
        self.0.iter().all(|word| found.contains(word))
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_lies_between_everything_else() {
        let words: Words = " Stop-sign, MILL Hill; stop “42”".parse().unwrap();
        assert_eq!(words.iter().collect::<Vec<_>>(), ["stop", "sign", "mill", "hill", "42"]);
        assert_eq!(words.to_string(), "stop sign mill hill 42");
        assert!(words.are_in("The 42nd, no: 42 stop signs; a sign on Mill hill"));
        assert!(!words.are_in("stopsign mill hill 42"));
        assert_eq!("…!".parse::<Words>(), Err(InvalidWords::None));
        assert_eq!("x".repeat(MOST_CHARACTERS + 1).parse::<Words>(), Err(InvalidWords::TooLong));
        let many: Vec<String> = (0..=MOST_WORDS).map(|number| number.to_string()).collect();
        assert_eq!(many.join(" ").parse::<Words>(), Err(InvalidWords::TooMany));
    }

    #[test]
    fn what_is_printed_reads_back() {
        for text in ["İstanbul ǅ ß", "茶 tea", "e\u{301}te"] {
            let words: Words = text.parse().unwrap();
            assert_eq!(words.to_string().parse(), Ok(words), "{text}");
        }
    }
}
