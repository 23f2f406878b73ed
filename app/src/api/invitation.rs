//! How people come to be users: an administrator invites them, and they choose a password by a mailed link.

pub(super) mod accept;
pub(super) mod create;
