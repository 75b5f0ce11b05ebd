//! Who works on a run: a name by which a later process can tell that this one is no more.

use std::process;

/// `host/namespace:pid:start`, unique among all processes that ever ran on all machines, as far as one can tell.
pub(crate) fn name() -> String {
    format!(
        "{}:{}:{}",
        host(),
        process::id(),
        start_time(process::id()).unwrap_or_default()
    )
}

/// Whether the owner of this name ran on this machine, and in this container, and does not run any more.
pub(crate) fn is_dead(owner: &str) -> bool {
    let mut parts = owner.split(':');
    let (Some(owner_host), Some(pid), Some(start)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let Ok(pid) = pid.parse::<u32>() else { return false };
    if owner_host != host() || start.is_empty() {
        return false;
    }
    start_time(pid).is_none_or(|running| running != start)
}

/// Where process ids are those that we see: this machine since it was started, and in it this container. Two containers of
/// one machine both have a process 1, and see nothing of each other.
fn host() -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    let machine = machine.map_or_else(|_| "unknown".to_owned(), |id| id.trim().to_owned());
    let processes = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    let processes: String = processes
        .to_string_lossy()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    format!("{machine}/{processes}")
}

/// When a process started, in clock ticks since boot: field 22 of `/proc/PID/stat` (proc(5)). A zombie has ended.
fn start_time(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in parentheses and may hold spaces.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let state = fields.next()?;
    if state == "Z" {
        return None;
    }
    fields.nth(18).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_others_may_not() {
        assert!(!is_dead(&name()));
        assert!(is_dead(&format!("{}:{}:0", host(), process::id())));
        assert!(is_dead(&format!("{}:{}:17", host(), u32::MAX)));
        assert!(!is_dead("elsewhere:1:17"));
        // In another container of this machine, where nobody here can look.
        let (machine, _) = host()
            .split_once('/')
            .map(|(machine, rest)| (machine.to_owned(), rest.to_owned()))
            .unwrap();
        assert!(!is_dead(&format!("{machine}/1:1:17")));
    }
}
