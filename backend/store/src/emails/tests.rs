//! Tests of the Emails.
