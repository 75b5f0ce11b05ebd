//! Bytes in any encoding → UTF-8 with LF line ends, streamed.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, Encoding};

const CHUNK_BYTES: usize = 64 * 1024;

/// A reader of clean text: no byte order mark, valid UTF-8, and only LF ends a line.
pub(crate) struct Decode<R> {
    inner: R,
    /// `None` where the bytes are clean as they are.
    decoder: Option<Decoder>,
    strip_cr: bool,
    input: Vec<u8>,
    output: Vec<u8>,
    position: usize,
    /// The last character was CR, so that an LF that follows belongs to it.
    after_cr: bool,
    ended: bool,
}

impl<R: Read> Decode<R> {
    /// Decodes what comes after the byte order mark. Without an `encoding`, the bytes are valid UTF-8 as they are.
    pub(crate) fn new(inner: R, encoding: Option<&'static Encoding>, strip_cr: bool) -> Self {
        Self {
            inner,
            decoder: encoding.map(Encoding::new_decoder_without_bom_handling),
            strip_cr,
            input: vec![0; CHUNK_BYTES],
            output: Vec::new(),
            position: 0,
            after_cr: false,
            ended: false,
        }
    }

    /// Reads and decodes one chunk into `output`.
    fn refill(&mut self) -> io::Result<()> {
        let read = self.inner.read(&mut self.input)?;
        self.ended = read == 0;
        let bytes = self.input.get(..read).unwrap_or_default();
        self.position = 0;
        self.output.clear();
        if let Some(decoder) = &mut self.decoder {
            decode(decoder, bytes, &mut self.output, self.ended);
        } else {
            self.output.extend_from_slice(bytes);
        }
        if self.strip_cr {
            self.after_cr = unify_line_ends(&mut self.output, self.after_cr);
        }
        Ok(())
    }
}

/// Decodes all of `bytes`; what can't be decoded becomes U+FFFD.
fn decode(decoder: &mut Decoder, mut bytes: &[u8], output: &mut Vec<u8>, last: bool) {
    let room = decoder
        .max_utf8_buffer_length(bytes.len())
        .unwrap_or(bytes.len() * 3 + 16);
    output.resize(room, 0);
    let mut written = 0;
    loop {
        let target = output.get_mut(written..).unwrap_or_default();
        let (result, read, wrote, _) = decoder.decode_to_utf8(bytes, target, last);
        written += wrote;
        bytes = bytes.get(read..).unwrap_or_default();
        if result == CoderResult::InputEmpty {
            break;
        }
        output.resize(output.len() + CHUNK_BYTES, 0);
    }
    output.truncate(written);
}

/// CRLF and CR become LF, in place. Says whether the last character was CR.
fn unify_line_ends(text: &mut Vec<u8>, mut after_cr: bool) -> bool {
    text.retain_mut(|byte| {
        let keep = !(after_cr && *byte == b'\n');
        after_cr = *byte == b'\r';
        if after_cr {
            *byte = b'\n';
        }
        keep
    });
    after_cr
}

impl<R: Read> Read for Decode<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.position >= self.output.len() && !self.ended {
            self.refill()?;
        }
        let rest = self.output.get(self.position..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(target), Some(source)) = (buffer.get_mut(..count), rest.get(..count)) {
            target.copy_from_slice(source);
        }
        self.position += count;
        Ok(count)
    }
}
