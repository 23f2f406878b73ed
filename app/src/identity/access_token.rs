//! Access tokens: JWTs (RFC 7519) signed with Ed25519 (RFC 8037), which whoever has the public keys can check.

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{Jwk, JwkSet, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// Who issues the tokens, and for whom.
const ISSUER: &str = "slipway";
const AUDIENCE: &str = "slipway-api";

/// Short, for whoever finds one has it so long; the end of a session is seen at once all the same.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

const END_OF_KEY: &str = "-----END PRIVATE KEY-----";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    /// The user.
    pub(crate) sub: Ulid,
    /// The session.
    pub(crate) sid: Ulid,
    pub(crate) jti: Ulid,
    iat: i64,
    exp: i64,
}

/// Signs with the first key, and takes what any of them has signed. To rotate: put the new key behind the old one and
/// deploy; then to the front; then, a token's lifetime later, leave the old one out. Nobody is logged out.
#[derive(Clone)]
pub(crate) struct AccessTokens {
    kid: String,
    sign: EncodingKey,
    keys: Vec<(String, DecodingKey)>,
    public: JwkSet,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("there is no private key")]
    None,
    #[error("private key {number} is not an Ed25519 key in PKCS #8 PEM form")]
    Malformed {
        number: usize,
        #[source]
        source: jsonwebtoken::errors::Error,
    },
}

/// A token that does not prove anything. Why is for our log alone.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotOurs {
    #[error("the token is malformed, expired, for others, or signed otherwise")]
    Refused(#[from] jsonwebtoken::errors::Error),
    #[error("the token names no key of ours")]
    UnknownKey,
}

impl AccessTokens {
    /// `text`: one or more private keys in PEM form, the one to sign with first.
    pub(crate) fn from_pem(text: &str) -> Result<Self, KeyError> {
        let pems = text.split_inclusive(END_OF_KEY).map(str::trim).filter(|pem| !pem.is_empty());
        let mut all = Vec::new();
        for (number, pem) in (1..).zip(pems) {
            all.push(key(pem).map_err(|source| KeyError::Malformed { number, source })?);
        }
        let public = JwkSet { keys: all.iter().map(|(_, jwk, _)| jwk.clone()).collect() };
        let Some((kid, _, sign)) = all.first().map(|(kid, jwk, sign)| (kid.clone(), jwk, sign.clone())) else {
            return Err(KeyError::None);
        };
        let keys = all.iter().map(|(kid, jwk, _)| Ok((kid.clone(), DecodingKey::from_jwk(jwk)?)));
        let keys = keys.collect::<Result<_, _>>().map_err(|source| KeyError::Malformed { number: 1, source })?;
        Ok(Self { kid, sign, keys, public })
    }

    /// With a key that nobody else has and that goes with this process.
    #[cfg(test)]
    pub(crate) fn throwaway() -> Self {
        Self::from_pem(&new_key()).expect("a key")
    }

    /// What `/.well-known/jwks.json` tells (RFC 7517).
    pub(crate) const fn public_keys(&self) -> &JwkSet {
        &self.public
    }

    pub(crate) fn issue(
        &self,
        user: Ulid,
        session: Ulid,
        now: Timestamp,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            sid: session,
            jti: Ulid::generate(),
            iat: now.as_second(),
            exp: (now + LIFETIME).as_second(),
        };
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        encode(&header, &claims, &self.sign)
    }

    /// The claims of a token that we have signed, for us, and that has not expired.
    ///
    /// # Errors
    ///
    /// [`NotOurs`]. The algorithm is ours to say and never the token's (RFC 8725, section 3.1).
    pub(crate) fn check(&self, token: &str, now: Timestamp) -> Result<Claims, NotOurs> {
        let kid = decode_header(token)?.kid.ok_or(NotOurs::UnknownKey)?;
        let (_, key) = self.keys.iter().find(|(known, _)| *known == kid).ok_or(NotOurs::UnknownKey)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Against our own clock, below: the library would ask the machine's.
        validation.validate_exp = false;
        let claims = decode::<Claims>(token, key, &validation)?.claims;
        if claims.exp <= now.as_second() {
            return Err(jsonwebtoken::errors::Error::from(jsonwebtoken::errors::ErrorKind::ExpiredSignature).into());
        }
        Ok(claims)
    }
}

fn key(pem: &str) -> Result<(String, Jwk, EncodingKey), jsonwebtoken::errors::Error> {
    let sign = EncodingKey::from_ed_pem(pem.as_bytes())?;
    let mut jwk = Jwk::from_encoding_key(&sign, Algorithm::EdDSA)?;
    let kid = jwk.thumbprint(ThumbprintHash::SHA256)?;
    jwk.common.key_id = Some(kid.clone());
    Ok((kid, jwk, sign))
}

