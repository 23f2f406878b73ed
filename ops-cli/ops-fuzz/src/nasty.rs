//! Inputs that are known to bring parsers down, tried before any that chance makes.

/// As much as is read at all: one byte more is refused unread.
const JUST_READ: usize = 1024 * 1024;
/// Far more than is read.
const LARGE: usize = 5 * 1024 * 1024;

/// Each by its name. `sample` is an input that the parser takes.
pub(crate) fn inputs(sample: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = String::from_utf8_lossy(sample);
    let mut inputs = of_bytes(sample);
    inputs.extend(of_text(&text).into_iter().map(|(name, text)| (name, text.into_bytes())));
    inputs
}

fn of_bytes(sample: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = String::from_utf8_lossy(sample);
    let utf_16 = [0xfeff].into_iter().chain(text.encode_utf16());
    let half = sample.len() / 2;
    let with = |middle: &[u8]| {
        [sample.get(..half).unwrap_or_default(), middle, sample.get(half..).unwrap_or_default()].concat()
    };
    vec![
        ("nothing", Vec::new()),
        ("5 MB of NULs", vec![0; LARGE]),
        ("NULs", vec![0; JUST_READ]),
        ("a NUL in the middle", with(b"\0")),
        ("a byte that is no UTF-8", with(b"\xff")),
        ("half a character", with(b"\xe2\x82")),
        ("a surrogate", with(b"\xed\xa0\x80")),
        ("UTF-16", utf_16.flat_map(u16::to_le_bytes).collect()),
        ("Latin-1", b"name: \xfcbung\n".to_vec()),
        ("cut off", sample.get(..half).unwrap_or_default().to_vec()),
    ]
}

