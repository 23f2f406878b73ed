use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// What API tokens begin with: secret scanners and people know them by it.
pub(crate) const API_TOKEN_PREFIX: &str = "slipway_token_";

/// 256 random bits that stand for somebody: refresh tokens, one-time links, API tokens. Only its hash is kept, and
/// nothing that prints prints it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SecretToken(String);

/// SHA-256 of a token. A slow hash would add nothing: nobody guesses 256 random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TokenHash(pub(crate) [u8; 32]);

impl SecretToken {
    /// `prefix`: what secret scanners and people know it by, such as `slipway_refresh_`.
    pub(crate) fn new(prefix: &str) -> Self {
        let secret: [u8; 32] = rand::random();
        Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(secret)))
    }

    pub(crate) const fn from_text(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(&self.0).into())
    }

    /// Its last four characters, which tell it from others and help nobody to guess it.
    pub(crate) fn hint(&self) -> String {
        self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default().to_owned()
    }

    /// The token itself, for the one it is of.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretToken")
    }
}
