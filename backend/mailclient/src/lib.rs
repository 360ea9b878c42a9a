//! The e-mail client that lives on the server: what a person does (`actions`), what the providers hold (`sync`),
//! letters on their way (`outbox`), connecting accounts (`discovery`) and mail from files (`import`).
//! Knows nothing of HTTP and JMAP; `web` calls the *apply* halves and the facade [`MailClient`].

pub mod actions;
mod client;
mod config;
pub mod discovery;
mod error;
pub mod import;
mod letter;
pub mod outbox;
mod sync;
mod task;

pub use client::{
    Contact, FetchError, Image, ImageError, MailClient, NewSource, Progress, Section, SourceEdit, SourceError,
};
pub use config::{Config, Network};
pub use error::ActionError;
pub use task::{Crossing, Entry, Task};