fn of_text(sample: &str) -> Vec<(&'static str, String)> {
    let filled = |part: &str, bytes: usize| part.repeat(bytes / part.len());
    let numbered = |line: fn(usize) -> String, bytes: usize| {
        let mut text = String::new();
        for number in 0.. {
            let line = line(number);
            if text.len() + line.len() > bytes {
                break;
            }
            text.push_str(&line);
        }
        text
    };
    let staircase =
        |depth: usize, step: &str| (0..depth).map(|level| format!("{}{step}\n", " ".repeat(level))).collect::<String>();
    let laughs = |levels: usize| {
        let level =
            |number: usize| format!("a{number}: &a{number} [{}]\n", vec![format!("*a{}", number - 1); 10].join(", "));
        "a0: &a0 ha\n".to_owned() + &(1..levels).map(level).collect::<String>()
    };
    vec![
        ("5 MB of spaces", " ".repeat(LARGE)),
        ("5 MB of one word", "a".repeat(LARGE)),
        ("5 MB of lists", "[".repeat(LARGE)),
        ("5 MB of the sample", filled(&format!("{sample}\n"), LARGE.max(sample.len() + 1))),
        ("spaces", " ".repeat(JUST_READ)),
        ("line ends", "\n".repeat(JUST_READ)),
        ("one word", "a".repeat(JUST_READ)),
        ("one line of words", filled("word ", JUST_READ)),
        ("one comment", "#".repeat(JUST_READ)),
        ("comments", filled("#\n", JUST_READ)),
        ("a text without an end", format!("\"{}", "a".repeat(JUST_READ - 1))),
        ("escapes", format!("\"{}\"", filled("\\u0000", JUST_READ - 2))),
        ("a folded text", format!(">\n{}", filled(" a\n", JUST_READ - 2))),
        ("open lists", "[".repeat(JUST_READ)),
        ("open mappings", filled("{a: ", JUST_READ)),
        ("open mappings of JSON", filled("{\"a\":", JUST_READ)),
        ("open keys", filled("? ", JUST_READ)),
        ("closing brackets", "]".repeat(JUST_READ)),
        ("dashes", filled("- ", JUST_READ)),
        ("lists, 1000 deep", format!("{}{}", "[".repeat(1000), "]".repeat(1000))),
        ("mappings, 1000 deep", staircase(1000, "a:")),
        ("lists of blocks, 1000 deep", staircase(1000, "-")),
        ("a key of 1 MB", format!("{}: 1\n", "k".repeat(JUST_READ - 5))),
        ("keys", numbered(|number| format!("k{number}: 1\n"), JUST_READ)),
        (
            "keys of a service",
            format!("services:\n  api:\n{}", numbered(|number| format!("    k{number}: 1\n"), JUST_READ / 2)),
        ),
        ("services", format!("services:\n{}", numbered(|number| format!("  s{number}: {{}}\n"), JUST_READ / 2))),
        ("the same key", filled("a: 1\n", JUST_READ)),
        ("keys twice", numbered(|number| format!("k{number}: 1\nk{number}: 2\n"), JUST_READ)),
        ("a duplicate key", format!("{sample}\n{sample}")),
        ("duplicate keys of JSON", format!("{{{}\"a\":1}}", filled("\"a\":1,", JUST_READ - 8))),
        ("numbers of JSON", format!("[{}1]", filled("1,", JUST_READ - 3))),
        ("a number of 1 MB", "9".repeat(JUST_READ)),
        ("a fraction of 1 MB", format!("0.{}", "9".repeat(JUST_READ - 2))),
        (
            "huge numbers",
            format!(
                "version: 1{}\ncount: 1e999999999\ncpu: -1e-999999999\nmemory: 0x{}\n",
                "0".repeat(5000),
                "f".repeat(5000)
            ),
        ),
        ("ambiguous values", filled("- no\n", JUST_READ)),
        ("exploding aliases", laughs(9)),
        ("many levels of aliases", laughs(1000)),
        (
            "aliases of a long text",
            format!("a: &a {}\nb:\n{}", "x".repeat(JUST_READ / 2), filled("- *a\n", JUST_READ / 4)),
        ),
        ("aliases of a long list", format!("a: &a [{}]\nb:\n{}", filled("x, ", 2000), filled("- *a\n", JUST_READ / 4))),
        ("an alias of itself", "a: &a [*a]\n".to_owned()),
        ("an alias of nothing", "a: *a\n".to_owned()),
        ("an alias as a key", "a: &a [1]\n*a : 1\n".to_owned()),
        ("anchors", numbered(|number| format!("- &a{number} x\n"), JUST_READ)),
        ("an anchor of 1 MB", format!("&{} x", "a".repeat(JUST_READ - 3))),
        ("merges", format!("a: &a {{x: 1}}\nb:\n{}", filled("  <<: *a\n", JUST_READ / 2))),
        ("a merge of itself", "a: &a\n  <<: *a\n".to_owned()),
        ("tags", filled("- !a x\n", JUST_READ)),
        ("a tag of 1 MB", format!("!{} x", "a".repeat(JUST_READ - 3))),
        ("a tag of binary data", "a: !!binary ////\nb: !!python/object:os.system x\n".to_owned()),
        ("documents", filled("---\n", JUST_READ)),
        ("documents with values", filled("--- a\n", JUST_READ)),
        ("directives", filled("%YAML 1.2\n", JUST_READ)),
        ("tabs", filled("\ta:\n", JUST_READ)),
        ("Windows line ends", sample.replace('\n', "\r\n")),
        ("old Macintosh line ends", sample.replace('\n', "\r")),
        ("other line ends", sample.replace('\n', "\u{2028}")),
        ("a byte order mark", format!("\u{feff}{sample}")),
        ("byte order marks", filled("\u{feff}", JUST_READ)),
        ("writing from right to left", sample.replace(' ', " \u{202e}")),
        ("combining characters", format!("a: {}", filled("\u{301}", JUST_READ - 4))),
        ("control characters", format!("{sample}\u{1b}[2J\u{7}\u{8}\u{7f}\u{9b}")),
        ("secrets", filled("PASSWORD: hunter2hunter2\n", JUST_READ)),
        (
            "lines that may be secrets",
            numbered(|number| format!("password{number}: \"{number}hunter2hunter2\n"), JUST_READ),
        ),
    ]
}
