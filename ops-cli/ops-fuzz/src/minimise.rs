//! Makes an input smaller that goes on falling into the same trap: by delta debugging, first with lines, then with
//! characters.

/// Largest input whose single bytes are tried.
const BYTE_LIMIT: usize = 4096;

/// `still` says whether an input is as bad as the first one, or that it is time to stop by saying no to everything.
pub(crate) fn minimise(input: &[u8], mut still: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let lines = reduce(input.split_inclusive(|byte| *byte == b'\n').collect(), &mut still).concat();
    if lines.len() > BYTE_LIMIT {
        return lines;
    }
    reduce(lines.chunks(1).collect(), &mut still).concat()
}

/// Leaves out ever smaller runs of parts.
fn reduce<'a>(mut parts: Vec<&'a [u8]>, still: &mut impl FnMut(&[u8]) -> bool) -> Vec<&'a [u8]> {
    let mut run = parts.len() / 2;
    while run > 0 {
        let mut at = 0;
        while at < parts.len() {
            let end = (at + run).min(parts.len());
            let rest = [parts.get(..at).unwrap_or_default(), parts.get(end..).unwrap_or_default()].concat();
            if still(&rest.concat()) {
                parts = rest;
            } else {
                at = end;
            }
        }
        run /= 2;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_what_matters() {
        let input = "a: 1\nb: [2, 3]\nc: trap\nd: 4\n".repeat(20);
        let is_bad = |input: &[u8]| input.windows(4).any(|window| window == b"trap");
        assert_eq!(minimise(input.as_bytes(), is_bad), b"trap");
    }
}
