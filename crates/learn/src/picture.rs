//! Pictures as models see them: of one size, cut from the middle.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

/// How a model looks at pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// How many pixels it sees across.
    pub width: u32,
    /// How many pixels it sees from top to bottom.
    pub height: u32,
    /// How much it sees of the largest part from the middle that has the shape of what it sees: above 0, up to 1.
    pub share: f64,
}

/// A picture as a model sees it: pixels by rows, each red, green and blue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    pixels: Vec<u8>,
}

/// Why a picture cannot be shown to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a picture without pixels shows nothing")]
pub struct NoPixels;

impl Prepared {
    /// A picture as the public models see it.
    ///
    /// # Errors
    /// When it has no pixels.
    pub fn new(picture: &RgbImage) -> Result<Self, NoPixels> {
        Self::seen(picture, crate::public::VIEW)
    }

    /// A picture as a model sees it that looks so: what it sees of it becomes larger or smaller, bicubically, with what
    /// lies between pixels taken into account.
    ///
    /// # Errors
    /// When the picture, or what the model sees of it, has no pixels.
    pub fn seen(picture: &RgbImage, view: View) -> Result<Self, NoPixels> {
        if picture.is_empty() || view.width == 0 || view.height == 0 || view.share <= 0.0 {
            return Err(NoPixels);
        }
        let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
        let scale =
            (width / f64::from(view.width)).min(height / f64::from(view.height)) * view.share.min(1.0);
        let (across, down) = (f64::from(view.width) * scale, f64::from(view.height) * scale);
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom)).crop(
            (width - across) / 2.0,
            (height - down) / 2.0,
            across,
            down,
        );
        let source = ImageRef::new(picture.width(), picture.height(), picture.as_raw(), PixelType::U8x3);
        let mut small = Image::new(view.width, view.height, PixelType::U8x3);
        Resizer::new().resize(&source.map_err(|_| NoPixels)?, &mut small, &options).map_err(|_| NoPixels)?;
        Ok(Self { pixels: small.into_vec() })
    }

    /// Red, green and blue of each pixel, row by row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The numbers of all red, then of all green, then of all blue: what each is made of its value by `number`.
    pub(crate) fn planes(&self, number: impl Fn(usize, u8) -> f32) -> Vec<f32> {
        let plane = |channel| {
            let number = &number;
            self.pixels.iter().skip(channel).step_by(3).map(move |value| number(channel, *value))
        };
        (0..3).flat_map(plane).collect()
    }

    /// The same numbers, pixel by pixel.
    pub(crate) fn interleaved(&self, number: impl Fn(usize, u8) -> f32) -> Vec<f32> {
        self.pixels
            .iter()
            .zip([0, 1, 2].into_iter().cycle())
            .map(|(value, channel)| number(channel, *value))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    const SMALL: View = View { width: 4, height: 2, share: 1.0 };

    #[test]
    fn pictures_of_any_shape_are_seen() {
        for (width, height) in [(1, 1), (1, 5_000), (5_000, 1), (3, 2), (224, 224), (1_000, 777)] {
            let picture = RgbImage::from_pixel(width, height, Rgb([10, 20, 30]));
            let prepared = Prepared::new(&picture).unwrap();
            assert_eq!(prepared.pixels().len(), 224 * 224 * 3);
            assert!(prepared.pixels().chunks(3).all(|pixel| pixel == [10, 20, 30]), "{width}×{height}");
        }
    }

    #[test]
    fn a_picture_without_pixels_is_refused() {
        assert!(Prepared::new(&RgbImage::new(0, 10)).is_err());
        assert!(Prepared::new(&RgbImage::new(10, 0)).is_err());
        let nothing = View { width: 0, height: 0, share: 1.0 };
        assert!(Prepared::seen(&RgbImage::new(10, 10), nothing).is_err());
        assert!(Prepared::seen(&RgbImage::new(10, 10), View { share: 0.0, ..SMALL }).is_err());
    }

    #[test]
    fn what_is_seen_lies_in_the_middle() {
        // Of a high picture that is red above and below, a broad view sees the green middle alone.
        let picture = RgbImage::from_fn(40, 100, |_, y| {
            if (40..60).contains(&y) { Rgb([0, 255, 0]) } else { Rgb([255, 0, 0]) }
        });
        let prepared = Prepared::seen(&picture, SMALL).unwrap();
        // Around the edge of what is seen, a little of what lies beyond counts.
        assert!(
            prepared.pixels().chunks(3).all(|pixel| pixel[0] < 30 && pixel[1] > 225),
            "{:?}",
            prepared.pixels()
        );
    }

    #[test]
    fn numbers_lie_as_models_want_them() {
        let picture = RgbImage::from_fn(4, 2, |x, y| Rgb([x as u8, 100 + y as u8, 200]));
        let prepared = Prepared::seen(&picture, SMALL).unwrap();
        assert_eq!(prepared.pixels(), picture.as_raw().as_slice());
        let number = |channel: usize, value: u8| f32::from(value) + channel as f32 / 10.0;
        assert_eq!(prepared.planes(number)[..9], [0.0, 1.0, 2.0, 3.0, 0.0, 1.0, 2.0, 3.0, 100.1]);
        assert_eq!(prepared.interleaved(number)[..6], [0.0, 100.1, 200.2, 1.0, 100.1, 200.2]);
    }
}
