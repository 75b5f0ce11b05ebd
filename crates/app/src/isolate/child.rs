//! The child's side of a conversion.

use std::io::{self, BufWriter, Cursor, Read, Write};
use std::process::Command;

use torqueflow_pipeline::OpenError;
use torqueflow_pipeline::legacy::convert;

use super::{Conversion, Ending};

/// The last argument of a child whose limits are in force.
const LIMITED: &str = "limited";

/// What a converter program does: reads a workbook from `input`, writes its rows to `output`, and returns the code to
/// exit with. `arguments` are those that follow the [`ConverterCommand`](super::ConverterCommand)'s own.
///
/// To be called before anything else, above all before other threads begin. The first call limits this process and runs
/// the program anew in its place, with the same arguments and one more: memory that an allocator has set aside already
/// is under no limit.
pub fn run_child(arguments: &[String], input: impl Read, output: impl Write) -> u8 {
    let ending = match arguments.split_last() {
        Some((last, told)) if last == LIMITED => match Conversion::from_arguments(told) {
            Some(conversion) => convert_all(conversion, input, output),
            None => Ending::Misled,
        },
        _ => match Conversion::from_arguments(arguments) {
            Some(conversion) => begin_anew(conversion),
            None => Ending::Misled,
        },
    };
    ending as u8
}

fn convert_all(conversion: Conversion, mut input: impl Read, output: impl Write) -> Ending {
    let mut workbook = Vec::new();
    if input.read_to_end(&mut workbook).is_err() {
        return Ending::Damaged;
    }
    let mut output = BufWriter::new(output);
    let converted = convert(Cursor::new(workbook), conversion.format, &mut output);
    match converted.and_then(|()| Ok(output.flush()?)) {
        Ok(()) => Ending::Converted,
        Err(OpenError::Unsupported { .. }) => Ending::Protected,
        Err(_) => Ending::Damaged,
    }
}

/// Limits this process and runs the program in its place. Returns only if that fails.
fn begin_anew(conversion: Conversion) -> Ending {
    let Ok(program) = std::env::current_exe() else {
        return Ending::Unlimited;
    };
    let mut again = Command::new(program);
    again.args(std::env::args_os().skip(1)).arg(LIMITED);
    let _ = limit(conversion).map(|()| replace_by(&mut again));
    Ending::Unlimited
}

#[cfg(unix)]
fn replace_by(command: &mut Command) -> io::Error {
    std::os::unix::process::CommandExt::exec(command)
}

/// Sets limits that hold until this process ends, whatever it becomes.
#[cfg(unix)]
fn limit(conversion: Conversion) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let limits = [
        (Resource::Core, 0, 0),
        (Resource::Data, conversion.memory_bytes, conversion.memory_bytes),
        (Resource::Fsize, conversion.output_bytes, conversion.output_bytes),
        // The second between the two tells the end of the time from a kill.
        (Resource::Cpu, conversion.seconds, conversion.seconds.saturating_add(1)),
    ];
    for (resource, current, maximum) in limits {
        let (current, maximum) = (Some(current), Some(maximum));
        setrlimit(resource, Rlimit { current, maximum })?;
    }
    #[cfg(target_os = "linux")]
    end_with(conversion.parent)?;
    Ok(())
}

/// Has this process killed when its parent ends. A parent that has ended already is no parent any more.
#[cfg(target_os = "linux")]
fn end_with(parent: u32) -> io::Result<()> {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};

    set_parent_process_death_signal(Some(Signal::KILL))?;
    match getppid() {
        Some(living) if living.as_raw_pid() as u32 == parent => Ok(()),
        _ => Err(io::Error::other("the parent has ended")),
    }
}

#[cfg(not(unix))]
fn replace_by(_: &mut Command) -> io::Error {
    io::Error::from(io::ErrorKind::Unsupported)
}

/// Where a process can't be limited, nothing is converted.
#[cfg(not(unix))]
fn limit(_: Conversion) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}
