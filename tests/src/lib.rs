//! Cross-crate tests and the test kit: real servers, a fault proxy, builders.
