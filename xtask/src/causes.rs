use std::error::Error;
use std::iter;

/// An error, then what it comes from. Each says only its own level.
pub fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |&error| error.source())
}
