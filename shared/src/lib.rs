//! What the browser and the server say to each other: ids, JMAP and vendor wire types, the search syntax.
//! serde only, compiles to wasm32, no I/O.

pub mod ids;
pub mod search;
pub mod wire;
