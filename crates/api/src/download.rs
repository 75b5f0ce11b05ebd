//! Files on their way to clients, piece by piece.

use std::fs::File;
use std::io::Read;

use actix_web::web::{self, Bytes};
use futures_util::stream::{self, Stream};

/// Bytes of a piece.
const PIECE: u64 = 64 * 1024;

/// The rest of a file, read off the async threads.
pub fn stream(file: File) -> impl Stream<Item = Result<Bytes, actix_web::Error>> {
    stream::try_unfold(file, |mut file| async move {
        let (piece, file) = web::block(move || {
            let mut piece = Vec::new();
            file.by_ref().take(PIECE).read_to_end(&mut piece).map(|_| (piece, file))
        })
        .await??;
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
    })
}
