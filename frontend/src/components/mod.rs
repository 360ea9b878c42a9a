//! The parts that pages are made of: they know browser and i18n, nothing else. Each has its CSS file in `style/components/`.

mod avatar;
mod banner;
mod button;
mod chip;
mod dialog;
mod empty;
mod field;
mod icon;
mod icon_button;
mod menu;
mod note;
mod progress;
mod select;
mod skeleton;
mod switch;
mod tabs;
mod toast;
mod tooltip;

pub use self::{
    avatar::{Avatar, hue_of},
    banner::Banner,
    button::Button,
    chip::{Chip, WhoChip},
    dialog::Dialog,
    empty::Empty,
    field::{Check, Field, FormError},
    icon::{Icon, Mark},
    icon_button::IconButton,
    menu::{Menu, MenuItem, MenuRule},
    note::Note,
    progress::Progress,
    select::Select,
    skeleton::SkeletonRow,
    switch::Switch,
    tabs::Tabs,
    toast::ToastCard,
    tooltip::TooltipLayer,
};

/// A fresh id for tying a label, a help text or a popover to its element.
fn fresh_id(prefix: &str) -> String {
    use std::cell::Cell;
    thread_local!(static NEXT: Cell<u32> = const { Cell::new(0) });
    let number = NEXT.with(|next| {
        let number = next.get();
        next.set(number.wrapping_add(1));
        number
    });
    format!("{prefix}-{number}")
}
