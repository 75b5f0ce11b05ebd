//! The running service, and a client that checks every answer against the specification.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::http::{HeaderMap, Request};

use super::contract;
use super::worker::terminate;
use super::workspace::Workspace;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A service that runs until this value is dropped.
pub struct Service<'w> {
    workspace: &'w Workspace,
    process: Child,
    pub address: String,
    pub metrics_address: Option<String>,
}

impl Workspace {
    /// Starts the service with these arguments on a free port.
    pub fn serve(&self, arguments: &str) -> Service<'_> {
        self.serve_with(arguments, |_| {})
    }

    /// Starts the service with these arguments on a free port, as `settings` changes the command.
    pub fn serve_with(&self, arguments: &str, settings: impl FnOnce(&mut Command)) -> Service<'_> {
        let mut command = self.service(0, arguments);
        settings(&mut command);
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap())
            .lines()
            .map(Result::unwrap);
        let mut said = Vec::new();
        let mut metrics_address = None;
        let address = loop {
            let Some(line) = lines.next() else {
                panic!("the service did not start: {}", said.join("\n"));
            };
            let after = |beginning| line.strip_prefix(beginning).map(str::to_owned);
            if let Some(address) = after("Listening on ") {
                break address;
            }
            metrics_address = metrics_address.or(after("Metrics on "));
            said.push(line);
        };
        // Whatever it says later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Service {
            workspace: self,
            process,
            address,
            metrics_address,
        }
    }

    /// Starts a service that nobody hears: `settings` says what becomes of its standard error.
    pub fn serve_unheard(&self, settings: impl FnOnce(&mut Command)) -> Service<'_> {
        // Where it listens has to be known beforehand. This port was free just now.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = self.service(port, "");
        command.stdout(Stdio::null());
        settings(&mut command);
        let mut process = command.spawn().unwrap();
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert_eq!(process.try_wait().unwrap(), None, "the service did not start");
            assert!(begun.elapsed() < PATIENCE, "the service does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Service {
            workspace: self,
            process,
            address: format!("http://127.0.0.1:{port}"),
            metrics_address: None,
        }
    }

    /// The service on this port, about to run.
    fn service(&self, port: u16, arguments: &str) -> Command {
        let limits = "--requests-per-minute 1000000 --refusals-per-minute 1000000";
        self.command(&format!("serve --bind 127.0.0.1:{port} {limits} {arguments}"))
    }
}

impl Service<'_> {
    /// Somebody with this role in this organisation.
    pub fn client(&self, organization: &str, role: &str) -> Client {
        let token = self
            .workspace
            .run(&format!("--organization {organization} token --role {role}"));
        self.client_with(token.exits(0).stdout.trim())
    }

    /// Somebody with this token or key; without one if it is empty.
    pub fn client_with(&self, token: &str) -> Client {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .build();
        Client {
            agent: agent.into(),
            address: self.address.clone(),
            token: token.to_owned(),
        }
    }

    /// Its process.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// How many files and connections it has open.
    pub fn open_files(&self) -> usize {
        let files = fs::read_dir(format!("/proc/{}/fd", self.process.id()));
        files.unwrap().count()
    }

    /// Tells the service to end, and waits until it has. Says with which exit code.
    pub fn stop(mut self) -> i32 {
        terminate(&mut self.process)
    }
}

impl Drop for Service<'_> {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A form with files and other fields: its media type, and its bytes.
pub fn form(files: &[(&str, Vec<u8>)], fields: &[(&str, &str)]) -> (String, Vec<u8>) {
    let boundary = "a-line-that-no-file-has";
    let mut form = Vec::new();
    for (name, value) in fields {
        let head = format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        form.extend(head.into_bytes());
    }
    for (name, bytes) in files {
        let disposition = format!("form-data; name=\"files\"; filename=\"{name}\"");
        let head = format!("--{boundary}\r\ncontent-disposition: {disposition}\r\n\r\n");
        form.extend(head.into_bytes());
        form.extend_from_slice(bytes);
        form.extend_from_slice(b"\r\n");
    }
    form.extend(format!("--{boundary}--\r\n").into_bytes());
    let media_type = format!("multipart/form-data; boundary={boundary}");
    (media_type, form)
}

/// Somebody who calls the service.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    address: String,
    token: String,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Client {
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[], Some(body))
    }

    #[track_caller]
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, &[], Some(body))
    }

    #[track_caller]
    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], None)
    }

    /// Begins a request on a connection of its own, which the caller may end at any moment: its head, of a body of this many
    /// bytes. It is not checked against the specification.
    pub fn begin(&self, method: &str, path: &str, headers: &[(&str, &str)], body_bytes: usize) -> TcpStream {
        let host = self.address.trim_start_matches("http://");
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: {}\r\n",
            self.bearer()
        );
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let _ = write!(head, "content-length: {body_bytes}\r\n\r\n");
        let mut connection = TcpStream::connect(host).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        connection.write_all(head.as_bytes()).unwrap();
        connection
    }

    /// Uploads files, with other fields of the form.
    #[track_caller]
    pub fn upload(&self, path: &str, files: &[(&str, Vec<u8>)], fields: &[(&str, &str)]) -> Answer {
        let (media_type, form) = form(files, fields);
        self.send_bytes("POST", path, &[("content-type", &media_type)], Some(form))
    }

    /// Sends a request with a JSON body, and checks the answer against the specification.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let mut headers = headers.to_vec();
        if body.is_some() {
            headers.push(("content-type", "application/json"));
        }
        self.send_bytes(method, path, &headers, body.map(|body| body.to_string().into_bytes()))
    }

    /// Sends a request, and checks the answer against the specification.
    #[track_caller]
    pub fn send_bytes(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.address));
        if !self.token.is_empty() {
            request = request.header("authorization", self.bearer());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let sent = match body {
            Some(body) => self.agent.run(request.body(body).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let (parts, mut body) = sent
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
            .into_parts();
        let answer = Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.read_to_vec().unwrap(),
        };
        contract::check(method, path, &answer);
        answer
    }

    /// Opens what answers without an end, after this event; at its beginning, if that is empty. It is read by the caller,
    /// and not checked against the specification.
    #[track_caller]
    pub fn open(&self, path: &str, last_event: &str) -> ureq::Body {
        let request = Request::get(format!("{}{path}", self.address)).header("authorization", self.bearer());
        let request = if last_event.is_empty() {
            request
        } else {
            request.header("last-event-id", last_event)
        };
        let answer = self.agent.run(request.body(()).unwrap()).unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.into_body()
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// A run when it is done. While it is about to be started by itself it is ready for a moment.
    #[track_caller]
    pub fn done(&self, run_id: &str) -> Value {
        let begun = Instant::now();
        loop {
            let run = self.get(&format!("/v1/import-runs/{run_id}?wait=10")).ok();
            if run["done"] == true {
                return run;
            }
            assert!(begun.elapsed() < PATIENCE * 4, "the run does not end: {run}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The items of a list, page by page.
    #[track_caller]
    pub fn items(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut page = self.get(path).ok();
        loop {
            items.extend(page["items"].as_array().unwrap().clone());
            let Some(cursor) = page["next_cursor"].as_str() else {
                return items;
            };
            let separator = if path.contains('?') { '&' } else { '?' };
            page = self.get(&format!("{path}{separator}cursor={cursor}")).ok();
        }
    }
}

impl Answer {
    /// A header; empty where it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body of a request that went well.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.text());
        self.json()
    }

    /// Checks that a request was refused with this code, and gives the document.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        problem
    }
}
