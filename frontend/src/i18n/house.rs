//! Texts of log-in, first run, settings and the composer.

super::texts! {
    log_in = "Log in";
}
