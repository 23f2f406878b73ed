use std::fmt;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::Deserialize;
use tokio::sync::Semaphore;

/// KiB, passes and lanes: the second of OWASP's equivalent settings for argon2id
/// (<https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html>).
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Characters. NIST SP 800-63B asks for 8 at least and no rules of composition; what is longer than the upper bound is work
/// for the hash and no stronger.
const SHORTEST: usize = 12;
const LONGEST: usize = 128;

/// A password that somebody chose.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct NewPassword(String);

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected a password of {SHORTEST} to {LONGEST} characters")]
pub(crate) struct UnfitPassword;

impl TryFrom<String> for NewPassword {
    type Error = UnfitPassword;

    fn try_from(text: String) -> Result<Self, UnfitPassword> {
        if (SHORTEST..=LONGEST).contains(&text.chars().count()) { Ok(Self(text)) } else { Err(UnfitPassword) }
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewPassword")
    }
}

/// Hashes passwords, few at once: each takes 19 MiB and some tens of milliseconds of a core.
#[derive(Clone)]
pub(crate) struct Hasher {
    at_once: Arc<Semaphore>,
    /// What the password of somebody unknown is compared with, so that the time does not tell who is known.
    nobodys: Arc<str>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordError {
    #[error("a password cannot be hashed")]
    Hash(#[source] argon2::password_hash::Error),
    #[error("a stored hash is none")]
    NotAHash(#[source] argon2::password_hash::phc::Error),
    #[error("hashing was cut off")]
    CutOff,
}

impl Hasher {
    /// `at_once`: how many passwords are hashed at the same time; others wait.
    ///
    /// # Errors
    ///
    /// When this machine cannot hash at all.
    pub(crate) fn new(at_once: usize) -> Result<Self, PasswordError> {
        let nobodys = hash(&rand::random::<[u8; 32]>())?;
        Ok(Self { at_once: Arc::new(Semaphore::new(at_once)), nobodys: nobodys.into() })
    }

    /// In PHC form, with a salt of its own.
    pub(crate) async fn hash(&self, NewPassword(password): NewPassword) -> Result<String, PasswordError> {
        self.on_a_thread(move || hash(password.as_bytes())).await
    }

    /// Whether a password is the one with this hash. Without a hash it is not, after the same work.
    pub(crate) async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, PasswordError> {
        let nobodys = Arc::clone(&self.nobodys);
        self.on_a_thread(move || {
            let parsed = PasswordHash::new(stored.as_deref().unwrap_or(&nobodys)).map_err(PasswordError::NotAHash)?;
            let same = argon2()?.verify_password(password.as_bytes(), &parsed).is_ok();
            Ok(same && stored.is_some())
        })
        .await
    }

    async fn on_a_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _permit = self.at_once.acquire().await.map_err(|_| PasswordError::CutOff)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| PasswordError::CutOff)?
    }
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(|error| PasswordError::Hash(error.into()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &[u8]) -> Result<String, PasswordError> {
    let hash = argon2()?.hash_password(password).map_err(PasswordError::Hash)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Result<NewPassword, UnfitPassword> {
        text.to_owned().try_into()
    }

    #[tokio::test]
    async fn only_the_password_itself_is_right() {
        let hasher = Hasher::new(1).expect("a hasher");
        let new = password("correct horse battery").expect("a password");
        let stored = hasher.hash(new.clone()).await.expect("a hash");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_ne!(hasher.hash(new).await.expect("a hash"), stored, "each has a salt of its own");
        let is = async |text: &str, stored| hasher.verify(text.to_owned(), stored).await.expect("an answer");
        assert!(is("correct horse battery", Some(stored.clone())).await);
        assert!(!is("correct horse batterz", Some(stored)).await);
        assert!(!is("correct horse battery", None).await);
    }

    #[test]
    fn a_password_is_of_12_to_128_characters() {
        assert!(password(&"ä".repeat(12)).is_ok());
        assert!(password(&"ä".repeat(128)).is_ok());
        assert_eq!(password(&"a".repeat(11)).err(), Some(UnfitPassword));
        assert_eq!(password(&"a".repeat(129)).err(), Some(UnfitPassword));
        assert_eq!(format!("{:?}", password("correct horse battery")), "Ok(NewPassword)");
    }
}
