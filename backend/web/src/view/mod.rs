//! One message as a document for a sandboxed frame: cleaned, under a policy of its own, with its pictures by signed
//! addresses.

mod document;
mod links;
mod message;
mod signer;
mod sniff;
mod theme;

pub use self::{
    document::{Content, policy, render},
    message::{Wish, of_email},
    signer::{BLOB_PATH, IMAGE_PATH, Picture, Signer},
    sniff::picture_type,
    theme::{Look, Theme},
};
