//! The e-mail client: actions, outbox, sync, discovery, import.
