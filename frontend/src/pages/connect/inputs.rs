//! The fields of the account form as signals, and the form that they spell.

use leptos::prelude::*;
use shared::wire::{Pop3Keep, Protocol, Security};

use crate::{
    i18n::house as t,
    state::connect_form::{ConnectForm, Wrong},
};

/// All fields. `Copy`.
#[derive(Clone, Copy)]
pub struct Inputs {
    /// Its name on screen.
    pub label: RwSignal<String>,
    /// Its address.
    pub email: RwSignal<String>,
    /// Its password; never read back from the server.
    pub password: RwSignal<String>,
    /// The way in.
    pub protocol: RwSignal<Protocol>,
    /// Host of the way in.
    pub in_host: RwSignal<String>,
    /// Its port.
    pub in_port: RwSignal<String>,
    /// Its protection.
    pub in_security: RwSignal<Security>,
    /// User name.
    pub username: RwSignal<String>,
    /// Is mail sent through it?
    pub sends: RwSignal<bool>,
    /// Host of the way out.
    pub out_host: RwSignal<String>,
    /// Its port.
    pub out_port: RwSignal<String>,
    /// Its protection.
    pub out_security: RwSignal<Security>,
    /// User name for sending.
    pub out_username: RwSignal<String>,
    /// POP3: `delete`, `leave` or `days`.
    pub keep: RwSignal<&'static str>,
    /// POP3: for how many days.
    pub days: RwSignal<String>,
    /// POP3: was the choice confirmed?
    pub keep_confirmed: RwSignal<bool>,
    /// Unprotected lines were agreed to.
    pub allow_plain: RwSignal<bool>,
    /// What was wrong at the last try.
    pub wrong: RwSignal<Vec<Wrong>>,
}

impl Inputs {
    /// Filled from a form.
    pub fn new(form: &ConnectForm) -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        let inputs = Self {
            label: text(&form.label),
            email: text(&form.email),
            password: text(""),
            protocol: RwSignal::new(form.protocol),
            in_host: text(""),
            in_port: text(""),
            in_security: RwSignal::new(form.in_security),
            username: text(""),
            sends: RwSignal::new(true),
            out_host: text(""),
            out_port: text(""),
            out_security: RwSignal::new(form.out_security),
            out_username: text(""),
            keep: RwSignal::new("delete"),
            days: text("14"),
            keep_confirmed: RwSignal::new(false),
            allow_plain: RwSignal::new(false),
            wrong: RwSignal::new(Vec::new()),
        };
        inputs.fill(form);
        inputs
    }

    /// Takes a form over; the password stays.
    pub fn fill(&self, form: &ConnectForm) {
        let put = |signal: RwSignal<String>, text: &str| signal.set(text.to_owned());
        put(self.label, &form.label);
        put(self.email, &form.email);
        self.protocol.set(form.protocol);
        put(self.in_host, &form.in_host);
        put(self.in_port, &form.in_port);
        self.in_security.set(form.in_security);
        put(self.username, &form.username);
        self.sends.set(form.sends);
        put(self.out_host, &form.out_host);
        put(self.out_port, &form.out_port);
        self.out_security.set(form.out_security);
        put(self.out_username, &form.out_username);
        self.keep.set(match form.keep {
            Pop3Keep::Delete => "delete",
            Pop3Keep::Leave => "leave",
            Pop3Keep::Days(_) => "days",
        });
        if let Pop3Keep::Days(days) = form.keep {
            self.days.set(days.to_string());
        }
        self.allow_plain.set(form.allow_plain);
    }

    /// As it stands now.
    pub fn form(&self) -> ConnectForm {
        let keep = match self.keep.get_untracked() {
            "leave" => Pop3Keep::Leave,
            "days" => Pop3Keep::Days(self.days.get_untracked().trim().parse().unwrap_or(14).clamp(1, 3650)),
            _ => Pop3Keep::Delete,
        };
        ConnectForm {
            label: self.label.get_untracked(),
            email: self.email.get_untracked(),
            protocol: self.protocol.get_untracked(),
            in_host: self.in_host.get_untracked(),
            in_port: self.in_port.get_untracked(),
            in_security: self.in_security.get_untracked(),
            username: self.username.get_untracked(),
            sends: self.sends.get_untracked(),
            out_host: self.out_host.get_untracked(),
            out_port: self.out_port.get_untracked(),
            out_security: self.out_security.get_untracked(),
            out_username: self.out_username.get_untracked(),
            keep,
            allow_plain: self.allow_plain.get_untracked(),
        }
    }

    /// Changes the form as a whole, so that ports follow their protection.
    pub fn change(&self, change: impl FnOnce(&mut ConnectForm)) {
        let mut form = self.form();
        change(&mut form);
        self.fill(&form);
        self.keep_confirmed.set(false);
    }

    /// The words for one thing that was wrong.
    pub fn error(self, which: Wrong) -> Signal<Option<String>> {
        Signal::derive(move || self.wrong.with(|wrong| wrong.contains(&which)).then(|| wrong_words(which).to_owned()))
    }

    /// Is some line unprotected?
    pub fn is_plain(&self) -> bool {
        self.in_security.get() == Security::Plain || (self.sends.get() && self.out_security.get() == Security::Plain)
    }
}

fn wrong_words(wrong: Wrong) -> &'static str {
    match wrong {
        Wrong::Email => t::wrong_email(),
        Wrong::InHost | Wrong::OutHost => t::wrong_host(),
        Wrong::InPort | Wrong::OutPort => t::wrong_port(),
        Wrong::Plain => t::wrong_plain(),
    }
}

/// `IMAP · imap.posten.example : 993 · TLS`.
pub fn way_words(protocol: &str, host: &str, port: &str, security: Security) -> String {
    format!("{protocol} · {host} : {port} · {}", security_words(security))
}

/// The protection in words.
pub fn security_words(security: Security) -> &'static str {
    match security {
        Security::Tls => "TLS",
        Security::Starttls => "STARTTLS",
        Security::Plain => t::security_plain(),
    }
}

/// The protocol in words.
pub fn protocol_words(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Imap => "IMAP",
        Protocol::Pop3 => "POP3",
    }
}
