//! A scripted fake server for the crate's own tests.
