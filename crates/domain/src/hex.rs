//! Hashes, keys and signatures as text: two hexadecimal digits for each byte.

use std::fmt;
use std::str::FromStr;

/// `N` bytes, written in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hex<const N: usize>(pub [u8; N]);

/// The text is not as many bytes in hexadecimal as are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be {0} hexadecimal digits")]
pub struct NotHex(usize);

impl<const N: usize> fmt::Display for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl<const N: usize> fmt::Debug for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const N: usize> FromStr for Hex<N> {
    type Err = NotHex;

    fn from_str(text: &str) -> Result<Self, NotHex> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != N || !rest.is_empty() {
            return Err(NotHex(2 * N));
        }
        let mut bytes = [0; N];
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = digit(*high).zip(digit(*low)).map(|(high, low)| high << 4 | low).ok_or(NotHex(2 * N))?;
        }
        Ok(Self(bytes))
    }
}

/// The value of one hexadecimal digit.
fn digit(letter: u8) -> Option<u8> {
    char::from(letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

impl<const N: usize> serde::Serialize for Hex<N> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: usize> serde::Deserialize<'de> for Hex<N> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_back_as_they_were_written() {
        let bytes = Hex([0x00, 0x9f, 0xa0, 0xff]);
        assert_eq!(bytes.to_string(), "009fa0ff");
        assert_eq!("009fa0ff".parse(), Ok(bytes));
        assert_eq!("009FA0FF".parse(), Ok(bytes));
        assert_eq!(serde_json::from_str::<Hex<4>>("\"009fa0ff\"").unwrap(), bytes);
        assert_eq!(serde_json::to_string(&bytes).unwrap(), "\"009fa0ff\"");
    }

    #[test]
    fn what_is_too_short_or_too_long_or_no_digit_is_refused() {
        for bad in ["", "009fa0f", "009fa0", "009fa0ff0", "009fa0ff00", "009fa0fg", "+09fa0ff", "é09fa0f"] {
            assert_eq!(bad.parse::<Hex<4>>(), Err(NotHex(8)), "{bad}");
        }
    }
}
