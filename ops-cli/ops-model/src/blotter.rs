//! Blots secrets out of texts.

use aho_corasick::{AhoCorasick, MatchKind};

/// What stands in the place of a secret.
pub const BLOT: &str = "***";

/// Finds all of many texts in one pass.
#[derive(Clone)]
pub struct TextBlotter {
    /// `None`: too many for that, and so nothing is said at all.
    texts: Option<AhoCorasick>,
}

impl TextBlotter {
    /// An empty text is nowhere.
    #[must_use]
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let texts = texts.into_iter().filter(|text| !text.is_empty());
        Self { texts: AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(texts).ok() }
    }

    #[must_use]
    pub fn blot(&self, said: &str) -> String {
        let Some(texts) = &self.texts else { return BLOT.to_owned() };
        let mut blotted = String::new();
        texts.replace_all_with(said, &mut blotted, |_, _, blotted| {
            blotted.push_str(BLOT);
            true
        });
        blotted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_is_blotted_out_and_the_longest_of_two_that_begin_alike() {
        let blotter = TextBlotter::new(["hunter", "hunter2", "", "s"]);
        assert_eq!(blotter.blot("hunter2 and hunter, and nothing elSe"), "*** and ***, and nothing elSe");
        assert_eq!(TextBlotter::new([]).blot("as it is"), "as it is");
    }
}
