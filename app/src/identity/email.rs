use std::fmt;
use std::str::FromStr;

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};

/// An address, in lower case: nobody has two accounts that differ in case alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Email(String);

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected an e-mail address such as ada@example.com, of 254 characters at most")]
pub(crate) struct NotAnEmail;

/// RFC 5321, section 4.5.3.1.3, less the angle brackets.
const LONGEST: usize = 254;

impl Email {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = NotAnEmail;

    fn from_str(text: &str) -> Result<Self, NotAnEmail> {
        let options = Options::default().without_display_text().without_domain_literal().with_required_tld();
        let plain = text.is_ascii() && text.len() <= LONGEST;
        if plain && EmailAddress::parse_with_options(text, options).is_ok() {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(NotAnEmail)
        }
    }
}

impl TryFrom<String> for Email {
    type Error = NotAnEmail;

    fn try_from(text: String) -> Result<Self, NotAnEmail> {
        text.parse()
    }
}

impl fmt::Display for Email {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_folded_to_lower_case() {
        assert_eq!("Ada@Example.COM".parse::<Email>().map(|email| email.0), Ok("ada@example.com".to_owned()));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "ada", "ada@", "@example.com", "ada@example", "Ada <ada@example.com>", "a b@example.com"] {
            assert_eq!(text.parse::<Email>(), Err(NotAnEmail), "{text}");
        }
        assert_eq!(format!("{}@example.com", "a".repeat(255)).parse::<Email>(), Err(NotAnEmail));
        assert_eq!("ada\r\nBcc: eve@example.com".parse::<Email>(), Err(NotAnEmail));
    }
}
