//! One open letter as signals.

use leptos::prelude::*;
use shared::{
    ids::{EmailId, IdentityId},
    wire::{Address, Identity, NewAttachment},
};

use super::{
    State, keep,
    letter::{Attached, Kind, Letter},
};
use crate::browser;

/// How a sheet stands on the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A sheet at the lower edge.
    Normal,
    /// Its bar only.
    Min,
    /// Large, in the middle.
    Max,
}

/// Is it kept?
#[derive(Debug, Clone, PartialEq)]
pub enum Saved {
    /// Nothing to keep yet.
    Untouched,
    /// Changed since.
    Changed,
    /// Being kept.
    Saving,
    /// On the server since, in milliseconds.
    At(f64),
    /// Only in this browser, because …
    Here(String),
}

/// Where a file is.
#[derive(Debug, Clone)]
pub enum FileState {
    /// On its way.
    Sending(browser::Upload),
    /// On the server.
    There(NewAttachment),
    /// It did not get there, because …
    Failed(String),
}

/// A file of a letter.
#[derive(Clone, Copy)]
pub struct File {
    /// Names it within its sheet.
    pub key: u32,
    /// Its name.
    pub name: StoredValue<String>,
    /// Octets.
    pub size: u64,
    /// Octets sent.
    pub sent: RwSignal<u64>,
    /// Where it is.
    pub state: RwSignal<FileState, LocalStorage>,
}

/// One open letter. `Copy`; its signals belong to the root, so that it outlives the window that shows it.
#[derive(Clone, Copy)]
pub struct Sheet {
    /// Names it on the page.
    pub key: u32,
    /// Names it in the browser's memory.
    pub(super) name: StoredValue<String>,
    /// What kind.
    pub kind: Kind,
    /// From whom.
    pub identity: RwSignal<Option<IdentityId>>,
    /// Recipients.
    pub to: RwSignal<Vec<Address>>,
    /// Copied recipients.
    pub cc: RwSignal<Vec<Address>>,
    /// Blind recipients.
    pub bcc: RwSignal<Vec<Address>>,
    /// Being typed behind the recipients of each line.
    pub typed: [RwSignal<String>; 3],
    /// Is Cc shown?
    pub shows_cc: RwSignal<bool>,
    /// Is Bcc shown?
    pub shows_bcc: RwSignal<bool>,
    /// Subject.
    pub subject: RwSignal<String>,
    /// Text.
    pub body: RwSignal<String>,
    /// Files.
    pub files: RwSignal<Vec<File>>,
    /// How it stands.
    pub size: RwSignal<Size>,
    /// Is it kept?
    pub saved: RwSignal<Saved>,
    /// Why it could not be sent.
    pub error: RwSignal<Option<String>>,
    /// Is it being sent?
    pub sending: RwSignal<bool>,
    /// Was the person asked about a missing file, and sends anyway?
    pub asks_for_file: RwSignal<bool>,
    /// Its Email in Drafts.
    pub(super) draft: StoredValue<Option<EmailId>>,
    /// What does not show: `In-Reply-To`, `References`, the Email it answers.
    pub(super) rest: StoredValue<Letter>,
    /// Counts changes, so that a save knows whether more were made meanwhile.
    pub(super) edition: StoredValue<u64>,
    /// The edition on the server.
    pub(super) kept: StoredValue<u64>,
    /// Pending saves: here, there.
    pub(super) timers: StoredValue<[browser::Timer; 2]>,
    next_file: StoredValue<u32>,
}

