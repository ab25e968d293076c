//! Passwords: long, not guessable from a list or from who one is, and otherwise as people like them.
//!
//! After NIST SP 800-63B and OWASP ASVS 5.0, 6.2: length counts, composition rules do not, common passwords are
//! refused. No list of real passwords is carried along; what such lists hold beyond eleven characters are a few words
//! with digits, runs of the keyboard and repetitions, and that is what is looked for.

use std::fmt;

/// A password that was typed and has passed the rules.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// The least number of characters.
pub const LEAST: usize = 12;
/// The greatest number of characters.
pub const MOST: usize = 128;

/// How much of a password must be left once what everybody tries first is taken out.
const ENOUGH: usize = 5;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too few characters.
    #[error("must have at least {LEAST} characters")]
    Short,
    /// Too many characters.
    #[error("must have at most {MOST} characters")]
    Long,
    /// It can be guessed from a list.
    #[error("is too easy to guess: it is made of common words, runs or repetitions")]
    Common,
    /// It can be guessed from the person's name or address.
    #[error("is too easy to guess: it is made of your own name or address")]
    Personal,
}

/// What the common ones are made of, longest first where one contains another.
const COMMON: &[&str] = &[
    "administrator",
    "qwertyuiop",
    "1q2w3e4r5t6y",
    "zaq12wsx",
    "1qaz2wsx",
    "password",
    "passwort",
    "passphrase",
    "iloveyou",
    "princess",
    "sunshine",
    "football",
    "baseball",
    "superman",
    "trustno",
    "letmein",
    "welcome",
    "michael",
    "charlie",
    "shadow",
    "monkey",
    "dragon",
    "master",
    "login",
    "admin",
    "abc",
    "asdfghjkl",
    "zxcvbnm",
    "qwertz",
    "qwerty",
    "azerty",
    "asdf",
    "zxcv",
    "qazwsx",
    "secret",
    "changeme",
    "default",
    "summer",
    "winter",
    "spring",
    "autumn",
    "january",
    "february",
    "october",
    "november",
    "december",
    "monday",
    "friday",
    "company",
    "atelier",
    "hello",
    "pass",
    "test",
    "user",
    "root",
    "love",
    "god",
];

impl Password {
    /// Takes a password that someone chooses; `about` is what is known of them: name, account, address.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn choose(typed: &str, about: &[&str]) -> Result<Self, WeakPassword> {
        let length = typed.chars().count();
        if length < LEAST {
            return Err(WeakPassword::Short);
        }
        if length > MOST {
            return Err(WeakPassword::Long);
        }
        // Undoing disguises turns runs of digits into words, so both readings count.
        let readings = [typed.to_lowercase(), plain(typed)];
        let least = |words: &[String]| readings.iter().map(|reading| substance(reading, words)).min();
        if least(&[]) < Some(ENOUGH) {
            return Err(WeakPassword::Common);
        }
        let words: Vec<String> = about
            .iter()
            .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
            .filter(|word| word.chars().count() >= 3)
            .flat_map(|word| [word.to_lowercase(), plain(word)])
            .collect();
        if least(&words) < Some(ENOUGH) {
            return Err(WeakPassword::Personal);
        }
        Ok(Self(typed.into()))
    }

    /// Takes a password that someone signs in with: any that could have been chosen.
    #[must_use]
    pub fn entered(typed: &str) -> Self {
        Self(typed.chars().take(MOST + 1).collect())
    }

    /// The text, to be hashed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Never the password itself.
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// In lower case, with the usual disguises of letters undone.
fn plain(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .map(|c| match c {
            '@' | '4' => 'a',
            '3' => 'e',
            '1' | '!' => 'i',
            '0' => 'o',
            '$' | '5' => 's',
            '7' => 't',
            other => other,
        })
        .collect()
}

/// How many characters are left to be guessed one by one, once common and personal words are taken out and runs and
/// repetitions are counted once.
fn substance(plain: &str, personal: &[String]) -> usize {
    let mut rest = plain.to_owned();
    let common = COMMON.iter().flat_map(|word| [(*word).to_owned(), self::plain(word)]);
    // Personal words first: a common one may be part of a name.
    for word in personal.iter().cloned().chain(common) {
        rest = rest.replace(&word, " ");
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut previous: Option<char> = None;
    let mut count = 0;
    for c in rest.chars() {
        let step = previous.map(|p| i64::from(u32::from(c)) - i64::from(u32::from(p)));
        let run = matches!(step, Some(-1..=1));
        // Digits and marks at the end of a word are what everybody appends.
        if c.is_alphabetic() && !run && seen.insert(c) {
            count += 2;
        } else if !c.is_alphabetic() && !c.is_whitespace() && !run && seen.insert(c) {
            count += 1;
        }
        previous = Some(c);
    }
    count / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ASVS 6.2.1, 6.2.4, 6.2.5, 6.2.9 and 6.2.11.
    #[test]
    fn long_and_own_is_enough() {
        for good in
            ["correct horse battery staple", "über den Wolken fliegt", "kX9#vTq2!mZp", "tea and rain at noon"]
        {
            assert!(Password::choose(good, &["Ada Lovelace", "ada@example.org"]).is_ok(), "{good}");
        }
    }

    /// ASVS 6.2.1, 6.2.4, 6.2.5, 6.2.9 and 6.2.11.
    #[test]
    fn short_long_common_and_personal_ones_are_refused() {
        let refused =
            |typed: &str| Password::choose(typed, &["Ada Lovelace", "ada@example.org"]).expect_err(typed);
        assert_eq!(refused("short"), WeakPassword::Short);
        assert_eq!(refused(&"x".repeat(129)), WeakPassword::Long);
        for common in [
            "password1234",
            "P@ssw0rd2026!",
            "qwertyuiop12",
            "aaaaaaaaaaaa",
            "123456789012",
            "abcdefghijkl",
            "letmein-letmein",
        ] {
            assert_eq!(refused(common), WeakPassword::Common, "{common}");
        }
        assert_eq!(refused("adalovelace1"), WeakPassword::Personal);
        assert_eq!(refused("Lovelace2026!"), WeakPassword::Personal);
    }

    #[test]
    fn debug_does_not_show_it() {
        assert_eq!(format!("{:?}", Password::entered("correct horse")), "Password(…)");
    }
}
