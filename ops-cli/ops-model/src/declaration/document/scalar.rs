use serde_json::Number;

use super::Content;

/// What a plain (unquoted) scalar means by the core schema of YAML 1.2.
///
/// Rules: <https://yaml.org/spec/1.2.2/#1032-tag-resolution>
pub(super) fn resolve(plain: &str) -> Content {
    match plain {
        "" | "~" | "null" | "Null" | "NULL" => Content::Null,
        "true" | "True" | "TRUE" => Content::Boolean(true),
        "false" | "False" | "FALSE" => Content::Boolean(false),
        _ => match number(plain) {
            Some(number) => Content::Number { number, written: plain.to_owned() },
            None => Content::Text(plain.to_owned()),
        },
    }
}

/// Whether readers of YAML 1.1 and 1.2 see different things in a plain scalar: `010` is ten to one and eight to the
/// other, `no` is text to one and false to the other. Terraform's writes dates anew: `2026-01-01T00:00:00Z`.
pub(super) fn readers_disagree(plain: &str) -> bool {
    let unsigned = plain.trim_start_matches(['-', '+']);
    let digits_and_underscores = unsigned.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let starts_with_zero = unsigned.len() > 1 && unsigned.starts_with('0');
    let based = [("0x", 16), ("0o", 8), ("0b", 2)].iter().any(|(prefix, base)| {
        let digits = unsigned.get(..2).filter(|start| start.eq_ignore_ascii_case(prefix)).and(unsigned.get(2..));
        digits.is_some_and(|digits| {
            !digits.is_empty() && digits.chars().all(|digit| digit == '_' || digit.is_digit(*base))
        })
    });
    let infinite_or_none = matches!(unsigned.to_ascii_lowercase().as_str(), ".inf" | ".nan");
    let underscored = unsigned.contains('_') && unsigned.starts_with(|first: char| first.is_ascii_digit());
    let yes_or_no = matches!(plain.to_ascii_lowercase().as_str(), "y" | "n" | "yes" | "no" | "on" | "off");
    yes_or_no
        || is_date(plain)
        || is_too_large(plain)
        || based
        || infinite_or_none
        || (digits_and_underscores && (starts_with_zero || underscored))
}

/// Whether it begins as a date of YAML 1.1 does: <https://yaml.org/type/timestamp.html>
fn is_date(plain: &str) -> bool {
    let mut parts = plain.splitn(3, '-');
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let day = rest.split(['T', 't', ' ']).next().unwrap_or_default();
    year.len() == 4 && is_number(year) && month.len() <= 2 && is_number(month) && day.len() <= 2 && is_number(day)
}

/// Whether it is a number, and none that fits: text to one reader, rounded or whole to another.
fn is_too_large(plain: &str) -> bool {
    let begins_as_number = plain.trim_start_matches(['-', '+', '.']).starts_with(|first: char| first.is_ascii_digit());
    begins_as_number && plain.parse::<f64>().is_ok() && number(plain).is_none()
}

fn number(plain: &str) -> Option<Number> {
    let unsigned = plain.strip_prefix(['-', '+']).unwrap_or(plain);
    if !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        let text = plain.strip_prefix('+').unwrap_or(plain);
        return text.parse::<u64>().map(Number::from).or_else(|_| text.parse::<i64>().map(Number::from)).ok();
    }
    let float_alphabet = unsigned.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    let begins_as_number = unsigned.trim_start_matches('.').starts_with(|first: char| first.is_ascii_digit())
        && !unsigned.starts_with("..");
    if !float_alphabet || !begins_as_number {
        return None;
    }
    let float = plain.parse::<f64>().ok().filter(|float| float.is_finite())?;
    // `8080.0` is the whole number 8080, to Terraform and to JSON Schema too.
    if float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0 {
        return format!("{float:.0}").parse::<i64>().ok().map(Number::from);
    }
    Number::from_f64(float)
}
