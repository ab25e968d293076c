//! Frames of a walk: what a camera sees that goes towards the signs of a picture.

use std::error::Error;
use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;

use super::Edges;

/// How many frames a walk has.
pub(super) const COUNT: u16 = 25;

/// How wide a frame is, in pixels.
const WIDTH: u32 = 640;

/// How much of the picture's width and height the last frame shows.
const CLOSEST: f32 = 0.45;

/// How much of a sign a frame must show for it to be drawn there.
const SEEN: f32 = 0.6;

/// One frame.
pub(super) struct Frame {
    /// As JPEG.
    pub(super) bytes: Vec<u8>,
    /// What is to be seen in it.
    pub(super) regions: Vec<Edges>,
}

/// What of a picture a frame shows: the upper left corner, and how large it is, as shares.
#[derive(Clone, Copy)]
struct Window {
    left: f32,
    top: f32,
    size: f32,
}

impl Window {
    /// That of the frame `number`, on the way to the middle of `goal`.
    fn of(number: u16, goal: &Edges) -> Self {
        let way = f32::from(number) / f32::from(COUNT - 1);
        let size = 0.95 - (0.95 - CLOSEST) * way;
        let towards = |middle: f32| (0.5 + (middle - 0.5) * way - size / 2.0).clamp(0.0, 1.0 - size);
        Self {
            left: towards(f32::midpoint(goal.left_col, goal.right_col)),
            top: towards(f32::midpoint(goal.top_row, goal.bottom_row)),
            size,
        }
    }

    /// What the frame shows of something, if it shows enough.
    fn seen(self, edges: &Edges) -> Option<Edges> {
        let within = |share: f32, from: f32| ((share - from) / self.size).clamp(0.0, 1.0);
        let seen = Edges {
            concept: edges.concept.clone(),
            top_row: within(edges.top_row, self.top),
            left_col: within(edges.left_col, self.left),
            bottom_row: within(edges.bottom_row, self.top),
            right_col: within(edges.right_col, self.left),
        };
        let area = |edges: &Edges| (edges.bottom_row - edges.top_row) * (edges.right_col - edges.left_col);
        (area(&seen) * self.size * self.size >= area(edges) * SEEN).then_some(seen)
    }
}

/// The frames of the walk through a picture, towards its first region.
pub(super) fn of(picture: &[u8], regions: &[Edges]) -> Result<Vec<Frame>, Box<dyn Error>> {
    let Some(goal) = regions.first() else { return Ok(Vec::new()) };
    let picture = image::load_from_memory(picture)?;
    let (width, height) = (picture.width(), picture.height());
    let frame = |number| {
        let window = Window::of(number, goal);
        let pixels = |share: f32, of: u32| (share * of as f32) as u32;
        let part = picture.crop_imm(
            pixels(window.left, width),
            pixels(window.top, height),
            pixels(window.size, width),
            pixels(window.size, height),
        );
        let part = part.resize_exact(WIDTH, WIDTH * height / width, FilterType::Triangle);
        let mut bytes = Cursor::new(Vec::new());
        part.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 82))?;
        let regions = regions.iter().filter_map(|edges| window.seen(edges)).collect();
        Ok(Frame { bytes: bytes.into_inner(), regions })
    };
    (0..COUNT).map(frame).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(top_row: f32, left_col: f32, bottom_row: f32, right_col: f32) -> Edges {
        Edges { concept: "stop".into(), top_row, left_col, bottom_row, right_col }
    }

    #[test]
    fn a_walk_ends_at_its_goal_and_loses_what_it_passes() {
        let (goal, aside) = (edges(0.6, 0.7, 0.7, 0.8), edges(0.1, 0.05, 0.2, 0.1));
        let (first, last) = (Window::of(0, &goal), Window::of(COUNT - 1, &goal));
        assert!(first.seen(&goal).is_some() && first.seen(&aside).is_some());
        assert!(last.seen(&aside).is_none());
        let seen = last.seen(&goal).unwrap();
        assert!((seen.right_col - seen.left_col - 0.1 / CLOSEST).abs() < 1e-4, "it is seen from near");
        assert!(first.size > last.size);
    }

    #[test]
    fn a_picture_gives_frames_of_one_size() {
        let mut bytes = Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(800, 500).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        let frames = of(bytes.get_ref(), &[edges(0.4, 0.4, 0.6, 0.6)]).unwrap();
        assert_eq!(frames.len(), usize::from(COUNT));
        for frame in frames {
            let picture = image::load_from_memory(&frame.bytes).unwrap();
            assert_eq!((picture.width(), picture.height()), (640, 400));
            assert_eq!(frame.regions.len(), 1);
        }
        assert!(of(bytes.get_ref(), &[]).unwrap().is_empty());
    }
}
