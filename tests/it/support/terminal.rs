//! The program at work in a terminal, as a person sees it.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::worker::terminate;
use super::workspace::Workspace;

/// How long until the program shows what is waited for, or ends.
const PATIENCE: Duration = Duration::from_mins(1);
/// Rows and columns of a usual window.
const WINDOW: (u16, u16) = (40, 120);

/// A program in a terminal. It ends with this value.
pub struct InTerminal {
    process: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    shown: Vec<u8>,
}

/// The two ends of a new terminal of so many rows and columns: the person's and the program's.
fn terminal((rows, columns): (u16, u16)) -> (File, File) {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let name = ptsname(&person, Vec::new()).unwrap();
    let path = OsStr::from_bytes(name.as_bytes());
    let program = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let size = Winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&program, size).unwrap();
    (person.into(), program)
}

impl Workspace {
    /// Runs the program in a terminal.
    pub fn in_terminal(&self, arguments: &str) -> InTerminal {
        self.in_terminal_with(arguments, WINDOW, |_| {})
    }

    /// Runs the program in a terminal of so many rows and columns, as `settings` changes the command.
    pub fn in_terminal_with(
        &self,
        arguments: &str,
        size: (u16, u16),
        settings: impl FnOnce(&mut Command),
    ) -> InTerminal {
        let (person, program) = terminal(size);
        let mut command = self.command(arguments);
        for variable in ["CI", "CLICOLOR", "CLICOLOR_FORCE", "NO_COLOR"] {
            command.env_remove(variable);
        }
        command
            .env("TERM", "xterm-256color")
            .stdin(program.try_clone().unwrap())
            .stdout(program.try_clone().unwrap())
            .stderr(program);
        settings(&mut command);
        let process = command.spawn().unwrap();
        // With it goes what it has of the program's end: the terminal ends with the last of that.
        drop(command);
        InTerminal {
            process,
            screen: read_all(person.try_clone().unwrap()),
            keyboard: person,
            shown: Vec::new(),
        }
    }
}

/// What comes, as it comes. The receiver ends with the terminal.
fn read_all(mut person: File) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut piece = [0; 4096];
        // Linux answers with an error when the program's end is closed.
        while let Ok(bytes @ 1..) = person.read(&mut piece) {
            if sender.send(piece[..bytes].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}

impl InTerminal {
    /// Waits until this is shown, to the end of its line. Says all that is shown by then.
    #[track_caller]
    pub fn shows(&mut self, text: &str) -> String {
        let begun = Instant::now();
        loop {
            let shown = self.text();
            let after = shown.split_once(text).map(|(_, after)| after);
            if after.is_some_and(|after| after.contains('\n')) {
                return shown;
            }
            match self.screen.recv_timeout(PATIENCE.saturating_sub(begun.elapsed())) {
                Ok(piece) => self.shown.extend(piece),
                Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout) => {
                    panic!("`{text}` is not shown: {shown}")
                }
            }
        }
    }

    /// Types a line.
    pub fn types(&mut self, line: &str) {
        writeln!(self.keyboard, "{line}").unwrap();
    }

    /// Waits until the program has ended with this exit code. Says all that was shown.
    #[track_caller]
    pub fn exits(mut self, code: i32) -> String {
        let begun = Instant::now();
        loop {
            match self.screen.recv_timeout(PATIENCE.saturating_sub(begun.elapsed())) {
                Ok(piece) => self.shown.extend(piece),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("the program does not end: {}", self.text()),
            }
        }
        let ended = self.process.wait().unwrap();
        assert_eq!(ended.code(), Some(code), "{}", self.text());
        self.text()
    }

    /// Tells the program to end, and waits until it has. Says all that was shown.
    #[track_caller]
    pub fn end(mut self) -> String {
        assert_eq!(terminate(&mut self.process), 0, "{}", self.text());
        self.exits(0)
    }

    /// Closes the window, and waits until the program has ended. Says with which exit code.
    pub fn close(mut self) -> Option<i32> {
        // Whoever reads the screen notices with the next piece that comes, and gives the terminal up.
        self.screen = channel().1;
        self.keyboard = File::open("/dev/null").unwrap();
        self.process.wait().unwrap().code()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.shown).into_owned()
    }
}

impl Drop for InTerminal {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
