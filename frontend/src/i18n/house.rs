//! Texts of log-in, first run, settings and the composer.

super::texts! {
    log_in = "Log in";
    close = "Close";
    hide_password = "Hide password";
    optional = "(optional)";
    remove_who = "Remove {}";
    show_password = "Show password";
}
