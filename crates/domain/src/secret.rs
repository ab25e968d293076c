//! Secrets of keys: their form, and the checksum that tells a mistyped one without asking the database.

use std::fmt;
use std::str::FromStr;

const PREFIX: &str = "atl_";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BODY: usize = 40;
const CHECK: usize = 6;

/// A key's secret: `atl_`, 40 base62 characters that carry 232 random bits, and a CRC-32 of them in 6 more.
#[derive(Clone, PartialEq, Eq)]
pub struct KeySecret(String);

/// Why a text is no key's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecret {
    /// It does not have the form.
    #[error("this is not a key of Atelier: they start with `atl_` and have 50 characters")]
    Form,
    /// A character is wrong.
    #[error("this key is mistyped: its checksum does not fit")]
    Checksum,
}

impl KeySecret {
    /// The secret that carries the given randomness.
    #[must_use]
    pub fn new(random: &[u8; 29]) -> Self {
        let mut text = String::with_capacity(PREFIX.len() + BODY + CHECK);
        text.push_str(PREFIX);
        text.push_str(&base62(random, BODY));
        let check = crc32(text.as_bytes());
        text.push_str(&base62(&check.to_be_bytes(), CHECK));
        Self(text)
    }

    /// The text, to be shown once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The last four characters, by which people tell their keys apart afterwards.
    #[must_use]
    pub fn last_four(&self) -> &str {
        self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default()
    }
}

impl FromStr for KeySecret {
    type Err = InvalidSecret;

    fn from_str(text: &str) -> Result<Self, InvalidSecret> {
        let digits = text.strip_prefix(PREFIX).ok_or(InvalidSecret::Form)?;
        if digits.len() != BODY + CHECK || !digits.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(InvalidSecret::Form);
        }
        let (head, check) = text.split_at(PREFIX.len() + BODY);
        if base62(&crc32(head.as_bytes()).to_be_bytes(), CHECK) != check {
            return Err(InvalidSecret::Checksum);
        }
        Ok(Self(text.into()))
    }
}

/// Never the secret itself.
impl fmt::Debug for KeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeySecret({PREFIX}…{})", self.last_four())
    }
}

/// `bytes` as a number in base 62, big end first, padded with zeros to `width` digits.
fn base62(bytes: &[u8], width: usize) -> String {
    let mut number = bytes.to_vec();
    let mut digits = vec![b'0'; width];
    for digit in digits.iter_mut().rev() {
        let mut remainder = 0u32;
        for byte in &mut number {
            let value = remainder * 256 + u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or_default();
            remainder = value % 62;
        }
        *digit = DIGITS.get(remainder as usize).copied().unwrap_or(b'0');
    }
    String::from_utf8(digits).unwrap_or_default()
}

/// CRC-32 as in ISO 3309 (the one of zip and PNG).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_well_known_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    /// ASVS 11.5.1.
    #[test]
    fn a_secret_reads_back_and_keeps_its_randomness() {
        for random in [[0; 29], [255; 29], *b"abcdefghijklmnopqrstuvwxyz012"] {
            let secret = KeySecret::new(&random);
            assert_eq!(secret.expose().len(), 50);
            assert_eq!(secret.expose().parse::<KeySecret>(), Ok(secret));
        }
        let (mut a, mut b) = ([7; 29], [7; 29]);
        a[0] ^= 1;
        b[28] ^= 1;
        assert_ne!(KeySecret::new(&a), KeySecret::new(&b));
    }

    /// ASVS 11.5.1.
    #[test]
    fn every_single_mistyped_character_is_told() {
        let good = KeySecret::new(b"abcdefghijklmnopqrstuvwxyz012");
        let good = good.expose();
        for position in PREFIX.len()..good.len() {
            for digit in DIGITS {
                let mut typed = good.as_bytes().to_vec();
                if typed[position] != *digit {
                    typed[position] = *digit;
                    let typed = String::from_utf8(typed).unwrap();
                    assert_eq!(typed.parse::<KeySecret>(), Err(InvalidSecret::Checksum), "{typed}");
                }
            }
        }
        assert_eq!("atl_short".parse::<KeySecret>(), Err(InvalidSecret::Form));
        assert_eq!(good.replace("atl_", "pat_").parse::<KeySecret>(), Err(InvalidSecret::Form));
    }

    #[test]
    fn debug_does_not_show_it() {
        let secret = KeySecret::new(&[9; 29]);
        assert!(!format!("{secret:?}").contains(&secret.expose()[..20]));
    }
}
