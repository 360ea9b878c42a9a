//! First run: five short screens from an empty house to a filling inbox.

mod done;
mod people;
mod person;
mod ways;

use leptos::prelude::*;
use shared::wire::Stage;

use self::{done::Done, people::People, person::Person, ways::Ways};
pub(super) use self::{done::count_words, person::PASSWORD_MIN};
use super::connect::ConnectFlow;
use crate::{
    browser,
    components::Banner,
    i18n::{self, house as t},
    state::use_state,
};

/// The screens in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// Who looks after the house.
    Person,
    /// What mail there is.
    Ways,
    /// Connecting it.
    Connect,
    /// Who else lives here.
    People,
    /// The inbox fills.
    Done,
}

const STEPS: [Step; 5] = [Step::Person, Step::Ways, Step::Connect, Step::People, Step::Done];

/// The first-run screens.
#[component]
pub fn FirstRunPage() -> impl IntoView {
    let state = use_state();
    let first = if state.house.stage.get_untracked() == Stage::Setup { Step::Person } else { Step::Ways };
    let step = RwSignal::new(first);
    let go = move |to: Step| {
        step.set(to);
        // The next screen's title is read out; its first field takes the focus where it asks for it.
        browser::after(0, || browser::focus(".first-run__title"));
    };
    let at = move || STEPS.iter().position(|one| *one == step.get()).unwrap_or(0) + 1;
    view! {
        <div class="first-run">
            {state.house.insecure.then(|| view! { <Banner icon="triangle-alert" text=t::insecure().to_owned() /> })}
            <main class="first-run__middle">
                <div class="first-run__card">
                    <div
                        class="first-run__steps"
                        role="img"
                        aria-label=move || i18n::fill(t::step_of(), &[&at().to_string(), "5"])
                    >
                        {STEPS
                            .into_iter()
                            .map(|one| view! { <i data-done=move || one <= step.get()></i> })
                            .collect_view()}
                    </div>
                    {move || match step.get() {
                        Step::Person => view! { <Person /> }.into_any(),
                        Step::Ways => view! { <Ways go=Callback::new(go) /> }.into_any(),
                        Step::Connect => {
                            let address = state.house.member.get_untracked().map(|member| member.email).unwrap_or_default();
                            view! {
                                <ConnectFlow
                                    address=address
                                    on_done=Callback::new(move |()| go(Step::People))
                                    later=(t::later().to_owned(), Callback::new(move |()| go(Step::People)))
                                />
                            }
                                .into_any()
                        }
                        Step::People => view! { <People go=Callback::new(go) /> }.into_any(),
                        Step::Done => view! { <Done /> }.into_any(),
                    }}
                </div>
            </main>
        </div>
    }
}
