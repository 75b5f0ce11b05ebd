//! What a person sees who works in a terminal: what a command says first, its colours, its progress, its tables.

use crate::support::Workspace;

/// What libraries, and programs that break, say of themselves.
const COMPLAINTS: [&str; 5] = ["tracing", "crate feature", "panicked", "BACKTRACE", "ignoring"];
/// What begins a code that moves, clears or colours.
const CODE: &str = "\u{1b}[";

/// Whether anything is coloured, bold or the like.
fn is_coloured(shown: &str) -> bool {
    let mut codes = shown.split(CODE).skip(1);
    codes.any(|code| {
        let letter = code.trim_start_matches(|character: char| !character.is_ascii_alphabetic());
        letter.starts_with('m')
    })
}

/// What was shown, without its codes.
fn text(shown: &str) -> String {
    let mut pieces = shown.split(CODE);
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let after = piece.split_once(|character: char| character.is_ascii_alphabetic());
        text.push_str(after.map_or("", |(_, after)| after));
    }
    text
}

/// Checks what was shown first, and that no library complained.
#[track_caller]
fn check_shown(shown: &str, beginning: &str) {
    let text = text(shown);
    for complaint in COMPLAINTS {
        assert!(!text.contains(complaint), "{complaint}: {text}");
    }
    assert!(text.trim_start().starts_with(beginning), "{text}");
}

#[track_caller]
fn check(workspace: &Workspace, arguments: &str, exit_code: i32, beginning: &str) {
    println!("{arguments}");
    check_shown(&workspace.in_terminal(arguments).exits(exit_code), beginning);
}

fn workspace_with_samples() -> Workspace {
    let workspace = Workspace::on_sqlite();
    workspace.add_samples(&["customers.csv", "techman-export.xlsx"]);
    workspace
}

#[test]
fn every_command_begins_with_its_own_words() {
    let workspace = workspace_with_samples();
    check(&workspace, "--help", 0, "Brings a garage's customers");
    check(&workspace, "import --help", 0, "Import files");
    check(&workspace, "imprt", 2, "error: unrecognized subcommand 'imprt'");
    check(&workspace, "migrate", 0, "The database is up to date.");
    check(&workspace, "runs", 0, "No import has been run yet.");
    check(&workspace, "detect customers.csv", 0, "┌");
    check(&workspace, "clean customers.csv", 0, "{\"file\"");
    check(&workspace, "template customer", 0, "external_customer_number,");
    check(&workspace, "import techman-export.xlsx", 4, "Opening the files");
    check(
        &workspace,
        "import customers.csv --on-duplicate create",
        0,
        "Opening the files",
    );
    let run = workspace.newest_run();
    for command in ["show", "duplicates", "report"] {
        check(&workspace, &format!("{command} {run}"), 0, "┌");
    }
    check(&workspace, &format!("rollback {run} --dry-run"), 0, "┌");
    check(&workspace, "runs", 0, "┌");
    check(&workspace, "audit verify", 0, "The audit log is intact");
    check(&workspace, "merge 7", 1, "no customer has the id or number `7`");
    check(&workspace, "token", 0, "ey");
    check(&workspace, "openapi", 0, "{");
}

#[test]
fn services_begin_with_their_own_words_and_log_in_colour() {
    let workspace = Workspace::on_sqlite();
    let mut worker = workspace.in_terminal("worker");
    worker.shows("Working on");
    check_shown(&worker.end(), "Working on what the service is given.");

    let mut service = workspace.in_terminal("serve --bind 127.0.0.1:0");
    let shown = service.shows("Listening on");
    check_shown(&shown, "Tokens are checked with the development secret");
    let address = shown.lines().find_map(|line| line.strip_prefix("Listening on "));
    ureq::get(format!("{}/healthz", address.unwrap())).call().unwrap();
    service.shows("/healthz");
    let shown = service.end();
    assert!(is_coloured(&shown), "{shown}");
    assert!(
        text(&shown).contains("answered method=GET route=\"/healthz\" status=200"),
        "{shown}"
    );
}

#[test]
fn nothing_is_coloured_for_those_who_want_no_colours() {
    let workspace = workspace_with_samples();
    for (variable, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let run = |arguments: &str| {
            let settings = |command: &mut std::process::Command| {
                command.env(variable, value).env("TORQUEFLOW_LOG", "info");
            };
            workspace.in_terminal_with(arguments, (40, 120), settings)
        };
        for arguments in ["--help", "runs", "detect customers.csv"] {
            let shown = run(arguments).exits(0);
            assert!(!is_coloured(&shown), "{variable}: {shown}");
        }
        let mut worker = run("worker");
        worker.shows("Working on");
        let shown = worker.end();
        assert!(shown.contains("INFO") && !is_coloured(&shown), "{variable}: {shown}");
    }
}

#[test]
fn an_import_shows_its_progress_and_then_its_report() {
    let workspace = workspace_with_samples();
    let shown = workspace
        .in_terminal("import customers.csv --on-duplicate create")
        .exits(0);
    let text = text(&shown);
    let mut rest = text.as_str();
    for next in [
        "Opening the files",
        "Analysing every row",
        "300 of 300 analysed",
        "File or sheet",
        "Importing",
        "300 of 300 imported",
        "Rows in file",
    ] {
        let (_, after) = rest.split_once(next).unwrap_or_else(|| panic!("no `{next}` in {rest}"));
        rest = after;
    }
}

#[test]
fn a_rollback_asks_before_it_begins() {
    let workspace = workspace_with_samples();
    workspace.import("customers.csv --on-duplicate create", 0);
    let rollback = format!("rollback {}", workspace.newest_run());
    for (answer, exit_code, ending) in [("n", 4, "Nothing was written."), ("y", 0, "")] {
        let mut terminal = workspace.in_terminal(&rollback);
        terminal.shows("Deleted");
        terminal.types(answer);
        let shown = terminal.exits(exit_code);
        assert!(shown.contains("Take the run back? [y/N]"), "{shown}");
        assert!(shown.trim_end().ends_with(ending), "{shown}");
    }
    assert_eq!(workspace.query("SELECT status FROM import_run"), [["rolled_back"]]);
}

#[test]
fn a_terminal_that_does_not_know_its_width_shows_tables_that_can_be_read() {
    let workspace = workspace_with_samples();
    let shown = workspace
        .in_terminal_with("detect customers.csv", (0, 0), |_| {})
        .exits(0);
    assert!(shown.contains("customers.csv ┆ Techman UI export"), "{shown}");
}

#[test]
fn a_window_that_close_stops_no_import() {
    let workspace = workspace_with_samples();
    let mut import = workspace.in_terminal("import customers.csv --on-duplicate create");
    import.shows("Opening the files");
    assert_eq!(import.close(), Some(0));
    assert_eq!(workspace.query("SELECT status FROM import_run"), [["completed"]]);
}
