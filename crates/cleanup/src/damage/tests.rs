use super::*;

const PROVEN: ColumnText = ColumnText {
    html: Damage::Proven,
    decoding: Damage::Proven,
    code_page: Damage::None,
};

#[track_caller]
fn check(text: &str, expected: Option<&str>) {
    let undone = undo(text, PROVEN);
    assert_eq!(undone.as_ref().map(|(text, _)| text.as_str()), expected, "{text:?}");
}

#[test]
fn html_is_undone() {
    check("O&#039;Neill", Some("O'Neill"));
    check("Smith &amp; Sons", Some("Smith & Sons"));
    check("Smith &amp;amp; Sons", Some("Smith & Sons"));
    check("&#xA3;5 &eacute;", Some("£5 é"));
    check("Smith & Sons; Leeds", None);
    check("R&D;", None);
    check("&#0;", None);
}

#[test]
fn a_second_encoding_is_undone() {
    check("RenÃ©e", Some("Renée"));
    check("Oâ€™Neill", Some("O’Neill"));
    check("RenÃƒÂ©e", Some("Renée"));
    check("Ren√©e Dvo≈ô√°k", Some("Renée Dvořák"));
    check("O‚ÄôNeill", Some("O’Neill"));
    check("“Österreich”", None);
    check("« École »", None);
    check("Größe £5 · 20°", None);
    check("Zoë", None);
    check("Łukasz", None);
    check("Ada", None);
}

#[track_caller]
fn check_vote(texts: &[&str], html: Damage, decoding: Damage) {
    let (mut vote, mut merged) = (TextVote::new(), TextVote::new());
    for text in texts {
        vote.observe(&Cell::text(*text));
    }
    for text in texts.iter().rev() {
        let mut one = TextVote::new();
        one.observe(&Cell::text(*text));
        merged.merge(&one);
    }
    assert_eq!(vote, merged);
    let verdict = vote.verdict();
    assert_eq!((verdict.html, verdict.decoding), (html, decoding), "{texts:?}");
}

#[test]
fn the_column_proves_the_damage() {
    check_vote(&["Ada", "Łukasz", "Zoë", "M&S"], Damage::None, Damage::None);
    check_vote(&["RenÃ©e", "Ada"], Damage::None, Damage::Proven);
    check_vote(&["RenÃ©e", "Zoë"], Damage::None, Damage::Doubtful);
    check_vote(&["Smith &amp; Sons", "Ada"], Damage::Proven, Damage::None);
    check_vote(&["Smith &amp; Sons", "Marks & Spencer"], Damage::Doubtful, Damage::None);
    let mut many = vec!["RenÃ©e"; 100];
    many.push("Zoë");
    check_vote(&many, Damage::None, Damage::Proven);
    let mut few = vec!["Zoë"; 100];
    few.push("RenÃ©e");
    check_vote(&few, Damage::None, Damage::Doubtful);
}

#[test]
fn texts_of_dos_are_undone_where_a_character_proves_them() {
    let check = |texts: &[&str], damage, expected: &[&str]| {
        let mut vote = TextVote::new();
        for text in texts {
            vote.observe(&Cell::text(*text));
        }
        let column = vote.verdict();
        assert_eq!(column.code_page, damage, "{texts:?}");
        let undone = texts
            .iter()
            .map(|text| undo(text, column).map_or((*text).to_owned(), |undone| undone.0));
        assert_eq!(undone.collect::<Vec<_>>(), expected);
    };
    check(
        &[
            "M\u{81}ller",
            "F”rster",
            "J„rgen",
            "Groákopf",
            "Ada",
            "\u{90}lan",
            "Gonz\u{a0}lez",
        ],
        Damage::Proven,
        &["Müller", "Förster", "Järgen", "Großkopf", "Ada", "Élan", "González"],
    );
    check(&["F”rster", "“Ada”"], Damage::None, &["F”rster", "“Ada”"]);
    check(&["Zoë", "Müller", "Łukasz"], Damage::None, &["Zoë", "Müller", "Łukasz"]);
    check(&["M\u{81}ller", "Zoë"], Damage::Doubtful, &["Müller", "Zoë"]);
    assert_eq!(meant("M\u{81}ller").as_deref(), Some("Müller"));
    assert_eq!(meant("Zoë \u{81}").as_deref(), Some("Zoë \u{FFFD}"));
    assert_eq!(meant("Zoë\u{85}"), None);
}

#[test]
fn what_is_not_proven_is_not_undone() {
    let doubtful = ColumnText {
        decoding: Damage::Doubtful,
        ..ColumnText::default()
    };
    assert_eq!(undo("RenÃ©e", doubtful), Some(("Renée".to_owned(), Damage::Doubtful)));
    assert_eq!(undo("RenÃ©e", ColumnText::default()), None);
    assert_eq!(undo("O&#039;Neill", doubtful), None);
}
