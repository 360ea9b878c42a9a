//! Who is here: stage, member, accounts, settings.

use leptos::prelude::*;
use shared::{
    ids::AccountId,
    wire::{Boot, Member, Session, Settings, Stage},
};

/// Who is here and how they like it.
#[derive(Clone, Copy)]
pub struct House {
    /// Which first screen.
    pub stage: RwSignal<Stage>,
    /// Set-up asks for the code printed at start.
    pub needs_code: bool,
    /// The page travels without TLS beyond localhost.
    pub insecure: bool,
    /// Who is logged in.
    pub member: RwSignal<Option<Member>>,
    /// The account that is read.
    pub account: RwSignal<AccountId>,
    /// How the member likes it.
    pub settings: RwSignal<Settings>,
}

impl House {
    /// From the boot block.
    pub fn new(boot: Boot) -> Self {
        let account = boot.session.as_ref().and_then(Session::mail_account).unwrap_or(AccountId(0));
        let mut settings = boot.settings.unwrap_or_default();
        if let Some(theme) = boot.theme {
            settings.theme = theme;
        }
        Self {
            stage: RwSignal::new(boot.state),
            needs_code: boot.needs_code,
            insecure: boot.insecure,
            member: RwSignal::new(boot.member),
            account: RwSignal::new(account),
            settings: RwSignal::new(settings),
        }
    }
}
