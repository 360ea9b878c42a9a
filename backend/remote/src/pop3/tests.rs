//! POP3 against scripted servers.
