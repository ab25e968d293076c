//! Reading pictures: what they are, how large, and a small one of each for lists.

use std::io::Cursor;
use std::sync::Arc;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};
use tokio::sync::Semaphore;

use crate::computing::{GaveUp, compute};
use crate::{Error, Result};

/// The most bytes that a picture has.
pub const MOST_BYTES: usize = 20 << 20;
/// The most pixels along one side.
pub const MOST_SIDE: u32 = 12_000;
/// The most pixels altogether.
pub const MOST_PIXELS: u64 = 50_000_000;
/// The most bytes of memory that one takes while it is read: 50 million pixels of 16-bit colour with transparency.
const MOST_MEMORY: u64 = 400_000_000;
/// The longest side of a small picture, in pixels.
const THUMBNAIL: u32 = 320;
/// How good a small JPEG is, of 100.
const QUALITY: u8 = 80;

/// Reads pictures, two at a time: each may take hundreds of megabytes.
#[derive(Clone, Debug)]
pub(crate) struct Pictures(Arc<Semaphore>);

impl Default for Pictures {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(2)))
    }
}

/// What was found out about a picture.
#[derive(Debug)]
pub(super) struct Read {
    /// Such as `image/png`.
    pub(super) media_type: &'static str,
    /// Width and height in pixels, as it is looked at.
    pub(super) pixels: (u32, u32),
    /// A small one.
    pub(super) thumbnail: Bytes,
}

/// Why something is not taken as a picture, in words that follow the field's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotAPicture {
    #[error("must not be SVG: such pictures can carry programs; send PNG, JPEG, GIF, WebP or BMP")]
    Svg,
    #[error("must be a PNG, JPEG, GIF, WebP or BMP picture")]
    Unknown,
    #[error("must have at most {} MiB", MOST_BYTES >> 20)]
    TooManyBytes,
    #[error("must have at most {MOST_SIDE} pixels a side and {} million altogether", MOST_PIXELS / 1_000_000)]
    TooManyPixels,
    #[error("cannot be read as the picture that it says it is: {0}")]
    Broken(String),
}

impl Pictures {
    /// Reads a picture, beside the threads that answer requests.
    pub(super) async fn read(&self, bytes: Bytes) -> Result<Read> {
        self.turn(move || read(&bytes)).await
    }

    /// A picture as it is looked at, likewise.
    pub(crate) async fn decode(&self, bytes: Bytes) -> Result<DynamicImage> {
        self.turn(move || decode(&bytes).map(|(picture, _)| picture)).await
    }

    async fn turn<T: Send + 'static>(
        &self,
        read: impl FnOnce() -> std::result::Result<T, NotAPicture> + Send + 'static,
    ) -> Result<T> {
        let _turn = self.0.acquire().await.map_err(|_| Error::Unavailable)?;
        // A reader that gives up on a picture has said enough about it.
        let read = compute(read).await;
        let read = read.unwrap_or_else(|GaveUp| Err(NotAPicture::Broken("its reader gave up".into())));
        read.map_err(|error| Error::invalid("image", error))
    }
}

fn read(bytes: &[u8]) -> std::result::Result<Read, NotAPicture> {
    let (picture, media_type) = decode(bytes)?;
    let pixels = (picture.width(), picture.height());
    let thumbnail = thumbnail(&picture).map_err(broken)?;
    Ok(Read { media_type, pixels, thumbnail })
}

/// A picture as it is looked at, and of which kind it was.
fn decode(bytes: &[u8]) -> std::result::Result<(DynamicImage, &'static str), NotAPicture> {
    if bytes.len() > MOST_BYTES {
        return Err(NotAPicture::TooManyBytes);
    }
    let format = image::guess_format(bytes)
        .map_err(|_| if is_markup(bytes) { NotAPicture::Svg } else { NotAPicture::Unknown })?;
    let media_type = media_type(format).ok_or(NotAPicture::Unknown)?;
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    // Before it is decoded: a few bytes can say that they are a million pixels wide.
    if width.max(height) > MOST_SIDE || u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(NotAPicture::TooManyPixels);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    decoder.set_limits(limits).map_err(broken)?;
    // Cameras write which way they were held; browsers turn the picture accordingly, and so do those who draw on it.
    let orientation = decoder.orientation().map_err(broken)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    picture.apply_orientation(orientation);
    Ok((picture, media_type))
}

