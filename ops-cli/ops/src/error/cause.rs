use std::error::Error;
use std::fmt;

use ops_engine::cloud::{CloudError, CloudErrorKind};

/// What lies under an error, without the levels of the AWS SDK that tell a person nothing.
#[derive(Debug)]
pub(super) struct Cause {
    text: String,
    under: Option<Box<Self>>,
}

impl Cause {
    /// `None`: the error has no cause.
    pub(super) fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut texts = Vec::new();
        let mut level = Some(error);
        while let Some(error) = level {
            level = match error.downcast_ref::<CloudError>().map(|error| &error.kind) {
                // Its message says it all.
                Some(CloudErrorKind::NoCredentials) => None,
                Some(CloudErrorKind::Unreachable { .. }) => root(error),
                _ => error.source(),
            };
            texts.extend(level.map(ToString::to_string));
        }
        texts.into_iter().rfold(None, |under, text| Some(Self { text, under: under.map(Box::new) }))
    }

    pub(super) fn under(&self) -> Option<&Self> {
        self.under.as_deref()
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.under().map(|under| under as &(dyn Error + 'static))
    }
}

/// The innermost cause.
fn root<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |&error| error.source()).last()
}
