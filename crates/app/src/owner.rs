//! Who works on a run: a name by which a later process can tell that this one is no more.

use std::process;

/// `host:pid:start`, unique among all processes that ever ran on all machines, as far as one can tell.
pub(crate) fn name() -> String {
    format!(
        "{}:{}:{}",
        host(),
        process::id(),
        start_time(process::id()).unwrap_or_default()
    )
}

/// Whether the owner of this name ran on this machine and does not run any more.
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

fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map_or_else(|_| "unknown".to_owned(), |id| id.trim().to_owned())
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
    }
}
