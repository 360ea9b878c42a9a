//! SMTP against scripted servers.
