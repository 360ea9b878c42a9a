//! The test kit: real servers on loopback, the program under test, a fault proxy, certificates, letters.
//! Everything lives in temporary folders and ends with the value that started it.

pub mod autoconfig;
pub mod certs;
pub mod dovecot;
pub mod fake_imap;
pub mod generator;
pub mod jmap;
pub mod kinpost;
pub mod letters;
pub mod maildir;
pub mod mailhost;
pub mod ports;
pub mod postfix;
pub mod proxy;
pub mod wait;
