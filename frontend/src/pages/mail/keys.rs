//! The keys of the mail screen (Gmail's map). What a key means is pure; doing it is `mod.rs`'s business.

use crate::browser::Key;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Next,
    Previous,
    /// The arrows move through the list only while it has the focus.
    Down,
    Up,
    Open,
    Back,
    NextMessage,
    PreviousMessage,
    Pick,
    Archive,
    ArchiveNext,
    ArchivePrevious,
    Trash,
    Junk,
    Reply,
    ReplyAll,
    Forward,
    Compose,
    Star,
    Move,
    Undo,
    Read,
    Unread,
    GoInbox,
    GoStarred,
    GoSent,
    GoDrafts,
    GoArchive,
    PickAll,
    PickNone,
    PickRead,
    PickUnread,
    Search,
    Help,
    /// The first of two keys (`g`, `*`).
    Prefix(char),
}

/// What a key means after a prefix; `single` = may single characters act?
pub fn command(prefix: Option<char>, key: &Key, single: bool) -> Option<Command> {
    if key.command || key.alt || key.in_field {
        return None;
    }
    match key.name.as_str() {
        "Enter" => return Some(Command::Open),
        "ArrowDown" => return Some(Command::Down),
        "ArrowUp" => return Some(Command::Up),
        "Escape" => return Some(Command::Back),
        _ if !single => return None,
        _ => {}
    }
    let mut characters = key.name.chars();
    let (Some(character), None) = (characters.next(), characters.next()) else { return None };
    match prefix {
        Some('g') => match character {
            'i' => Some(Command::GoInbox),
            's' => Some(Command::GoStarred),
            't' => Some(Command::GoSent),
            'd' => Some(Command::GoDrafts),
            'a' => Some(Command::GoArchive),
            _ => None,
        },
        Some('*') => match character {
            'a' => Some(Command::PickAll),
            'n' => Some(Command::PickNone),
            'r' => Some(Command::PickRead),
            'u' => Some(Command::PickUnread),
            _ => None,
        },
        _ => Some(match character {
            'j' => Command::Next,
            'k' => Command::Previous,
            'o' => Command::Open,
            'u' => Command::Back,
            'n' => Command::NextMessage,
            'p' => Command::PreviousMessage,
            'x' => Command::Pick,
            'e' => Command::Archive,
            ']' => Command::ArchiveNext,
            '[' => Command::ArchivePrevious,
            '#' => Command::Trash,
            '!' => Command::Junk,
            'r' => Command::Reply,
            'a' => Command::ReplyAll,
            'f' => Command::Forward,
            'c' => Command::Compose,
            's' => Command::Star,
            'v' => Command::Move,
            'z' => Command::Undo,
            'I' => Command::Read,
            'U' => Command::Unread,
            '/' => Command::Search,
            '?' => Command::Help,
            'g' | '*' => Command::Prefix(character),
            _ => return None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        Key { name: name.into(), ..Key::default() }
    }

    #[test]
    fn keys_mean_what_hands_know() {
        assert_eq!(command(None, &key("j"), true), Some(Command::Next));
        assert_eq!(command(None, &key("#"), true), Some(Command::Trash));
        assert_eq!(command(None, &key("g"), true), Some(Command::Prefix('g')));
        assert_eq!(command(Some('g'), &key("i"), true), Some(Command::GoInbox));
        assert_eq!(command(Some('*'), &key("r"), true), Some(Command::PickRead));
        assert_eq!(command(Some('g'), &key("e"), true), None, "half a key does nothing else");
        assert_eq!(command(None, &Key { shift: true, ..key("U") }, true), Some(Command::Unread));
    }

    #[test]
    fn writing_and_shortcuts_of_the_browser_are_left_alone() {
        assert_eq!(command(None, &Key { in_field: true, ..key("e") }, true), None);
        assert_eq!(command(None, &Key { command: true, ..key("r") }, true), None);
        assert_eq!(command(None, &key("e"), false), None);
        assert_eq!(command(None, &key("ArrowDown"), false), Some(Command::Down));
        assert_eq!(command(None, &key("F5"), true), None);
    }
}
