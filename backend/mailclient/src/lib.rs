//! The e-mail client that lives on the server: what a person does (`actions`), what the providers hold (`sync`),
//! letters on their way (`outbox`), connecting accounts (`discovery`) and mail from files (`import`).
//! Knows nothing of HTTP and JMAP; `web` calls the *apply* halves and the facade [`MailClient`].

pub mod actions;
mod body;
mod client;
mod config;
pub mod discovery;
mod error;
mod fate;
mod images;
pub mod import;
mod letter;
mod link;
mod outbox;
mod settings;
mod sources;
mod sync;
mod task;

pub use body::{FetchError, Section};
pub use client::{Contact, Image, ImageError, MailClient, NewSource, SourceEdit, SourceError};
pub use config::{Config, Network};
pub use error::ActionError;
pub use link::Progress;
pub use settings::{Pop3Keep, Protocol, Security, Server, SourceConfig};
pub use task::{Crossing, Entry, Task};
