//! A disk without room, for one process: none of its files may be written to.

use std::process::{Command, Stdio};

use rustix::process::{Pid, Resource, Rlimit, prlimit};

/// Makes a program one that a full disk is an error to. A limit on files would otherwise end it.
pub fn survive_full_disk(command: &mut Command) {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", r#"trap "" XFSZ; exec "$0" "$@""#])
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.current_dir(command.get_current_dir().unwrap());
    *command = shell;
}

/// Takes all room on the disk from a process.
pub fn fill_disk(process: u32) {
    set_limit(process, Some(0));
}

/// Gives it back.
pub fn make_room(process: u32) {
    set_limit(process, None);
}

fn set_limit(process: u32, current: Option<u64>) {
    let process = Pid::from_raw(process.try_into().unwrap());
    let limit = Rlimit { current, maximum: None };
    prlimit(process, Resource::Fsize, limit).unwrap();
}
