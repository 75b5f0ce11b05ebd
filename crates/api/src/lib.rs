//! The REST service: a thin edge over the use cases of `torqueflow-app`.
//!
//! A handler extracts what came in, makes one call, and shows what came out. [`listen`] serves the routes; [`openapi`]
//! is their specification, collected from the routes themselves, so that neither can be without the other. Errors are
//! problem documents; their one table is [`Code`].
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use torqueflow_api::{ServeConfig, listen};
//! use torqueflow_app::{App, AppConfig};
//!
//! let app = App::open(&AppConfig::new("sqlite://torqueflow.db?mode=rwc", "torqueflow-data")).await?;
//! let listening = listen(&ServeConfig::default(), app)?;
//! println!("http://{}", listening.address);
//! listening.run(async { let _ = tokio::signal::ctrl_c().await; }).await?;
//! # Ok(())
//! # }
//! ```

mod auth;
mod config;
mod download;
mod extract;
mod idempotency;
mod metrics;
mod middleware;
mod openapi;
mod problem;
mod routes;
mod server;
mod service;
#[cfg(test)]
mod tests;

pub use auth::{DevelopmentToken, development_token};
pub use config::{KeySetSource, RequestLimits, ServeConfig, ServeError, TokenConfig, TokenKeys};
pub use jsonwebtoken::Algorithm;
pub use openapi::document_text as openapi;
pub use problem::{Code, errors_page};
pub use server::{Listening, listen};
