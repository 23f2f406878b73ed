//! Requests of AWS clients as they come over a connection, as far as a proxy has to understand them.

use std::io::{self, Read};
use std::time::Duration;

use ureq::http;
use ureq::{Agent, Body};

const MOST_HEADERS: usize = 64;
/// Far more than a client of AWS sends.
const LARGEST: usize = 16 << 20;

/// Longer than the emulator takes for any answer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Of one connection, or chosen anew by whoever sends. The host is not among them: the emulator tells by it which load
/// balancer is asked.
const OF_ONE_HOP: [&str; 6] =
    ["connection", "content-length", "transfer-encoding", "expect", "accept-encoding", "keep-alive"];

/// Hands requests on to a server.
pub(crate) struct Forwarder {
    endpoint: String,
    agent: Agent,
}

impl Forwarder {
    pub(crate) fn to(endpoint: String) -> Self {
        let agent = Agent::config_builder()
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .into();
        Self { endpoint, agent }
    }

    /// Asks the server and returns its answer as one message.
    pub(crate) fn forward(&self, request: &Request) -> io::Result<Vec<u8>> {
        request.send(&self.agent, &self.endpoint).map_err(io::Error::other)
    }
}

pub(crate) struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// What an answer depends on: not the moment, not the signature.
    pub(crate) fn question(&self) -> Vec<u8> {
        let target = self.header("x-amz-target").unwrap_or_default();
        [self.method.as_bytes(), self.path.as_bytes(), target.as_bytes(), &self.body].join(&b'\n')
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Service and operation: of `X-Amz-Target` (JSON), of the form's `Action` (query), or else the method (REST).
    pub(crate) fn operation(&self) -> String {
        let scope = self.header("authorization").and_then(|text| text.split('/').nth(3)).unwrap_or("unsigned");
        let body = String::from_utf8_lossy(&self.body);
        let action = || body.split('&').find_map(|field| field.strip_prefix("Action="));
        let target = self.header("x-amz-target").and_then(|target| target.rsplit('.').next());
        format!("{scope}:{}", target.or_else(action).unwrap_or(&self.method))
    }

    fn send(&self, agent: &Agent, endpoint: &str) -> Result<Vec<u8>, ureq::Error> {
        let mut request = http::Request::builder().method(self.method.as_str()).uri(format!("{endpoint}{}", self.path));
        for (name, value) in self.headers.iter().filter(|(name, _)| !is_of_one_hop(name)) {
            request = request.header(name, value);
        }
        let answer = if self.body.is_empty() {
            agent.run(request.body(())?)?
        } else {
            agent.run(request.body(&self.body[..])?)?
        };
        message(answer)
    }

    fn header(&self, wanted: &str) -> Option<&str> {
        self.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }
}

fn is_of_one_hop(name: &str) -> bool {
    OF_ONE_HOP.contains(&name)
}

fn message(mut answer: http::Response<Body>) -> Result<Vec<u8>, ureq::Error> {
    let body = answer.body_mut().with_config().limit(LARGEST as u64).read_to_vec()?;
    let mut message = format!("HTTP/1.1 {}\r\n", answer.status()).into_bytes();
    for (name, value) in answer.headers().iter().filter(|(name, _)| !is_of_one_hop(name.as_str())) {
        message.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    message.extend(format!("content-length: {}\r\n\r\n", body.len()).into_bytes());
    message.extend(body);
    Ok(message)
}

/// Requests of one connection, one after the other.
pub(crate) struct RequestReader<Stream> {
    stream: Stream,
    /// What has come and is not yet part of a request.
    bytes: Vec<u8>,
}

impl<Stream: Read> RequestReader<Stream> {
    pub(crate) const fn new(stream: Stream) -> Self {
        Self { stream, bytes: Vec::new() }
    }

    /// `None` at the end of the connection.
    pub(crate) fn next(&mut self) -> io::Result<Option<Request>> {
        loop {
            if let Some((request, length)) = parse(&self.bytes)? {
                self.bytes.drain(..length);
                return Ok(Some(request));
            }
            let mut more = [0; 16 << 10];
            let read = self.stream.read(&mut more)?;
            if read == 0 {
                return Ok(None);
            }
            self.bytes.extend_from_slice(&more[..read]);
        }
    }
}

/// A request and how many bytes it takes; `None` when more has to come.
fn parse(bytes: &[u8]) -> io::Result<Option<(Request, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(start) = head.parse(bytes).map_err(io::Error::other)? else {
        return if bytes.len() > LARGEST { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(None) };
    };
    let text = |header: &httparse::Header<'_>| String::from_utf8_lossy(header.value).into_owned();
    let headers: Vec<_> = head.headers.iter().map(|header| (header.name.to_ascii_lowercase(), text(header))).collect();
    if headers.iter().any(|(name, _)| name == "transfer-encoding") {
        return Err(io::Error::other("bodies in chunks are not understood"));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").map_or(Ok(0), |(_, value)| value.parse());
    let length: usize = length.map_err(io::Error::other)?;
    if length > LARGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let Some(body) = bytes.get(start..start + length) else { return Ok(None) };
    let request = Request {
        method: head.method.unwrap_or_default().to_owned(),
        path: head.path.unwrap_or_default().to_owned(),
        headers,
        body: body.to_vec(),
    };
    Ok(Some((request, start + length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut buffer[..1])
        }
    }

    const TWO: &[u8] = b"POST / HTTP/1.1\r\nX-Amz-Target: Ecs.ListServices\r\nAuthorization: AWS4 \
        Credential=key/20260101/ap-northeast-2/ecs/aws4_request\r\nContent-Length: 2\r\n\r\n{}\
        POST / HTTP/1.1\r\nContent-Length: 24\r\n\r\nAction=GetCallerIdentity";

    #[test]
    fn requests_come_in_pieces_one_after_the_other_and_are_named() {
        let mut reader = RequestReader::new(Slow(TWO));
        let mut next = || reader.next().expect("readable").map(|request| (request.operation(), request.body.len()));
        assert_eq!(next(), Some(("ecs:ListServices".to_owned(), 2)));
        assert_eq!(next(), Some(("unsigned:GetCallerIdentity".to_owned(), 24)));
        assert_eq!(next(), None);
    }

    #[test]
    fn the_signature_is_no_part_of_the_question_and_the_body_is() {
        let question = |authorization: &str, body: &str| {
            let text = format!("POST / HTTP/1.1\r\nAuthorization: {authorization}\r\nContent-Length: 1\r\n\r\n{body}");
            RequestReader::new(text.as_bytes()).next().expect("readable").expect("a request").question()
        };
        assert_eq!(question("a", "1"), question("b", "1"));
        assert_ne!(question("a", "1"), question("a", "2"));
    }
}
