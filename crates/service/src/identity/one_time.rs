//! What is typed from an app or from paper: codes of half a minute (RFC 6238), and recovery codes.
//!
//! The codes are RFC 4226 with what every such app takes for granted: SHA-1, six digits, steps of 30 seconds. A crate
//! for them would bring pictures and addresses along; over `hmac` and `sha1`, which are here anyway, they are ten lines.

use atelier_domain::Timestamp;
use atelier_domain::time::SECOND;
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use crate::{World, hash_secret};

/// How many recovery codes there are.
pub const RECOVERY_CODES: usize = 10;

/// How long one code is shown.
const STEP: i64 = 30 * SECOND;

/// How many steps a clock may be ahead or behind.
const DRIFT: i64 = 1;

/// How many characters of a recovery code stand together.
const GROUP: usize = 6;

/// The secret of an app: as many bits as the hash has, which is what RFC 4226 asks for.
pub(super) fn new_app_secret(world: &World) -> [u8; 20] {
    world.random()
}

/// A secret, as it is typed into an app.
pub(super) fn typed_secret(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// Of which step the code is that somebody typed: one around this moment, and after `last_step`, of which none is taken
/// again. None if it is no such code.
pub(super) fn step_of(secret: &[u8], typed: &str, last_step: i64, now: Timestamp) -> Option<i64> {
    let digits: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    let step = now.micros().div_euclid(STEP);
    (step - DRIFT..=step + DRIFT).find(|step| *step > last_step && code(secret, *step) == digits)
}

/// The code of a step.
fn code(secret: &[u8], step: i64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("a key of any length is taken");
    mac.update(&step.to_be_bytes());
    let hash: [u8; 20] = mac.finalize().into_bytes().into();
    let offset = usize::from(hash[19] & 0xf);
    let [a, b, c, d] = [hash[offset], hash[offset + 1], hash[offset + 2], hash[offset + 3]];
    format!("{:06}", u32::from_be_bytes([a & 0x7f, b, c, d]) % 1_000_000)
}

/// A recovery code of 120 random bits, in groups, so that it is read from paper without losing one's place.
pub(super) fn new_recovery_code(world: &World) -> String {
    let letters = BASE32_NOPAD.encode(&world.random::<15>()).to_ascii_lowercase();
    let mut code = String::with_capacity(letters.len() + letters.len() / GROUP);
    for (place, letter) in letters.chars().enumerate() {
        if place > 0 && place % GROUP == 0 {
            code.push('-');
        }
        code.push(letter);
    }
    code
}

/// What is stored of a recovery code, however it was typed.
pub(super) fn hash_recovery_code(typed: &str) -> [u8; 32] {
    let letters: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    hash_secret(&letters.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * SECOND)
    }

    /// ASVS 6.5.5.
    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Its appendix B for SHA-1, of which six digits are the last six of eight.
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(b"12345678901234567890", at(seconds).micros() / STEP), expected);
        }
    }

    /// ASVS 6.5.1 and 6.5.5.
    #[test]
    fn a_code_is_taken_one_step_early_or_late_and_never_from_before_the_last() {
        let (secret, now) = (b"12345678901234567890", at(2_000_000_000));
        let this = now.micros() / STEP;
        for (step, expected) in [(-2, None), (-1, Some(-1)), (0, Some(0)), (1, Some(1)), (2, None)] {
            let typed = code(secret, this + step);
            assert_eq!(step_of(secret, &typed, 0, now), expected.map(|step| this + step), "{step}");
        }
        let typed = code(secret, this);
        assert_eq!(step_of(secret, &typed, this - 1, now), Some(this));
        assert_eq!(step_of(secret, &typed, this, now), None);
        assert_eq!(step_of(secret, &format!("{} {}", &typed[..3], &typed[3..]), 0, now), Some(this));
        assert_eq!(step_of(secret, "", 0, now), None);
    }

    /// ASVS 6.5.2, 6.5.3 and 6.5.4.
    #[test]
    fn recovery_codes_have_120_random_bits_and_are_read_however_they_are_typed() {
        let world = World::real();
        let (one, other) = (new_recovery_code(&world), new_recovery_code(&world));
        assert_ne!(one, other);
        assert_eq!(one.len(), "abcdef-abcdef-abcdef-abcdef".len());
        assert_eq!(one.chars().filter(|letter| *letter != '-').count() * 5, 120);
        let typed = format!(" {} ", one.to_uppercase().replace('-', " "));
        assert_eq!(hash_recovery_code(&typed), hash_recovery_code(&one));
        assert_ne!(hash_recovery_code(&one), hash_recovery_code(&other));
    }
}