/// A private key in PKCS #8 PEM form.
#[cfg(test)]
fn new_key() -> String {
    let document = aws_lc_rs::signature::Ed25519KeyPair::generate().expect("a key");
    let document = document.to_pkcs8v1().expect("a key");
    pem::encode(&pem::Pem::new("PRIVATE KEY", document.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(pem: &str) -> AccessTokens {
        AccessTokens::from_pem(pem).expect("keys")
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_700_000_000).expect("a moment")
    }

    fn signed(header: &Header, claims: &serde_json::Value, key: &EncodingKey) -> String {
        encode(header, claims, key).expect("a token")
    }

    fn claims() -> serde_json::Value {
        let (sub, sid, jti) = (Ulid::generate(), Ulid::generate(), Ulid::generate());
        let (iat, exp) = (now().as_second(), (now() + LIFETIME).as_second());
        serde_json::json!({"iss": ISSUER, "aud": AUDIENCE, "sub": sub, "sid": sid, "jti": jti, "iat": iat, "exp": exp})
    }

    #[test]
    fn what_was_signed_is_read_until_it_expires() {
        let (tokens, user, session) = (tokens(&new_key()), Ulid::generate(), Ulid::generate());
        let token = tokens.issue(user, session, now()).expect("a token");
        let claims = tokens.check(&token, now()).expect("ours");
        assert_eq!((claims.sub, claims.sid), (user, session));
        assert!(tokens.check(&token, now() + LIFETIME - SignedDuration::from_secs(1)).is_ok());
        assert!(tokens.check(&token, now() + LIFETIME).is_err());
    }

    #[test]
    fn a_rotation_logs_nobody_out() {
        let (first, second) = (new_key(), new_key());
        let old = tokens(&first).issue(Ulid::generate(), Ulid::generate(), now()).expect("a token");
        let between = tokens(&format!("{second}\n{first}"));
        assert!(between.check(&old, now()).is_ok());
        let new = between.issue(Ulid::generate(), Ulid::generate(), now()).expect("a token");
        assert_eq!(between.public_keys().keys.len(), 2);
        let after = tokens(&second);
        assert!(after.check(&new, now()).is_ok());
        assert!(matches!(after.check(&old, now()), Err(NotOurs::UnknownKey)));
    }

    #[test]
    fn no_algorithm_but_ours_is_taken() {
        let tokens = tokens(&new_key());
        let public = serde_json::to_vec(&tokens.public_keys().keys[0]).expect("a key");
        // The public key as the secret of an HMAC.
        let confused = Header { kid: Some(tokens.kid.clone()), ..Header::new(Algorithm::HS256) };
        let confused = signed(&confused, &claims(), &EncodingKey::from_secret(&public));
        assert!(tokens.check(&confused, now()).is_err());

        let ours = tokens.issue(Ulid::generate(), Ulid::generate(), now()).expect("a token");
        let body = ours.split('.').nth(1).expect("claims");
        // {"alg":"none","kid":...}
        let none = serde_json::json!({"alg": "none", "typ": "JWT", "kid": tokens.kid}).to_string();
        let none = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, none);
        for token in [format!("{none}.{body}."), format!("{none}.{body}"), format!("..{body}"), String::new()] {
            assert!(tokens.check(&token, now()).is_err(), "{token}");
        }
    }

    #[test]
    fn a_token_for_others_or_of_another_key_is_refused() {
        let tokens = tokens(&new_key());
        let header = |kid: Option<&str>| Header { kid: kid.map(str::to_owned), ..Header::new(Algorithm::EdDSA) };
        let ours = header(Some(&tokens.kid));
        assert!(tokens.check(&signed(&ours, &claims(), &tokens.sign), now()).is_ok());
        for (claim, value) in [("iss", "others"), ("aud", "others"), ("sub", "nobody")] {
            let mut claims = claims();
            claims[claim] = value.into();
            assert!(tokens.check(&signed(&ours, &claims, &tokens.sign), now()).is_err(), "{claim}");
        }
        for claim in ["iss", "aud", "sub", "exp", "sid"] {
            let mut claims = claims();
            claims.as_object_mut().expect("claims").remove(claim);
            assert!(tokens.check(&signed(&ours, &claims, &tokens.sign), now()).is_err(), "without {claim}");
        }
        let other = EncodingKey::from_ed_pem(new_key().as_bytes()).expect("a key");
        assert!(tokens.check(&signed(&ours, &claims(), &other), now()).is_err(), "signed by another");
        for kid in [None, Some("other"), Some("../../etc/passwd")] {
            assert!(tokens.check(&signed(&header(kid), &claims(), &tokens.sign), now()).is_err(), "{kid:?}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert!(matches!(AccessTokens::from_pem(" \n"), Err(KeyError::None)));
        let wrong = format!("{}-----BEGIN PRIVATE KEY-----\nAAAA\n{END_OF_KEY}", new_key());
        assert!(matches!(AccessTokens::from_pem(&wrong), Err(KeyError::Malformed { number: 2, .. })));
    }
}
