//! What happens to every request before and after its endpoint.

pub(super) mod client;
pub(super) mod cors;
pub(super) mod observe;
pub(super) mod panic;
pub(super) mod rate;
pub(super) mod request_id;
pub(super) mod security;
pub(super) mod time;
