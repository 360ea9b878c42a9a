//! The submission state machine: letters on their way, one SMTP step after the other.
