//! Pictures.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};

/// A picture as a file of this format.
///
/// # Panics
/// When the format cannot be written.
#[must_use]
pub fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("the format can be written");
    bytes.into_inner()
}

/// A black picture of this size.
#[must_use]
pub fn png(width: u32, height: u32) -> Vec<u8> {
    written(&DynamicImage::new_rgb8(width, height), ImageFormat::Png)
}
