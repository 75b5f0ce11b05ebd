//! Format codes such as `#,##0.00;[Red]-#,##0.00`, taken apart once per workbook.

use super::layout::Layout;

/// What a format makes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// A number without any format, or with one that shows less than the number, such as a fraction or an exponent.
    General,
    /// A number with digits in a pattern.
    Pattern,
    /// A day.
    Date,
    /// A day and a time of day.
    DateTime,
    /// A time of day.
    Time,
    /// Hours, minutes or seconds that go on past a day.
    Elapsed,
}

/// A compiled format.
#[derive(Debug, Clone)]
pub(crate) struct NumberFormat {
    pub(crate) class: Class,
    pub(crate) sections: Vec<Section>,
}

/// The part of a format for some of the numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Section {
    pub(crate) condition: Option<Condition>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) layout: Layout,
}

/// `[>=100]`
#[derive(Debug, Clone, Copy)]
pub(crate) struct Condition {
    pub(crate) comparison: Comparison,
    pub(crate) value: f64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// Text as it is.
    Literal(char),
    /// `0`, `#` or `?`.
    Digit(char),
    /// `.`
    Point,
    /// `,`
    Comma,
    /// `%`
    Percent,
    /// `General` inside a longer format.
    General,
    /// Something that a number is not shown exactly by: an exponent, a fraction.
    Inexact,
    /// `y`, `m`, `d`, `h`, `s`, `a` for AM/PM; `m` is settled when all are known.
    Date(char),
    /// `[h]`, `[mm]`, `[ss]`.
    Elapsed,
    /// `@`
    Text,
}

impl NumberFormat {
    /// A number as it is.
    pub(crate) fn general() -> Self {
        Self {
            class: Class::General,
            sections: Vec::new(),
        }
    }

    /// Takes a format code apart. Whatever is not understood counts as `General`.
    pub(crate) fn new(code: &str) -> Self {
        const LONGEST_CODE: usize = 4096;
        if code.len() > LONGEST_CODE || code.trim().eq_ignore_ascii_case("general") {
            return Self::general();
        }
        let sections: Vec<Section> = split_sections(code)
            .iter()
            .take(4)
            .map(|section| compile(section))
            .collect();
        let class = sections.first().map_or(Class::General, classify);
        Self { class, sections }
    }

    /// The format of a number that every workbook knows (ECMA-376 Part 1, 18.8.30).
    pub(crate) fn built_in(id: u32) -> Option<&'static str> {
        Some(match id {
            0 => "General",
            1 => "0",
            2 => "0.00",
            3 => "#,##0",
            4 => "#,##0.00",
            9 => "0%",
            10 => "0.00%",
            11 => "0.00E+00",
            12 => "# ?/?",
            13 => "# ??/??",
            14 | 27..=31 | 36 | 50..=54 | 57..=58 => "d/m/yyyy",
            15 => "d-mmm-yy",
            16 => "d-mmm",
            17 => "mmm-yy",
            18 => "h:mm AM/PM",
            19 => "h:mm:ss AM/PM",
            20 | 32 | 34 | 55 => "h:mm",
            21 | 33 | 35 | 56 => "h:mm:ss",
            22 => "m/d/yy h:mm",
            37 | 38 => "#,##0;(#,##0)",
            39 | 40 => "#,##0.00;(#,##0.00)",
            41 | 42 => "#,##0;-#,##0;\"-\"",
            43 | 44 => "#,##0.00;-#,##0.00;\"-\"??",
            45 => "mm:ss",
            46 => "[h]:mm:ss",
            47 => "mmss.0",
            48 => "##0.0E+0",
            49 => "@",
            _ => return None,
        })
    }
}

/// Cuts at semicolons that stand outside quotes, brackets and escapes.
fn split_sections(code: &str) -> Vec<&str> {
    let mut sections = Vec::new();
    let mut rest = code;
    while let Some(end) = section_end(rest) {
        let (section, after) = rest.split_at(end);
        sections.push(section);
        rest = after.get(1..).unwrap_or_default();
    }
    sections.push(rest);
    sections
}

fn section_end(code: &str) -> Option<usize> {
    let mut characters = code.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            ';' => return Some(index),
            '"' => {
                characters.by_ref().find(|(_, character)| *character == '"')?;
            }
            '[' => {
                characters.by_ref().find(|(_, character)| *character == ']')?;
            }
            '\\' | '_' | '*' => {
                characters.next();
            }
            _ => {}
        }
    }
    None
}

/// Takes one section apart.
fn compile(code: &str) -> Section {
    let mut section = Section::default();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        rest = match first {
            '[' => {
                let (inside, after) = after.split_once(']').unwrap_or((after, ""));
                bracket(inside, &mut section);
                after
            }
            '"' => {
                let (inside, after) = after.split_once('"').unwrap_or((after, ""));
                section.tokens.extend(inside.chars().map(Token::Literal));
                after
            }
            '\\' | '_' | '*' => {
                let next = after.chars().next();
                section.tokens.extend(match (first, next) {
                    ('\\', Some(next)) => Some(Token::Literal(next)),
                    ('_', Some(_)) => Some(Token::Literal(' ')),
                    _ => None,
                });
                after.get(next.map_or(0, char::len_utf8)..).unwrap_or_default()
            }
            _ => plain(rest, first, after, &mut section),
        };
    }
    section.layout = Layout::new(&section.tokens);
    section
}

