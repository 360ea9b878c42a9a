//! The maths of one virtual list over a whole mailbox. Browsers cap an element at some 33 million pixels, so above
//! [`SCALE_ROWS`] rows the scroll range is shorter than the rows are together. Pure.

use std::ops::Range;

/// From here on the scroll range is scaled.
const SCALE_ROWS: usize = 200_000;
/// Rows drawn beyond each edge.
const OVERSCAN: usize = 6;
/// A scroll event that moves less than so many views is a wheel or a finger, more is a drag of the scroll bar.
const DRAG_VIEWS: f64 = 2.0;

/// Where a list is scrolled to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scroll {
    /// Rows in all.
    pub rows: usize,
    /// Height of one row in pixels.
    pub row: f64,
    /// Height of the view in pixels.
    pub view: f64,
    /// What the browser says (`scrollTop`).
    pub physical: f64,
    /// Where that is among all rows, in pixels.
    pub top: f64,
}

impl Scroll {
    /// At the top.
    pub fn new(rows: usize, row: f64, view: f64) -> Self {
        Self { rows, row, view, physical: 0.0, top: 0.0 }
    }

    fn whole(&self) -> f64 {
        self.rows as f64 * self.row
    }

    /// The height to give the canvas.
    pub fn canvas(&self) -> f64 {
        self.rows.min(SCALE_ROWS) as f64 * self.row
    }

    /// How many pixels among all rows one pixel of the scroll bar is.
    fn scale(&self) -> f64 {
        let range = self.canvas() - self.view;
        if self.rows > SCALE_ROWS && range > 0.0 { (self.whole() - self.view) / range } else { 1.0 }
    }

    /// The browser scrolled to `physical`. Small moves are pixel by pixel, a drag goes to its share of the whole.
    pub fn moved(&mut self, physical: f64) {
        let step = physical - self.physical;
        self.physical = physical;
        let end = (self.whole() - self.view).max(0.0);
        let at_edge = physical <= 0.0 || physical >= self.canvas() - self.view - 1.0;
        self.top = if self.scale() == 1.0 || at_edge || step.abs() > DRAG_VIEWS * self.view {
            physical * self.scale()
        } else {
            self.top + step
        }
        .clamp(0.0, end);
    }

    /// More or fewer rows, or another height of row or view: the same row stays at the top.
    pub fn resized(&mut self, rows: usize, row: f64, view: f64) {
        let first = if self.row > 0.0 { self.top / self.row } else { 0.0 };
        self.rows = rows;
        self.row = row;
        self.view = view;
        self.top = (first * row).clamp(0.0, (self.whole() - view).max(0.0));
        self.physical = self.top / self.scale();
    }

    /// The rows to draw.
    pub fn drawn(&self) -> Range<usize> {
        let shown = self.shown();
        shown.start.saturating_sub(OVERSCAN)..(shown.end + OVERSCAN).min(self.rows)
    }

    /// The rows in view, the first and last perhaps in part.
    pub fn shown(&self) -> Range<usize> {
        if self.row <= 0.0 {
            return 0..0;
        }
        let first = (self.top / self.row) as usize;
        let last = ((self.top + self.view) / self.row).ceil() as usize;
        first.min(self.rows)..last.min(self.rows)
    }

    /// Where on the canvas a row is drawn.
    #[cfg(test)]
    pub fn y(&self, index: usize) -> f64 {
        index as f64 * self.row + self.shift()
    }

    /// How far the drawn rows are shifted on the canvas; 0 in an unscaled list.
    pub fn shift(&self) -> f64 {
        if self.rows > SCALE_ROWS { self.physical - self.top } else { 0.0 }
    }

    /// The `scrollTop` that brings a row into view with the least move; `None` when it is in view.
    pub fn reveal(&mut self, index: usize) -> Option<f64> {
        let y = index as f64 * self.row;
        let top = if y < self.top {
            y
        } else if y + self.row > self.top + self.view {
            y + self.row - self.view
        } else {
            return None;
        };
        self.top = top.clamp(0.0, (self.whole() - self.view).max(0.0));
        self.physical = self.top / self.scale();
        Some(self.physical)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_small_list_is_pixel_by_pixel() {
        let mut scroll = Scroll::new(1_000, 66.0, 660.0);
        assert_eq!((scroll.canvas(), scroll.drawn()), (66_000.0, 0..16));
        scroll.moved(6_600.0);
        assert_eq!((scroll.shown(), scroll.y(100)), (100..110, 6_600.0));
        assert_eq!(scroll.reveal(105), None);
        assert_eq!(scroll.reveal(110), Some(6_666.0));
        assert_eq!(scroll.reveal(0), Some(0.0));
    }

    #[test]
    fn a_million_rows_fit_and_both_ends_are_reached() {
        let mut scroll = Scroll::new(1_000_000, 66.0, 660.0);
        assert!(scroll.canvas() < 33_554_428.0);
        scroll.moved(scroll.canvas() - scroll.view);
        assert_eq!(scroll.shown().end, 1_000_000);
        assert!((scroll.y(999_999) + 66.0 - scroll.canvas()).abs() < 1.0, "the last row ends where the canvas ends");
        scroll.moved(0.0);
        assert_eq!((scroll.shown().start, scroll.y(0)), (0, 0.0));
    }

    #[test]
    fn a_wheel_moves_by_rows_even_in_a_scaled_list() {
        let mut scroll = Scroll::new(1_000_000, 66.0, 660.0);
        scroll.moved(5_000_000.0);
        let first = scroll.shown().start;
        for _ in 0..10 {
            scroll.moved(scroll.physical + 66.0);
        }
        assert_eq!(scroll.shown().start, first + 10);
        let y = scroll.y(scroll.shown().start) - scroll.physical;
        assert!((-66.0..=0.0).contains(&y), "the first row is drawn at the top of the view: {y}");
    }

    #[test]
    fn other_sizes_keep_the_first_row() {
        let mut scroll = Scroll::new(500, 66.0, 660.0);
        scroll.moved(66.0 * 40.0);
        scroll.resized(600, 38.0, 400.0);
        assert_eq!(scroll.shown().start, 40);
        scroll.resized(3, 38.0, 400.0);
        assert_eq!((scroll.top, scroll.shown()), (0.0, 0..3));
        scroll.resized(0, 38.0, 400.0);
        assert_eq!(scroll.drawn(), 0..0);
    }
}
