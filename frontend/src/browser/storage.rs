//! Small things that this browser remembers (pane widths, what was typed while the network was away).

/// Names that begin so, among those that were remembered.
pub fn remembered(prefix: &str) -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let count = storage.length().unwrap_or(0);
    (0..count).filter_map(|index| storage.key(index).ok()?).filter(|name| name.starts_with(prefix)).collect()
}

/// A name of this tab that survives a reload but not its closing.
pub fn tab_name() -> String {
    let session = web_sys::window().and_then(|window| window.session_storage().ok()?);
    if let Some(name) = session.as_ref().and_then(|session| session.get_item("tab").ok()?) {
        return name;
    }
    let name = fresh_name();
    if let Some(session) = session {
        let _ = session.set_item("tab", &name);
    }
    name
}

/// A name that no other has.
pub fn fresh_name() -> String {
    format!("{:x}{:x}", js_sys::Date::now() as u64, (js_sys::Math::random() * 4_294_967_296.0) as u64)
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// What was remembered under a name.
pub fn recall(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// Remembers, or forgets with `None`. A full or forbidden storage is no error: it is a convenience.
pub fn remember(name: &str, value: Option<&str>) {
    let Some(storage) = storage() else { return };
    let _ = match value {
        Some(value) => storage.set_item(name, value),
        None => storage.remove_item(name),
    };
}
