//! Objects, and parts of objects that are not whole yet.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures::TryStreamExt as _;
use md5::{Digest as _, Md5};
use s3s::dto::{ETag, Metadata, StreamingBlob};
use s3s::{S3Result, s3_error};
use sha2::Sha256;

/// Content as it came, in chunks: copies share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Content {
    pub(crate) chunks: Vec<Bytes>,
    pub(crate) size: u64,
    pub(crate) md5: [u8; 16],
}

/// What an object says of itself beside its content.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers {
    pub(crate) content_type: Option<String>,
    pub(crate) cache_control: Option<String>,
    pub(crate) content_encoding: Option<String>,
    pub(crate) content_language: Option<String>,
    pub(crate) content_disposition: Option<String>,
    pub(crate) metadata: Option<Metadata>,
}

#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) chunks: Vec<Bytes>,
    pub(crate) size: u64,
    pub(crate) e_tag: String,
    pub(crate) modified: SystemTime,
    pub(crate) headers: Headers,
    /// Of the content, in Base64, once somebody has asked for it.
    pub(crate) sha256: Arc<OnceLock<String>>,
}

impl Content {
    /// Takes a body in whole.
    pub(crate) async fn receive(body: Option<StreamingBlob>) -> S3Result<Self> {
        let Some(mut body) = body else { return Err(s3_error!(IncompleteBody)) };
        let (mut content, mut hash) = (Self::default(), Md5::new());
        while let Some(chunk) = body.try_next().await.map_err(|error| s3_error!(IncompleteBody, "{error}"))? {
            hash.update(&chunk);
            content.size += chunk.len() as u64;
            content.chunks.push(chunk);
        }
        content.md5 = hash.finalize().into();
        Ok(content)
    }

    pub(crate) fn e_tag(&self) -> ETag {
        ETag::Strong(hexadecimal(&self.md5))
    }
}

impl Object {
    pub(crate) fn whole(content: Content, headers: Headers) -> Self {
        let Content { chunks, size, md5 } = content;
        Self {
            chunks,
            size,
            e_tag: hexadecimal(&md5),
            modified: SystemTime::UNIX_EPOCH,
            headers,
            sha256: Arc::default(),
        }
        .written()
    }

    /// The entity tag of what came in parts is that of the parts' hashes, and their number.
    pub(crate) fn of_parts(parts: Vec<Content>, headers: Headers) -> Self {
        let hashes: Vec<u8> = parts.iter().flat_map(|part| part.md5).collect();
        let e_tag = format!("{}-{}", hexadecimal(&Md5::digest(hashes)), parts.len());
        let size = parts.iter().map(|part| part.size).sum();
        let chunks = parts.into_iter().flat_map(|part| part.chunks).collect();
        Self { chunks, size, e_tag, modified: SystemTime::UNIX_EPOCH, headers, sha256: Arc::default() }.written()
    }

    /// Written at this moment.
    #[expect(clippy::disallowed_methods, reason = "nobody sets the clock of a server")]
    pub(crate) fn written(self) -> Self {
        Self { modified: SystemTime::now(), ..self }
    }

    pub(crate) fn e_tag(&self) -> Option<ETag> {
        Some(ETag::Strong(self.e_tag.clone()))
    }

    pub(crate) fn sha256(&self) -> String {
        let hash = || self.chunks.iter().fold(Sha256::new(), |hash, chunk| hash.chain_update(chunk)).finalize();
        self.sha256.get_or_init(|| BASE64_STANDARD.encode(hash())).clone()
    }

    /// In bytes, as headers give it.
    pub(crate) fn length(&self) -> Option<i64> {
        i64::try_from(self.size).ok()
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
