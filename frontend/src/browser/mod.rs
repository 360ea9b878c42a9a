//! The only place that touches the browser itself; everything above it speaks in plain Rust types.

mod clock;
mod dom;
mod files;
mod float;
mod format;
mod history;
mod keys;
mod scroller;
mod socket;
mod storage;
mod upload;
mod window;

pub use clock::{Timer, after, now_ms, offset_min, parse_ms, today_start};
pub use dom::{blur, boot_block, focus, focus_and_mark, has_focus_in, is_floating, mount_point, set_theme, set_title};
pub use files::{Picked, picked};
pub use float::{
    copy, focus_start, focus_step, hide_popover, is_plain_click, is_target, on_tip, place_beside, show_modal,
    toggles_open,
};
pub use format::{date_long, date_month, date_short, number, plural_one, size, time_of_day};
pub use history::{assign, on_pop, path, push, replace};
pub use keys::{Key, on_key};
pub use scroller::{drag, on_resize, press_kind, scroll_by_views, scroll_top, set_scroll_top, view_height};
pub use socket::{Socket, SocketEvent};
pub use storage::{fresh_name, recall, remember, remembered, tab_name};
pub use upload::{Upload, Uploaded, upload};
#[cfg(debug_assertions)]
pub use window::show_panics;
pub use window::{
    FrameWord, is_narrow, is_online, on_frame_word, on_online_change, on_visible, on_width_change, open_tab,
    prefers_dark, print,
};
