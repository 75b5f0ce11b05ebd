//! The parent's side of a conversion.

use std::fs::File;
use std::io::{self, BufReader, Seek, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use torqueflow_pipeline::{Format, Isolate, OpenError, ReadSeek};

use super::{Conversion, ConverterCommand, Ending};
use crate::blobs::create_private_folder;
use crate::limits::{CONVERSION_MEMORY, CONVERSION_OUTPUT, CONVERSION_SECONDS, Limits};

/// How much longer than its processor time a child may take, on a machine that has other things to do.
const PATIENCE: u64 = 3;
/// How often a child is looked after.
const PAUSE: Duration = Duration::from_millis(5);
const CHUNK_BYTES: usize = 64 * 1024;

/// Reads workbooks of older forms in child processes.
#[derive(Debug, Clone)]
pub(crate) struct ChildIsolate {
    converter: ConverterCommand,
    limits: Limits,
    /// Where the nameless files are.
    folder: PathBuf,
}

impl ChildIsolate {
    pub fn new(converter: ConverterCommand, limits: &Limits, folder: PathBuf) -> Self {
        Self {
            converter,
            limits: limits.clone(),
            folder,
        }
    }

    fn spawn(&self, format: Format, output: &File) -> io::Result<Killed> {
        let conversion = Conversion::new(format, &self.limits);
        let child = Command::new(&self.converter.program)
            .args(&self.converter.arguments)
            .args(conversion.to_arguments())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(output.try_clone()?)
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Killed(child))
    }

    /// Waits for the end of the child; `None` if it took too long.
    fn wait(&self, child: &mut Child) -> io::Result<Option<ExitStatus>> {
        let patience = Duration::from_secs(self.limits.max_conversion_seconds.saturating_mul(PATIENCE));
        let begun = Instant::now();
        while begun.elapsed() < patience {
            if let Some(status) = child.try_wait()? {
                return Ok(Some(status));
            }
            thread::sleep(PAUSE);
        }
        Ok(None)
    }

    /// What a child's end means.
    fn judge(&self, format: Format, status: Option<ExitStatus>) -> Result<(), OpenError> {
        let limits = &self.limits;
        let Some(status) = status else {
            return Err(CONVERSION_SECONDS.exceeded(limits.max_conversion_seconds));
        };
        match (status.code().and_then(Ending::from_code), signal(status)) {
            (Some(Ending::Converted), _) => Ok(()),
            (Some(Ending::Damaged), _) => Err(conversion_failed(format, "it is damaged")),
            (Some(Ending::Protected), _) => Err(OpenError::Unsupported {
                what: format!("{}, protected by a password", format.label()),
            }),
            (Some(Ending::Unlimited | Ending::Misled), _) => Err(OpenError::Unsupported {
                what: format.label().to_owned(),
            }),
            (None, Some(Stopped::Time)) => Err(CONVERSION_SECONDS.exceeded(limits.max_conversion_seconds)),
            (None, Some(Stopped::Output)) => Err(CONVERSION_OUTPUT.exceeded(limits.max_conversion_output_bytes)),
            // A parser that is refused memory ends itself, and so does one that a damaged file has confused.
            (None, None) => Err(conversion_failed(
                format,
                &format!(
                    "it is damaged, or needs more memory than the limit `{}` of {}",
                    CONVERSION_MEMORY.name,
                    CONVERSION_MEMORY.unit.show(limits.max_conversion_memory_bytes),
                ),
            )),
        }
    }
}

fn conversion_failed(format: Format, why: &str) -> OpenError {
    OpenError::ConversionFailed {
        what: format.label().to_owned(),
        why: why.to_owned(),
    }
}

impl Isolate for ChildIsolate {
    fn convert(&self, format: Format, workbook: &mut dyn ReadSeek) -> Result<Box<dyn ReadSeek>, OpenError> {
        create_private_folder(&self.folder)?;
        let mut output = tempfile::tempfile_in(&self.folder)?;
        let mut child = self.spawn(format, &output)?;
        let input = child.0.stdin.take();
        let (sent, status) = thread::scope(|scope| {
            let sender = scope.spawn(|| send(workbook, input));
            let status = self.wait(&mut child.0);
            // Whoever still sends to it is set free.
            child.kill();
            (sender.join(), status)
        });
        match sent {
            Ok(sent) => sent?,
            Err(_) => return Err(conversion_failed(format, "it could not be handed over")),
        }
        self.judge(format, status?)?;
        output.rewind()?;
        Ok(Box::new(BufReader::new(output)))
    }
}

/// Sends a workbook. A child that does not want it any more is no error here.
fn send(workbook: &mut dyn ReadSeek, input: Option<ChildStdin>) -> io::Result<()> {
    let Some(mut input) = input else { return Ok(()) };
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = workbook.read(&mut chunk)?;
        let sent = chunk.get(..count).unwrap_or_default();
        if count == 0 || input.write_all(sent).is_err() {
            return Ok(());
        }
    }
}

/// A child that is killed and waited for when nobody wants it any more.
struct Killed(Child);

impl Killed {
    fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Which limit of the system ended a child.
enum Stopped {
    Time,
    Output,
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<Stopped> {
    use rustix::process::Signal;
    use std::os::unix::process::ExitStatusExt;

    let signal = status.signal()?;
    match Signal::from_named_raw(signal)? {
        Signal::XCPU => Some(Stopped::Time),
        Signal::XFSZ => Some(Stopped::Output),
        _ => None,
    }
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<Stopped> {
    None
}
