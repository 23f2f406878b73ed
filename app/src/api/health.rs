//! Whether the process lives, and whether it wants traffic.

pub(super) mod live;
pub(super) mod ready;
