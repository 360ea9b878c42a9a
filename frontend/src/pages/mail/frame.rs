//! The body of a message: a document of its own in a sandboxed frame, which tells its height, keys and withheld pictures.

use leptos::{html, prelude::*};
use shared::ids::EmailId;

use super::use_keys;
use crate::{
    browser::{self, FrameWord},
    components::{Button, Note},
    i18n::{self, mail as t},
    state::use_state,
};

/// Shown until the frame has told its height.
const FIRST_HEIGHT: f64 = 96.0;

/// The frame is as tall as its text, so the keys that scroll are meant for the reader round it: by so many views.
fn scrolled(key: &str, shift: bool) -> Option<f64> {
    Some(match key {
        "ArrowDown" => 0.08,
        "ArrowUp" => -0.08,
        " " if shift => -0.9,
        " " | "PageDown" => 0.9,
        "PageUp" => -0.9,
        "Home" => -1_000.0,
        "End" => 1_000.0,
        _ => return None,
    })
}

/// The frame with the offer to load pictures.
#[component]
pub fn Frame(
    /// Which message.
    id: EmailId,
) -> impl IntoView {
    let state = use_state();
    let keys = use_keys();
    let node = NodeRef::<html::Iframe>::new();
    let height = RwSignal::new(FIRST_HEIGHT);
    let ready = RwSignal::new(false);
    let withheld = RwSignal::new(0u32);
    let images = RwSignal::new(false);
    let account = state.account();
    let dark = Memo::new(move |_| match state.house.settings.with(|settings| settings.theme.clone()).as_str() {
        "dark" => true,
        "light" => false,
        _ => browser::prefers_dark(),
    });
    let url = move || {
        let theme = if dark.get() { "dark" } else { "light" };
        format!("/view/{account}/{id}?images={}&theme={theme}", u8::from(images.get()))
    };
    Effect::new(move |_| {
        let Some(frame) = node.get() else { return };
        let stop = browser::on_frame_word(frame, move |word| match word {
            FrameWord::Height(pixels) => {
                height.try_set(pixels.max(24.0));
                ready.try_set(true);
            }
            FrameWord::Images(count) => {
                withheld.try_set(count);
            }
            FrameWord::Key(key) => match scrolled(&key.name, key.shift) {
                Some(views) => browser::scroll_by_views(".reader__body", views),
                None => keys.run(key),
            },
        });
        let stop = StoredValue::new_local(Some(stop));
        on_cleanup(move || {
            if let Some(stop) = stop.try_update_value(Option::take).flatten() {
                stop();
            }
        });
    });
    view! {
        <Show when=move || { withheld.get() > 0 && !images.get() }>
            <Note>
                {move || i18n::count(u64::from(withheld.get()), t::remote_images_one(), t::remote_images_many())}
                <div class="note__acts">
                    <Button size="s" icon="image" attr:data-testid="load-images" on:click=move |_| images.set(true)>{t::load_images()}</Button>
                </div>
            </Note>
        </Show>
        <div class="message__body">
            <iframe
                class="message__frame"
                node_ref=node
                data-testid="message-frame"
                title=t::message_text()
                sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox"
                referrerpolicy="no-referrer"
                src=url
                data-ready=move || ready.get()
                style:height=move || format!("{}px", height.get())
            ></iframe>
        </div>
    }
}
