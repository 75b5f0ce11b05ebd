//! Files on their way to clients: named, and piece by piece.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use actix_web::http::header::{
    CONTENT_LENGTH, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
};
use actix_web::web::{self, Bytes};
use actix_web::{HttpResponse, HttpResponseBuilder};
use futures_util::stream::{self, Stream};

use crate::problem::ApiError;

/// Bytes of a piece.
const PIECE: u64 = 64 * 1024;

/// A file without a name: its length is known when it is complete, and memory does not grow with it.
pub fn temporary() -> Result<File, ApiError> {
    tempfile::tempfile().map_err(ApiError::internal)
}

/// Sends a file that was written.
pub fn send(mut file: File, name: &str, media_type: &str) -> Result<HttpResponse, ApiError> {
    let length = file.seek(SeekFrom::End(0)).map_err(ApiError::internal)?;
    file.seek(SeekFrom::Start(0)).map_err(ApiError::internal)?;
    Ok(attachment(name, media_type)
        .insert_header((CONTENT_LENGTH, length))
        .streaming(stream(file)))
}

/// An answer that is kept as a file of this name.
pub fn attachment(name: &str, media_type: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.content_type(media_type).insert_header(disposition(name));
    response
}

/// What is not ASCII goes into `filename*`; clients that do not know it take the other name.
fn disposition(name: &str) -> ContentDisposition {
    let is_plain = |letter: char| letter.is_ascii_graphic() || letter == ' ';
    let plain = name.replace(|letter| !is_plain(letter), "_");
    let mut parameters = vec![DispositionParam::Filename(plain)];
    if !name.chars().all(is_plain) {
        parameters.push(DispositionParam::FilenameExt(ExtendedValue {
            charset: Charset::Ext("UTF-8".to_owned()),
            language_tag: None,
            value: name.replace(char::is_control, "_").into_bytes(),
        }));
    }
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters,
    }
}

/// The rest of a file, read off the async threads.
fn stream(file: File) -> impl Stream<Item = Result<Bytes, actix_web::Error>> {
    stream::try_unfold(file, |mut file| async move {
        let (piece, file) = web::block(move || {
            let mut piece = Vec::new();
            file.by_ref().take(PIECE).read_to_end(&mut piece).map(|_| (piece, file))
        })
        .await??;
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::CONTENT_DISPOSITION;

    use super::*;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        let response = attachment(name, "text/csv").finish();
        assert_eq!(response.headers().get(CONTENT_DISPOSITION).unwrap(), expected);
    }

    #[test]
    fn files_keep_their_names_whatever_is_in_them() {
        check("vehicle.csv", r#"attachment; filename="vehicle.csv""#);
        check("a b;c.csv", r#"attachment; filename="a b;c.csv""#);
        check(
            r#"my "best" \ list.csv"#,
            r#"attachment; filename="my \"best\" \\ list.csv""#,
        );
        check(
            "Kunden für 2025.csv",
            "attachment; filename=\"Kunden f_r 2025.csv\"; filename*=UTF-8''Kunden%20f%C3%BCr%202025.csv",
        );
        check(
            "a\r\nSet-Cookie: b.csv",
            "attachment; filename=\"a__Set-Cookie: b.csv\"; filename*=UTF-8''a__Set%2DCookie%3A%20b.csv",
        );
    }
}
