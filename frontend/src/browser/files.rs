//! Files of this computer that a person picked.

use wasm_bindgen::JsCast;
use web_sys::{Event, File, HtmlInputElement};

/// A picked file.
#[derive(Debug, Clone)]
pub struct Picked(File);

impl Picked {
    /// Its name, without its folder.
    pub fn name(&self) -> String {
        self.0.name()
    }

    /// Octets.
    pub fn size(&self) -> u64 {
        self.0.size() as u64
    }

    /// To be uploaded.
    pub fn file(&self) -> &File {
        &self.0
    }
}

/// What was picked by a file input; empties it, so that the same file can be picked again.
pub fn picked(event: &Event) -> Vec<Picked> {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let Some(input) = input else { return Vec::new() };
    let files = input.files().map(|list| (0..list.length()).filter_map(|index| list.get(index)).map(Picked).collect());
    input.set_value("");
    files.unwrap_or_default()
}
