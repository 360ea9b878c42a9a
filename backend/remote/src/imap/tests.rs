//! The IMAP session against scripted servers.