fn broken(error: image::ImageError) -> NotAPicture {
    NotAPicture::Broken(error.to_string())
}

/// The kinds of pictures that are taken.
pub(super) fn media_type(format: ImageFormat) -> Option<&'static str> {
    matches!(
        format,
        ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Gif | ImageFormat::WebP | ImageFormat::Bmp
    )
    .then(|| format.to_mime_type())
}

/// Whether it looks like SVG, or anything else in angle brackets.
fn is_markup(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.trim_ascii_start().starts_with(b"<")
}

/// A small picture, never larger than the picture itself; with what can be seen through, if the picture has that.
fn thumbnail(picture: &DynamicImage) -> image::ImageResult<Bytes> {
    let small = if picture.width().max(picture.height()) > THUMBNAIL {
        &picture.thumbnail(THUMBNAIL, THUMBNAIL)
    } else {
        picture
    };
    let mut bytes = Vec::new();
    if picture.color().has_alpha() {
        small.to_rgba8().write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)?;
    } else {
        small.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?;
    }
    Ok(bytes.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    fn size_of(bytes: &[u8]) -> (u32, u32) {
        let picture = image::load_from_memory(bytes).unwrap();
        (picture.width(), picture.height())
    }

    #[test]
    fn every_kind_that_is_taken_is_known_by_its_bytes() {
        let picture = DynamicImage::new_rgb8(640, 320);
        for (format, media_type) in [
            (ImageFormat::Png, "image/png"),
            (ImageFormat::Jpeg, "image/jpeg"),
            (ImageFormat::Gif, "image/gif"),
            (ImageFormat::WebP, "image/webp"),
            (ImageFormat::Bmp, "image/bmp"),
        ] {
            let read = read(&written(&picture, format)).unwrap();
            assert_eq!((read.media_type, read.pixels), (media_type, (640, 320)));
            assert_eq!(size_of(&read.thumbnail), (320, 160));
        }
    }

    #[test]
    fn a_small_picture_is_not_enlarged_and_stays_see_through() {
        let read = read(&written(&DynamicImage::new_rgba8(20, 10), ImageFormat::Png)).unwrap();
        assert_eq!(size_of(&read.thumbnail), (20, 10));
        assert_eq!(image::guess_format(&read.thumbnail).unwrap(), ImageFormat::Png);
    }

    /// ASVS 5.2.1, 5.2.2 and 5.2.6.
    #[test]
    fn what_is_no_picture_is_told_apart() {
        let refusal = |bytes: &[u8]| read(bytes).unwrap_err();
        assert_eq!(refusal(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), NotAPicture::Svg);
        assert_eq!(refusal(b"\xef\xbb\xbf \n<?xml version='1.0'?><svg/>"), NotAPicture::Svg);
        assert_eq!(refusal(b"hello"), NotAPicture::Unknown);
        assert_eq!(refusal(b""), NotAPicture::Unknown);
        let png = written(&DynamicImage::new_rgb8(64, 64), ImageFormat::Png);
        assert!(matches!(refusal(&png[..png.len() / 2]), NotAPicture::Broken(_)));
    }

    /// ASVS 5.2.1, 5.2.2 and 5.2.6.
    #[test]
    fn a_picture_that_says_it_is_huge_is_not_unpacked() {
        // A BMP's header alone: 60,000 pixels a side.
        let mut header = written(&DynamicImage::new_rgb8(1, 1), ImageFormat::Bmp);
        header[18..22].copy_from_slice(&60_000_u32.to_le_bytes());
        header[22..26].copy_from_slice(&60_000_u32.to_le_bytes());
        assert_eq!(read(&header).unwrap_err(), NotAPicture::TooManyPixels);
    }

    #[test]
    fn a_camera_that_was_held_upright_gives_an_upright_picture() {
        let jpeg = written(&DynamicImage::new_rgb8(64, 32), ImageFormat::Jpeg);
        // An EXIF segment that says nothing but: turn it by 90 degrees.
        let exif =
            b"\xff\xe1\x00\x22Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let turned = [&jpeg[..2], exif, &jpeg[2..]].concat();
        let read = read(&turned).unwrap();
        assert_eq!((read.pixels, size_of(&read.thumbnail)), ((32, 64), (32, 64)));
    }
}
