//! Tests come with the first Emails.
