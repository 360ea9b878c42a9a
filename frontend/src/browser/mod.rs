//! The only place that touches the browser itself; everything above it speaks in plain Rust types.

mod clock;
mod dom;
mod float;
mod format;
mod history;
mod keys;
mod socket;
mod storage;
mod upload;
mod window;

pub use clock::{Timer, after, at_local, now_ms, parse_ms, today_start};
pub use dom::{blur, boot_block, focus, mount_point, scroll_into_view, set_theme, set_title};
pub use float::{focus_step, hide_popover, is_target, on_tip, place_beside, show_modal, toggles_open};
pub use format::{date_long, date_month, date_short, number, plural_one, size, time_of_day};
pub use history::{assign, go_back, on_pop, path, push, replace};
pub use keys::{Key, on_key};
pub use socket::{Socket, SocketEvent};
pub use storage::{recall, remember};
pub use upload::{Upload, Uploaded, upload};
pub use window::{FrameWord, is_narrow, is_online, on_frame_word, on_online_change, on_visible, on_width_change};
