//! Sessions to other servers: IMAP, POP3, SMTP, guarded HTTP, TLS, DNS; knows no database.
