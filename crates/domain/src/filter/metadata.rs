//! What is asked of that which clients keep with an input.

/// The most keys that lead to a value.
const MOST_KEYS: usize = 8;

/// The most characters of a key, or of a text that is compared.
const MOST_CHARACTERS: usize = 256;

/// The keys that lead to a value, from the outermost on. Keys of objects alone: no place in a list is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Vec<String>);

impl Path {
    /// The path of these keys.
    ///
    /// # Errors
    /// When there are none or too many, or one of them is too long.
    pub fn new(keys: Vec<String>) -> Result<Self, InvalidTest> {
        if keys.is_empty() || keys.len() > MOST_KEYS {
            return Err(InvalidTest::Keys);
        }
        if keys.iter().any(|key| key.chars().count() > MOST_CHARACTERS) {
            return Err(InvalidTest::TooLong);
        }
        Ok(Self(keys))
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.0
    }
}

/// A value that is neither an object nor a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// Nothing, said aloud.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A finite number.
    Number(f64),
    /// A text.
    Text(String),
}

/// How a value is compared with another of its type. Values of other types do not fit, whatever the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// It is the same.
    Is,
    /// It is smaller, or stands before it in the order of characters.
    Below,
    /// It is not larger.
    AtMost,
    /// It is larger.
    Above,
    /// It is not smaller.
    AtLeast,
}

impl Comparison {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Is, Self::Below, Self::AtMost, Self::Above, Self::AtLeast];

    /// Its name in the text of a filter.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::Below => "below",
            Self::AtMost => "at-most",
            Self::Above => "above",
            Self::AtLeast => "at-least",
        }
    }

    /// Its sign, which SQL and people share.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Is => "=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether it holds of two values that stand to each other as `order` says.
    #[must_use]
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Is => order.is_eq(),
            Self::Below => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Above => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

/// What is asked of a value. Of a list it is enough that one of its entries fits.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// It is there, whatever it is.
    Exists,
    /// It compares so.
    Compares(Comparison, Scalar),
}

/// A value that clients keep with an input, and what is asked of it.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataTest {
    path: Path,
    test: Test,
}

/// Why a test cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTest {
    /// No keys, or too many.
    #[error("a path has between 1 and {MOST_KEYS} keys")]
    Keys,
    /// A key or a text is too long.
    #[error("a key or a text has at most {MOST_CHARACTERS} characters")]
    TooLong,
    /// A number that is none.
    #[error("a number must be finite")]
    NotFinite,
    /// A value that has no order.
    #[error("only numbers and texts can be smaller or larger than others")]
    NoOrder,
}

impl MetadataTest {
    /// That the value at `path` fits `test`.
    ///
    /// # Errors
    /// When no value can: its number is not finite, its text too long, or it is compared in an order that it has not.
    pub fn new(path: Path, test: Test) -> Result<Self, InvalidTest> {
        match &test {
            Test::Exists => {}
            Test::Compares(_, Scalar::Number(number)) if !number.is_finite() => {
                return Err(InvalidTest::NotFinite);
            }
            Test::Compares(_, Scalar::Text(text)) if text.chars().count() > MOST_CHARACTERS => {
                return Err(InvalidTest::TooLong);
            }
            Test::Compares(Comparison::Is, _) | Test::Compares(_, Scalar::Number(_) | Scalar::Text(_)) => {}
            Test::Compares(_, Scalar::Null | Scalar::Bool(_)) => return Err(InvalidTest::NoOrder),
        }
        Ok(Self { path, test })
    }

    /// Where the value is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is asked of it.
    #[must_use]
    pub fn test(&self) -> &Test {
        &self.test
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_value_can_fit_is_no_test() {
        let path = || Path::new(vec!["lens".into()]).unwrap();
        let test = |comparison, scalar| MetadataTest::new(path(), Test::Compares(comparison, scalar)).err();
        assert_eq!(test(Comparison::Is, Scalar::Null), None);
        assert_eq!(test(Comparison::Below, Scalar::Number(35.0)), None);
        assert_eq!(test(Comparison::Below, Scalar::Bool(true)), Some(InvalidTest::NoOrder));
        assert_eq!(test(Comparison::Is, Scalar::Number(f64::NAN)), Some(InvalidTest::NotFinite));
        let long = "x".repeat(MOST_CHARACTERS + 1);
        assert_eq!(test(Comparison::Is, Scalar::Text(long.clone())), Some(InvalidTest::TooLong));
        assert_eq!(Path::new(Vec::new()), Err(InvalidTest::Keys));
        assert_eq!(Path::new(vec!["a".into(); MOST_KEYS + 1]), Err(InvalidTest::Keys));
        assert_eq!(Path::new(vec![long]), Err(InvalidTest::TooLong));
    }
}
