//! Texts of the mail screen.

super::texts! {
    all_inboxes = "All inboxes";
}
