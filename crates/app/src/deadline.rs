//! The time for a file: whoever reads it, or hands on its rows, is stopped when it is over, or when the process is to end.

use std::io::{self, Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use torqueflow_model::{Finding, Row, RowClass};
use torqueflow_pipeline::RowSink;
use torqueflow_pipeline::staging::Owner;

use crate::limits::FILE_SECONDS;

/// When the time for a file is over.
#[derive(Debug, Clone)]
pub struct Deadline {
    end: Option<Instant>,
    seconds: u64,
    stop: CancellationToken,
}

impl Deadline {
    /// This many seconds from now.
    pub(crate) fn after(seconds: u64) -> Self {
        Self {
            // A time beyond what a clock can show never comes.
            end: Instant::now().checked_add(Duration::from_secs(seconds)),
            seconds,
            stop: CancellationToken::new(),
        }
    }

    /// The same, or earlier, when this asks to stop.
    pub(crate) fn or_when(self, stop: &CancellationToken) -> Self {
        let stop = stop.clone();
        Self { stop, ..self }
    }

    /// Fails with the limit when the time is over.
    fn check(&self) -> io::Result<()> {
        if self.stop.is_cancelled() {
            return Err(io::Error::other("the process is about to end"));
        }
        match self.end {
            Some(end) if Instant::now() >= end => Err(FILE_SECONDS.exceeded(self.seconds).into()),
            _ => Ok(()),
        }
    }

    /// Reads until then.
    pub fn reader<R>(&self, inner: R) -> TimedReader<R> {
        let deadline = self.clone();
        TimedReader { inner, deadline }
    }

    /// Hands rows on until then.
    pub fn sink<S: RowSink>(&self, inner: S) -> TimedSink<S> {
        let deadline = self.clone();
        TimedSink { inner, deadline }
    }
}

/// Bytes that can be read until a deadline.
#[derive(Debug)]
pub struct TimedReader<R> {
    inner: R,
    deadline: Deadline,
}

impl<R: Read> Read for TimedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.deadline.check()?;
        self.inner.read(buffer)
    }
}

impl<R: Seek> Seek for TimedReader<R> {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.inner.seek(place)
    }
}

/// Rows that go on until a deadline.
#[derive(Debug)]
pub struct TimedSink<S> {
    inner: S,
    deadline: Deadline,
}

impl<S: RowSink> RowSink for TimedSink<S> {
    fn begin(&mut self, table: usize, headers: &[String]) -> io::Result<()> {
        self.inner.begin(table, headers)
    }

    fn row(&mut self, row: &Row, owner: Option<&Owner>, findings: &[Finding]) -> io::Result<()> {
        self.deadline.check()?;
        self.inner.row(row, owner, findings)
    }

    fn left_out(&mut self, class: RowClass, row: &Row) -> io::Result<()> {
        self.inner.left_out(class, row)
    }

    fn end(&mut self) -> io::Result<()> {
        self.inner.end()
    }
}

#[cfg(test)]
mod tests {
    use torqueflow_pipeline::{DiscardRows, OpenError};

    use super::*;

    #[track_caller]
    fn check(seconds: u64, in_time: bool) {
        let deadline = Deadline::after(seconds);
        let read = deadline.reader(io::Cursor::new(b"rows")).read(&mut [0; 4]).map(drop);
        let row = deadline.sink(DiscardRows).row(&Row::default(), None, &[]);
        for result in [read, row] {
            let refused = result.err().map(|error| OpenError::from(error).message());
            assert_eq!(refused.is_none(), in_time, "{refused:?}");
            assert!(
                refused.is_none_or(
                    |message| message.contains("above the limit of 0 s") && message.contains("`file_seconds`")
                )
            );
        }
    }

    #[test]
    fn a_file_has_its_time_and_no_more() {
        check(0, false);
        check(600, true);
        check(u64::MAX, true);
    }

    #[test]
    fn its_time_is_over_when_the_process_is_to_end() {
        let stop = CancellationToken::new();
        let deadline = Deadline::after(600).or_when(&stop);
        assert!(deadline.check().is_ok());
        stop.cancel();
        assert!(deadline.check().is_err());
    }
}
