//! What a client may ask of the door at most. The first block is announced in the Session object (RFC 8620 §2) and kept
//! in both places from these constants.

use std::time::Duration;

/// Octets of one upload.
pub const MAX_SIZE_UPLOAD: u64 = 50_000_000;
/// Uploads of one member at the same time.
pub const MAX_CONCURRENT_UPLOAD: usize = 4;
/// Octets of one API request.
pub const MAX_SIZE_REQUEST: usize = 10_000_000;
/// API requests of one member at the same time.
pub const MAX_CONCURRENT_REQUESTS: usize = 8;
/// Method calls in one API request.
pub const MAX_CALLS_IN_REQUEST: usize = 64;
/// Objects that one `/get` may ask for.
pub const MAX_OBJECTS_IN_GET: usize = 1_000;
/// Objects that one `/set` may create, update and destroy together.
pub const MAX_OBJECTS_IN_SET: usize = 1_000;

/// Octets of all uploads of an account that wait to be used.
pub const UPLOAD_QUOTA: u64 = 1_000_000_000;
/// Octets of a plain JSON form (log-in, set-up).
pub const MAX_FORM: usize = 16_384;
/// Push connections of one member at the same time.
pub const MAX_PUSH_CONNECTIONS: usize = 32;
/// How long an API request may take, including the wait for a body that lies at the provider.
pub const REQUEST_TIME: Duration = Duration::from_secs(60);
/// How long a connection may stay silent in the middle of a request's body.
pub const BODY_SILENCE: Duration = Duration::from_secs(30);
/// How long the door waits for changes that come close together before it tells of them.
pub const PUSH_COALESCE: Duration = Duration::from_millis(25);
