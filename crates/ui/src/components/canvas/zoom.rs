//! How large the picture is shown. What is enlarged is scrolled, which browsers do best.

use leptos::{html, prelude::*};

/// How far a step goes, and how far in all.
const STEP: f64 = 1.25;
const MOST: f64 = 16.0;

/// The size of a picture within its frame.
#[derive(Clone, Copy)]
pub(super) struct Zoom {
    /// What scrolls.
    pub(super) frame: NodeRef<html::Div>,
    /// What grows: the picture, with the drawing over it.
    pub(super) sheet: NodeRef<html::Div>,
    /// How many times as wide as where it fits its frame.
    pub(super) times: RwSignal<f64>,
    /// How wide it is where it fits, in pixels.
    fitting: StoredValue<f64>,
    /// How high the frame is while it is enlarged, in pixels.
    height: StoredValue<f64>,
    /// How far the frame was scrolled last, from the left and from the top.
    scrolled: StoredValue<(i32, i32)>,
    /// Where the pointer was when it began to pull the sheet about.
    pulled: StoredValue<Option<(i32, i32)>>,
}

impl Zoom {
    pub(super) fn new() -> Self {
        Self {
            frame: NodeRef::new(),
            sheet: NodeRef::new(),
            times: RwSignal::new(1.0),
            fitting: StoredValue::new(0.0),
            height: StoredValue::new(0.0),
            scrolled: StoredValue::new((0, 0)),
            pulled: StoredValue::new(None),
        }
    }

    /// Shows it as large as it was before, once it is there: the page is often shown anew.
    pub(super) fn restore(self) {
        Effect::new(move || {
            let (Some(frame), Some(sheet)) = (self.frame.get(), self.sheet.get()) else { return };
            let times = self.times.get_untracked();
            if times > 1.0 {
                let (left, top) = self.scrolled.get_value();
                set(&sheet, "inline-size", Some(self.fitting.get_value() * times));
                set(&frame, "block-size", Some(self.height.get_value()));
                frame.set_scroll_left(left);
                frame.set_scroll_top(top);
            }
        });
    }

    /// Notes how far the frame is scrolled.
    pub(super) fn note_scrolled(self) {
        if let Some(frame) = self.frame.get_untracked() {
            self.scrolled.set_value((frame.scroll_left(), frame.scroll_top()));
        }
    }

    /// Shows the next picture as large as it fits.
    pub(super) fn forget(self) {
        self.times.set(1.0);
        self.scrolled.set_value((0, 0));
    }

    /// Steps nearer, or back, around the middle of what is seen.
    pub(super) fn step(self, is_nearer: bool) {
        let Some(frame) = self.frame.get_untracked() else { return };
        let middle = (f64::from(frame.client_width()) / 2.0, f64::from(frame.client_height()) / 2.0);
        self.to(stepped(self.times.get_untracked(), is_nearer), middle);
    }

    /// Back to where it fits.
    pub(super) fn fit(self) {
        self.to(1.0, (0.0, 0.0));
    }

    /// What the wheel does with Ctrl, as pinching does on a touchpad: the spot under the pointer stays there.
    pub(super) fn wheel(self, event: &web_sys::WheelEvent) {
        if !event.ctrl_key() && !event.meta_key() {
            return;
        }
        event.prevent_default();
        let Some(frame) = self.frame.get_untracked() else { return };
        let area = frame.get_bounding_client_rect();
        let spot = (f64::from(event.client_x()) - area.left(), f64::from(event.client_y()) - area.top());
        self.to(stepped(self.times.get_untracked(), event.delta_y() < 0.0), spot);
    }

    /// The pointer begins to pull the sheet about.
    pub(super) fn take_hold(self, event: &web_sys::PointerEvent) {
        event.prevent_default();
        self.pulled.set_value(Some((event.client_x(), event.client_y())));
    }

    /// The pointer moves; answers whether it pulls.
    pub(super) fn pull(self, event: &web_sys::PointerEvent) -> bool {
        let (Some((col, row)), Some(frame)) = (self.pulled.get_value(), self.frame.get_untracked()) else {
            return false;
        };
        frame.set_scroll_left(frame.scroll_left() + col - event.client_x());
        frame.set_scroll_top(frame.scroll_top() + row - event.client_y());
        self.pulled.set_value(Some((event.client_x(), event.client_y())));
        true
    }

    /// The pointer lets go; answers whether it pulled.
    pub(super) fn let_go(self) -> bool {
        self.pulled.try_update_value(Option::take).flatten().is_some()
    }

    /// Shows it `times` as large as where it fits, with `spot` of the frame staying where it is.
    fn to(self, times: f64, spot: (f64, f64)) {
        let (Some(frame), Some(sheet)) = (self.frame.get_untracked(), self.sheet.get_untracked()) else {
            return;
        };
        let before = self.times.get_untracked();
        if before <= 1.0 {
            self.fitting.set_value(f64::from(sheet.offset_width()));
            // The frame stays as it is while what is in it grows; a low one grows with it, as far as the window allows.
            let (low, high) = (f64::from(frame.offset_height()), f64::from(sheet.offset_height()) * MOST);
            let most = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(low) * 0.75;
            self.height.set_value(high.min(most).max(low));
            set(&frame, "block-size", Some(self.height.get_value()));
        }
        self.times.set(times);
        if times <= 1.0 {
            set(&sheet, "inline-size", None);
            set(&frame, "block-size", None);
            return;
        }
        set(&sheet, "inline-size", Some(self.fitting.get_value() * times));
        let ratio = times / before;
        frame.set_scroll_left(kept(frame.scroll_left(), spot.0, ratio));
        frame.set_scroll_top(kept(frame.scroll_top(), spot.1, ratio));
    }
}

/// Sets a size of an element, in pixels, or leaves it to the style sheet. By script, which the page's policy allows.
fn set(element: &web_sys::HtmlElement, name: &str, pixels: Option<f64>) {
    let style = web_sys::HtmlElement::style(element);
    // Names and sizes are well-formed: neither is ever refused.
    match pixels {
        Some(pixels) => drop(style.set_property(name, &format!("{pixels}px"))),
        None => drop(style.remove_property(name)),
    }
}

/// One step nearer or back, never beyond what fits or [`MOST`].
fn stepped(times: f64, is_nearer: bool) -> f64 {
    let next = if is_nearer { times * STEP } else { times / STEP };
    // A step back that ends about where it fits ends there.
    if next < 1.01 { 1.0 } else { next.min(MOST) }
}

/// How far to have scrolled so that what was at `spot` of the frame is there again once all is `ratio` times as large.
fn kept(scrolled: i32, spot: f64, ratio: f64) -> i32 {
    ((f64::from(scrolled) + spot) * ratio - spot).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_steps_back_as_forth_end_where_it_fits() {
        let near = (0..30).fold(1.0, |times, _| stepped(times, true));
        assert_eq!(near, MOST);
        let back = (0..30).fold(near, |times, _| stepped(times, false));
        assert_eq!(back, 1.0);
        assert_eq!(stepped(stepped(1.0, true), false), 1.0);
    }

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        assert_eq!(kept(0, 100.0, 2.0), 100, "what was 100 from the left is 200 from it now");
        assert_eq!(kept(100, 100.0, 0.5), 0);
        assert_eq!(kept(37, 0.0, 1.0), 37);
    }
}
