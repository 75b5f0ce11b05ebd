//! White space around a text: programs show it only where the text says that it is to be kept (XML 1.0, 2.10).

use super::xml::attribute;

/// One text (`t`) in the making: a whole string, or one of its runs.
#[derive(Debug, Default)]
pub(crate) struct Run {
    start: usize,
    keeps_space: bool,
}

impl Run {
    /// A run that will be appended to `text`; its element has these attributes.
    pub(crate) fn begin(text: &str, attributes: &[u8]) -> Self {
        Self {
            start: text.len(),
            keeps_space: attribute(attributes, "space") == Some(b"preserve"),
        }
    }

    /// Takes the white space around it off, unless it is to be kept.
    pub(crate) fn end(&self, text: &mut String) {
        let run = text.get(self.start..).unwrap_or_default();
        if self.keeps_space || !run.starts_with(is_space) && !run.ends_with(is_space) {
            return;
        }
        let trimmed = trimmed(run).to_owned();
        text.truncate(self.start);
        text.push_str(&trimmed);
    }
}

/// A text without the white space around it.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// White space of XML: others, such as the ideographic space, belong to the text.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use super::Run;

    #[test]
    fn space_is_kept_only_where_the_text_says_so() {
        let cases = [
            ("", " a b\n", "before a b"),
            (" xml:space=\"preserve\"", " a ", "before  a "),
            (" xml:space=\"default\"", " \t", "before "),
            ("", "a\u{3000}", "before a\u{3000}"),
        ];
        for (attributes, run, expected) in cases {
            let mut text = "before ".to_owned();
            let begun = Run::begin(&text, attributes.as_bytes());
            text.push_str(run);
            begun.end(&mut text);
            assert_eq!(text, expected, "{attributes}");
        }
    }
}
