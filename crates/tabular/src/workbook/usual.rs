//! Cells and shared strings in the form in which nearly every program writes them, taken apart in one go.
//!
//! What looks different in any way, or is not read as far as its end yet, is left to [`Xml`](super::xml::Xml), which finds
//! the same in it.

use memchr::memchr;

use super::run::trimmed;
use super::xml::text;

/// An attribute's value that is longer is not of a cell.
const LONGEST_ATTRIBUTE: usize = 24;

/// A cell as it stands in the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct UsualCell<'x> {
    pub(crate) attributes: CellAttributes<'x>,
    pub(crate) value: UsualText<'x>,
    /// Up to the end of the cell.
    pub(crate) bytes: usize,
}

/// What stands in `v` or `t`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UsualText<'x> {
    /// As it is written.
    raw: &'x [u8],
    /// White space around it does not count.
    is_trimmed: bool,
}

impl<'x> UsualText<'x> {
    /// The text as it is meant. `buffer` is used where that is not how it is written.
    pub(crate) fn resolve(self, buffer: &'x mut String) -> &'x str {
        let text = text(self.raw, buffer);
        if self.is_trimmed { trimmed(text) } else { text }
    }
}

/// The raw values of a cell's attributes (ECMA-376 Part 1, 18.3.1.4).
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CellAttributes<'x> {
    pub(crate) reference: Option<&'x [u8]>,
    pub(crate) kind: Option<&'x [u8]>,
    pub(crate) style: Option<&'x [u8]>,
}

/// Reads `<c r="A1" s="2"><v>5</v></c>`, `<c r="A1" t="inlineStr"><is><t>Ada</t></is></c>` or `<c r="A1" s="2"/>`.
pub(crate) fn cell(text: &[u8]) -> Option<UsualCell<'_>> {
    let (attributes, rest) = attributes(text.strip_prefix(b"<c")?)?;
    let (value, rest) = if let Some(rest) = rest.strip_prefix(b"><v>") {
        let (raw, rest) = up_to_tag(rest)?;
        let is_trimmed = false;
        (UsualText { raw, is_trimmed }, rest.strip_prefix(b"</v></c>")?)
    } else if let Some(rest) = rest.strip_prefix(b"><is>") {
        let (value, rest) = text_element(rest)?;
        (value, rest.strip_prefix(b"</is></c>")?)
    } else {
        (UsualText::default(), rest.strip_prefix(b"/>")?)
    };
    Some(UsualCell {
        attributes,
        value,
        bytes: text.len() - rest.len(),
    })
}

/// Reads `<si><t>Ada</t></si>`: the text, and the bytes up to the end.
pub(crate) fn shared_string(text: &[u8]) -> Option<(UsualText<'_>, usize)> {
    let (value, rest) = text_element(text.strip_prefix(b"<si>")?)?;
    let rest = rest.strip_prefix(b"</si>")?;
    Some((value, text.len() - rest.len()))
}

/// Reads `<t>Ada</t>` or `<t xml:space="preserve"> Ada</t>`: the text, and what follows it.
fn text_element(text: &[u8]) -> Option<(UsualText<'_>, &[u8])> {
    let rest = text.strip_prefix(b"<t")?;
    let keeps_space = rest.strip_prefix(b" xml:space=\"preserve\"");
    let (raw, rest) = up_to_tag(keeps_space.unwrap_or(rest).strip_prefix(b">")?)?;
    let is_trimmed = keeps_space.is_none();
    Some((UsualText { raw, is_trimmed }, rest.strip_prefix(b"</t>")?))
}

/// Cuts at the next tag.
fn up_to_tag(text: &[u8]) -> Option<(&[u8], &[u8])> {
    text.split_at_checked(memchr(b'<', text)?)
}

/// The attributes, each after one space and in double quotes, and what follows them.
fn attributes(mut rest: &[u8]) -> Option<(CellAttributes<'_>, &[u8])> {
    let mut found = CellAttributes::default();
    while let [b' ', key, b'=', b'"', after @ ..] = rest {
        let end = after.iter().take(LONGEST_ATTRIBUTE).position(|byte| *byte == b'"')?;
        let value = Some(after.get(..end)?);
        match key {
            b'r' => found.reference = value,
            b's' => found.style = value,
            b't' => found.kind = value,
            _ => return None,
        }
        rest = after.get(end + 1..)?;
    }
    Some((found, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares `reference kind style value rest`.
    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let shown = cell(text.as_bytes()).map(|cell| {
            let shown = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            let attributes = [cell.attributes.reference, cell.attributes.kind, cell.attributes.style];
            let [reference, kind, style] = attributes.map(|value| value.map_or("-".to_owned(), shown));
            let rest = &text[cell.bytes..];
            let mut buffer = String::new();
            let value = cell.value.resolve(&mut buffer);
            format!("{reference} {kind} {style} {value} {rest}")
        });
        assert_eq!(shown.as_deref(), expected, "{text}");
    }

    #[test]
    fn usual_cells_are_taken_apart() {
        check(r#"<c r="A1" s="2" t="s"><v>5</v></c><c/>"#, Some("A1 s 2 5 <c/>"));
        check(r#"<c t="n" r="AB12"><v>1&amp;2</v></c>"#, Some("AB12 n - 1&2 "));
        check(
            r#"<c r="A1" t="inlineStr"><is><t>Ada</t></is></c>x"#,
            Some("A1 inlineStr - Ada x"),
        );
        check(
            r#"<c t="inlineStr"><is><t xml:space="preserve"> A</t></is></c>"#,
            Some("- inlineStr -  A "),
        );
        check(
            r#"<c t="inlineStr"><is><t> A&#32;</t></is></c>"#,
            Some("- inlineStr - A "),
        );
        check("<c><v> 5 </v></c>", Some("- - -  5  "));
        check(r#"<c r="A1" s="7"/></row>"#, Some("A1 - 7  </row>"));
        check("<c><v></v></c>", Some("- - -  "));
        check("<c/>", Some("- - -  "));
    }

    #[test]
    fn anything_else_is_left_alone() {
        for text in [
            r#"<c r="A1"><v>5</v></c"#,
            r#"<c r="A1"><v>5"#,
            r#"<c r="A1"#,
            "<c",
            "",
            r#"<c r="A1"><f>B1</f><v>5</v></c>"#,
            r#"<c r="A1" cm="1"><v>5</v></c>"#,
            r"<c r='A1'><v>5</v></c>",
            r#"<c  r="A1"><v>5</v></c>"#,
            r#"<c r="A1"><v>5</v> </c>"#,
            r#"<c r="A1"><v><![CDATA[5]]></v></c>"#,
            r#"<c r="A1"><is><r><t>5</t></r></is></c>"#,
            r#"<col r="A1"><v>5</v></c>"#,
            r#"<c r="A123456789012345678901234567890"/>"#,
        ] {
            check(text, None);
        }
    }

    #[test]
    fn usual_strings_are_taken_apart() {
        let read = |text: &'static [u8]| {
            shared_string(text).map(|(text, bytes)| (text.resolve(&mut String::new()).to_owned(), bytes))
        };
        assert_eq!(read(b"<si><t>Ada</t></si><si>"), Some(("Ada".to_owned(), 19)));
        assert_eq!(read(b"<si><t></t></si>"), Some((String::new(), 16)));
        assert_eq!(shared_string(b"<si><t>Ada</t><rPh>"), None);
        assert_eq!(shared_string(b"<si><r><t>Ada</t></r></si>"), None);
        assert_eq!(shared_string(b"<si/>"), None);
    }
}
