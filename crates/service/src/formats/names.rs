//! What files are called that an input has.

use crate::datasets::versions::FrozenInputRow;

/// The most bytes that a name has before its ending: file systems take 255.
const LONGEST: usize = 200;

/// The name of an input's files, without an ending. No two inputs of a version have the same, and it leads into no other
/// folder: what is neither a letter nor a digit of ASCII, nor one of `._-`, is written as in addresses.
pub(super) fn stem(input: &FrozenInputRow) -> String {
    let mut name = String::with_capacity(input.slug.len());
    for (place, byte) in input.slug.bytes().enumerate() {
        // A dot in front would hide the file.
        let is_plain = byte.is_ascii_alphanumeric() || b"_-".contains(&byte) || (byte == b'.' && place > 0);
        if is_plain {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    // No name that is written so has a tilde.
    if name.len() > LONGEST { format!("~{}", input.position) } else { name }
}

/// The ending of what an input holds, with its dot.
pub(super) fn ending(input: &FrozenInputRow) -> &'static str {
    match input.media_type.as_deref() {
        Some("image/jpeg") => ".jpg",
        Some("image/png") => ".png",
        Some("image/gif") => ".gif",
        Some("image/webp") => ".webp",
        Some("image/bmp") => ".bmp",
        Some("text/plain") => ".txt",
        _ => ".bin",
    }
}

/// The name of the file that has what an input holds.
pub(super) fn file(input: &FrozenInputRow) -> String {
    format!("{}{}", stem(input), ending(input))
}