impl Sheet {
    /// From a letter; the owner must be the root's.
    pub(super) fn new(key: u32, name: String, letter: Letter) -> Self {
        let sheet = Self {
            key,
            name: StoredValue::new(name),
            kind: letter.kind,
            identity: RwSignal::new(letter.identity),
            shows_cc: RwSignal::new(!letter.cc.is_empty()),
            shows_bcc: RwSignal::new(!letter.bcc.is_empty()),
            to: RwSignal::new(letter.to.clone()),
            cc: RwSignal::new(letter.cc.clone()),
            bcc: RwSignal::new(letter.bcc.clone()),
            typed: [RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new())],
            subject: RwSignal::new(letter.subject.clone()),
            body: RwSignal::new(letter.body.clone()),
            files: RwSignal::new(Vec::new()),
            size: RwSignal::new(Size::Normal),
            saved: RwSignal::new(Saved::Untouched),
            error: RwSignal::new(None),
            sending: RwSignal::new(false),
            asks_for_file: RwSignal::new(false),
            draft: StoredValue::new(letter.draft),
            edition: StoredValue::new(0),
            kept: StoredValue::new(0),
            timers: StoredValue::new(Default::default()),
            next_file: StoredValue::new(0),
            rest: StoredValue::new(Letter::default()),
        };
        for file in &letter.files {
            sheet.put_file(file.file.name.clone(), file.size, FileState::There(file.file.clone()));
        }
        let nothing = Letter {
            to: vec![],
            cc: vec![],
            bcc: vec![],
            files: vec![],
            body: String::new(),
            subject: String::new(),
            ..letter
        };
        sheet.rest.set_value(nothing);
        sheet
    }

    /// As it stands now; files that are not on the server yet are missing.
    pub fn letter(&self) -> Letter {
        let files = self.files.with_untracked(|files| {
            files
                .iter()
                .filter_map(|file| match file.state.get_untracked() {
                    FileState::There(there) => Some(Attached { file: there, size: file.size }),
                    _ => None,
                })
                .collect()
        });
        Letter {
            identity: self.identity.get_untracked(),
            to: self.to.get_untracked(),
            cc: self.cc.get_untracked(),
            bcc: self.bcc.get_untracked(),
            subject: self.subject.get_untracked(),
            body: self.body.get_untracked(),
            files,
            draft: self.draft.get_value(),
            ..self.rest.get_value()
        }
    }

    /// Something was changed by the person: it will be kept here within a second and on the server within ten.
    pub fn touch(&self, state: State) {
        self.edition.update_value(|edition| *edition += 1);
        self.error.set(None);
        self.saved.set(Saved::Changed);
        keep::soon(state, *self);
    }

    /// Adds people to one of its lines, each once.
    pub fn add_people(&self, list: RwSignal<Vec<Address>>, new: Vec<Address>) {
        add(list, new);
    }

    /// What is still typed behind the recipients becomes recipients.
    pub fn take_typed(&self) {
        for (typed, list) in self.typed.iter().zip([self.to, self.cc, self.bcc]) {
            let text = typed.get_untracked();
            if !text.trim().is_empty() {
                typed.set(String::new());
                add(list, super::read_addresses(&text));
            }
        }
    }

    /// From whom it goes: what was chosen, else the first.
    pub fn author(&self, state: State) -> Option<Identity> {
        let chosen = self.identity.get_untracked();
        state
            .mail
            .identities
            .with_untracked(|all| all.iter().find(|identity| Some(identity.id) == chosen).or(all.first()).cloned())
    }

    /// Another address to write from; its signature comes along.
    pub fn set_author(&self, state: State, id: IdentityId) {
        let signature = |author: Option<Identity>| author.map(|author| author.text_signature).unwrap_or_default();
        let before = signature(self.author(state));
        self.identity.set(Some(id));
        let after = signature(self.author(state));
        self.body.update(|body| *body = super::answer::swap_signature(body, &before, &after));
        self.touch(state);
    }

    fn put_file(&self, name: String, size: u64, file: FileState) -> File {
        let key = self.next_file.get_value();
        self.next_file.set_value(key + 1);
        let file =
            File { key, name: StoredValue::new(name), size, sent: RwSignal::new(0), state: RwSignal::new_local(file) };
        self.files.update(|files| files.push(file));
        file
    }

    /// Sends files of this computer to the server.
    pub fn upload(&self, state: State, files: Vec<browser::Picked>) {
        let sheet = *self;
        for picked in files {
            let file = self.put_file(picked.name(), picked.size(), FileState::Failed(String::new()));
            let name = picked.name();
            let done = move |answer: Result<browser::Uploaded, u16>| {
                file.state.set(match answer {
                    Ok(there) => FileState::There(NewAttachment {
                        blob_id: there.blob_id,
                        r#type: there.r#type,
                        name,
                        disposition: "attachment".into(),
                    }),
                    Err(status) => FileState::Failed(super::send::upload_words(status)),
                });
                sheet.touch(state);
            };
            let started =
                browser::upload(state.account(), picked.file(), move |sent, _| file.sent.set(sent as u64), done);
            if let Some(upload) = started
                && file.state.with_untracked(|state| matches!(state, FileState::Failed(words) if words.is_empty()))
            {
                file.state.set(FileState::Sending(upload));
            }
        }
        self.asks_for_file.set(false);
    }

    /// Takes a file out, or stops its upload.
    pub fn remove_file(&self, state: State, key: u32) {
        self.files.update(|files| {
            files.retain(|file| {
                if file.key == key {
                    file.state.with_untracked(|state| {
                        if let FileState::Sending(upload) = state {
                            upload.abort();
                        }
                    });
                }
                file.key != key
            });
        });
        self.touch(state);
    }
}

/// Adds people who are not there yet.
fn add(list: RwSignal<Vec<Address>>, new: Vec<Address>) {
    list.update(|list| {
        for address in new {
            if !list.iter().any(|have| have.email.eq_ignore_ascii_case(&address.email)) {
                list.push(address);
            }
        }
    });
}
