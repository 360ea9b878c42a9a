//! `Core/*` (RFC 8620 §4).

use serde_json::Value;

use super::{args::Args, context::Cx, dispatch::Outcome};

/// `Core/echo`: the arguments, untouched.
pub async fn echo(_: &mut Cx<'_>, args: Args) -> Outcome {
    Ok(Value::Object(args.into_object()).into())
}
