//! Who asks: people and machines, how they prove it, and what they may do where.

mod access_token;
mod email;
mod password;
mod role;
mod secret_token;

pub(crate) use access_token::{AccessTokens, LIFETIME as ACCESS_TOKEN_LIFETIME};
pub(crate) use email::Email;
pub(crate) use password::{Hasher, NewPassword, PasswordError};
pub(crate) use role::{Grant, Place, Role};
pub(crate) use secret_token::{API_TOKEN_PREFIX, SecretToken, TokenHash};
