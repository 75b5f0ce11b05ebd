//! The little HTTP that the measurements need, over connections that they hold in their own hands.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_mins(2);
const BOUNDARY: &str = "a-line-that-no-file-has";

/// Somebody who calls the service.
#[derive(Debug, Clone)]
pub struct Client {
    /// `127.0.0.1:8080`
    pub address: String,
    pub token: String,
}

/// A connection that is kept between requests.
pub struct Connection {
    stream: BufReader<TcpStream>,
    client: Client,
}

impl Client {
    pub fn connect(&self) -> io::Result<Connection> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Connection {
            stream: BufReader::new(stream),
            client: self.clone(),
        })
    }

    /// Uploads a file as a run.
    pub fn upload(&self, file: &Path, options: &str) -> anyhow::Result<Value> {
        let mut connection = self.connect()?;
        let length = file.metadata()?.len();
        connection.begin_upload(length, options)?;
        io::copy(&mut File::open(file)?, connection.stream.get_mut())?;
        connection.stream.get_mut().write_all(trailer().as_bytes())?;
        connection.answer()
    }
}

impl Connection {
    /// Asks for something, and reads the whole answer.
    pub fn get(&mut self, path: &str) -> anyhow::Result<Value> {
        self.ask(path)?;
        self.answer()
    }

    /// Asks for a stream of events, and waits for the first.
    pub fn follow(&mut self, path: &str) -> anyhow::Result<()> {
        self.ask(path)?;
        loop {
            let line = self.line()?;
            if line.starts_with("event: ") {
                return Ok(());
            }
        }
    }

    /// Sends the head of an upload and of its file, which is said to have so many bytes.
    pub fn begin_upload(&mut self, file_bytes: u64, options: &str) -> io::Result<()> {
        let part = |disposition: &str| format!("--{BOUNDARY}\r\ncontent-disposition: form-data; {disposition}\r\n\r\n");
        let options = format!("{}{options}\r\n", part("name=\"options\""));
        let file = part("name=\"files\"; filename=\"customers.csv\"");
        let length = (options.len() + file.len() + trailer().len()) as u64 + file_bytes;
        let Client { address, token } = &self.client;
        let head = format!(
            "POST /v1/import-runs HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
             content-type: multipart/form-data; boundary={BOUNDARY}\r\ncontent-length: {length}\r\n\r\n"
        );
        let stream = self.stream.get_mut();
        [head, options, file]
            .iter()
            .try_for_each(|part| stream.write_all(part.as_bytes()))
    }

    /// Sends some of a body.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    fn ask(&mut self, path: &str) -> io::Result<()> {
        let Client { address, token } = &self.client;
        let head = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\r\n");
        self.stream.get_mut().write_all(head.as_bytes())
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            bail!("the connection ended");
        }
        Ok(line)
    }

    fn answer(&mut self) -> anyhow::Result<Value> {
        let status = self.line()?;
        let mut length = 0;
        loop {
            let line = self.line()?.to_lowercase();
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().context("the length of an answer")?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        if !status.starts_with("HTTP/1.1 2") {
            bail!("{}: {}", status.trim(), String::from_utf8_lossy(&body));
        }
        Ok(serde_json::from_slice(&body)?)
    }
}

fn trailer() -> String {
    format!("\r\n--{BOUNDARY}--\r\n")
}
