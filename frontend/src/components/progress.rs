//! Progress: a real bar with counts and what is being done.

use leptos::prelude::*;

/// A named bar.
#[component]
pub fn Progress(
    /// Of what.
    #[prop(into)]
    name: Signal<String>,
    /// The counts in words.
    #[prop(into)]
    count: Signal<String>,
    /// Done.
    #[prop(into)]
    done: Signal<u64>,
    /// Of so many; 0 = not known.
    #[prop(into)]
    total: Signal<u64>,
) -> impl IntoView {
    let is_done = move || total.get() > 0 && done.get() >= total.get();
    view! {
        <div class="progress">
            <div class="progress__line">
                <span class="progress__name clip">{move || name.get()}</span>
                <span class="progress__count num">{move || count.get()}</span>
            </div>
            <progress
                class="progress__bar"
                aria-label=move || name.get()
                max=move || total.get().max(1).to_string()
                value=move || (total.get() > 0).then(|| done.get().min(total.get()).to_string())
                data-done=is_done
            ></progress>
        </div>
    }
}
