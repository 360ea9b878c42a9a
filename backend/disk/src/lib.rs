//! Durable files and opening SQLite; knows no mail.

mod error;
pub mod files;
pub mod migrate;
pub mod sqlite;

pub use error::Error;