/// Colours, conditions, currencies, elapsed times.
fn bracket(inside: &str, section: &mut Section) {
    if let Some(currency) = inside.strip_prefix('$') {
        let symbol = currency.split_once('-').map_or(currency, |(symbol, _)| symbol);
        section.tokens.extend(symbol.chars().map(Token::Literal));
    } else if let Some(condition) = condition(inside) {
        section.condition = Some(condition);
    } else if !inside.is_empty() && inside.chars().all(|character| "hHmMsS".contains(character)) {
        section.tokens.push(Token::Elapsed);
    }
}

fn condition(inside: &str) -> Option<Condition> {
    const COMPARISONS: [(&str, Comparison); 6] = [
        (">=", Comparison::GreaterOrEqual),
        ("<=", Comparison::LessOrEqual),
        ("<>", Comparison::NotEqual),
        (">", Comparison::Greater),
        ("<", Comparison::Less),
        ("=", Comparison::Equal),
    ];
    COMPARISONS.iter().find_map(|(sign, comparison)| {
        let value = inside.strip_prefix(sign)?.trim().parse().ok()?;
        Some(Condition {
            comparison: *comparison,
            value,
        })
    })
}

/// A character that stands for itself or for a part of the number. Returns what follows it.
fn plain<'c>(rest: &'c str, first: char, after: &'c str, section: &mut Section) -> &'c str {
    let starts = |word: &str| {
        rest.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    for (word, token) in [
        ("general", Token::General),
        ("am/pm", Token::Date('a')),
        ("a/p", Token::Date('a')),
        ("e+", Token::Inexact),
        ("e-", Token::Inexact),
    ] {
        if starts(word) {
            section.tokens.push(token);
            return rest.get(word.len()..).unwrap_or_default();
        }
    }
    section.tokens.push(match first {
        '0' | '#' | '?' => Token::Digit(first),
        '.' => Token::Point,
        ',' => Token::Comma,
        '%' => Token::Percent,
        '@' => Token::Text,
        '/' if section
            .tokens
            .iter()
            .any(|token| matches!(token, Token::Digit('?' | '#'))) =>
        {
            Token::Inexact
        }
        'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => Token::Date(first.to_ascii_lowercase()),
        'e' | 'E' | 'g' | 'G' | 'b' | 'B' => Token::Date('y'),
        other => Token::Literal(other),
    });
    after
}

/// What a section shows.
fn classify(section: &Section) -> Class {
    let has = |token: &Token| section.tokens.contains(token);
    let date = |wanted: char| has(&Token::Date(wanted));
    if has(&Token::Elapsed) {
        return Class::Elapsed;
    }
    let time = date('h') || date('s') || date('a');
    let day = date('y') || date('d') || (date('m') && (!time || has_month(&section.tokens)));
    match (day, time) {
        (true, true) => return Class::DateTime,
        (true, false) => return Class::Date,
        (false, true) => return Class::Time,
        (false, false) => {}
    }
    if has(&Token::Inexact) || has(&Token::Text) {
        return Class::General;
    }
    let digits = section
        .tokens
        .iter()
        .any(|token| matches!(token, Token::Digit(_) | Token::General));
    if digits { Class::Pattern } else { Class::General }
}

/// `m` means months unless it stands next to hours or seconds, or is written three times and more.
fn has_month(tokens: &[Token]) -> bool {
    let letters: Vec<char> = tokens
        .iter()
        .filter_map(|token| match token {
            Token::Date(letter) => Some(*letter),
            _ => None,
        })
        .collect();
    let mut runs = letters.chunk_by(|left, right| left == right).peekable();
    let mut before = ' ';
    while let Some(run) = runs.next() {
        let letter = run.first().copied().unwrap_or(' ');
        let after = runs.peek().and_then(|run| run.first().copied()).unwrap_or(' ');
        if letter == 'm' && (run.len() >= 3 || (before != 'h' && after != 's')) {
            return true;
        }
        before = letter;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart() {
        for (code, class) in [
            ("General", Class::General),
            ("0.00", Class::Pattern),
            ("[$£-809]#,##0.00", Class::Pattern),
            ("dd/mm/yyyy", Class::Date),
            ("[$-409]mmm\\-yy;@", Class::Date),
            ("yyyy-mm-dd hh:mm", Class::DateTime),
            ("h:mm AM/PM", Class::Time),
            ("mm:ss", Class::Time),
            ("[h]:mm:ss", Class::Elapsed),
            ("0.00E+00", Class::General),
            ("# ?/?", Class::General),
            ("\"day\" 0", Class::Pattern),
            ("[Red]0", Class::Pattern),
            ("@", Class::General),
            ("00000\\ 000000", Class::Pattern),
        ] {
            assert_eq!(NumberFormat::new(code).class, class, "{code}");
        }
    }

    #[test]
    fn every_built_in_code_is_understood() {
        for id in 0..60 {
            if let Some(code) = NumberFormat::built_in(id) {
                NumberFormat::new(code);
            }
        }
    }
}
