//! Skeleton: the shape of a row that is on its way.

use leptos::prelude::*;

/// A row of the list; `seed` varies the lengths so that a page of them does not look stamped.
#[component]
pub fn SkeletonRow(
    /// Which row.
    seed: usize,
) -> impl IntoView {
    let (who, what) = match seed % 5 {
        0 => ("2", "6"),
        1 => ("3", "4"),
        2 => ("1", "5"),
        3 => ("4", "6"),
        _ => ("2", "4"),
    };
    let first = seed == 0;
    view! {
        <div class="thread-row" data-bone data-first=first aria-hidden="true">
            <div class="thread-row__cell">
                <span class="avatar"></span>
            </div>
            <div class="thread-row__cell">
                <div class="thread-row__line">
                    <div class="thread-row__who">
                        <span class="skeleton" data-w=who></span>
                    </div>
                    <span class="skeleton" data-w="date"></span>
                </div>
                <div class="thread-row__line">
                    <span class="skeleton" data-w=what data-pale></span>
                </div>
            </div>
        </div>
    }
}
