//! Durable files and opening SQLite; knows no mail.
