//! `torqueflow serve`

use std::net::SocketAddr;

use clap::Args;
use torqueflow_api::{RequestLimits, ServeConfig, TokenKeys, listen};
use torqueflow_app::worker;

use super::token::token_config;
use crate::args::{Common, TokenOptions, WorkOptions};
use crate::exit_code::Exit;

#[derive(Debug, Args)]
pub struct Serve {
    /// The address to listen on; with port 0 the system chooses one
    #[arg(
        long,
        env = "TORQUEFLOW_BIND",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080"
    )]
    pub bind: SocketAddr,
    /// Answer requests only; runs are worked on by `torqueflow worker`
    #[arg(long)]
    pub no_worker: bool,
    #[command(flatten)]
    pub work: WorkOptions,
    /// The address of the metrics; by default they are at /metrics of the service
    #[arg(long, env = "TORQUEFLOW_METRICS_BIND", value_name = "ADDRESS")]
    pub metrics_bind: Option<SocketAddr>,
    #[command(flatten)]
    pub tokens: TokenOptions,
    /// A web origin that browsers may call from, such as `https://app.example`; can be repeated
    #[arg(
        long,
        env = "TORQUEFLOW_ALLOWED_ORIGINS",
        value_name = "ORIGIN",
        value_delimiter = ','
    )]
    pub allow_origin: Vec<String>,
    /// Believe the proxy in front about where requests come from (X-Forwarded-For)
    #[arg(long, env = "TORQUEFLOW_BEHIND_PROXY")]
    pub behind_proxy: bool,
    /// How many requests a user or key may make in a minute
    #[arg(
        long,
        env = "TORQUEFLOW_REQUESTS_PER_MINUTE",
        value_name = "NUMBER",
        default_value_t = 1200
    )]
    pub requests_per_minute: u32,
    /// How many requests without a valid token an address may make in a minute
    #[arg(
        long,
        env = "TORQUEFLOW_REFUSALS_PER_MINUTE",
        value_name = "NUMBER",
        default_value_t = 60
    )]
    pub refusals_per_minute: u32,
}

/// Serves the REST API, and works on runs, until the process is told to end.
pub async fn run(common: &Common, arguments: &Serve) -> anyhow::Result<Exit> {
    let config = ServeConfig {
        bind: arguments.bind,
        metrics_bind: arguments.metrics_bind,
        tokens: token_config(&arguments.tokens)?,
        allowed_origins: arguments.allow_origin.clone(),
        behind_proxy: arguments.behind_proxy,
        limits: RequestLimits {
            requests_per_minute: arguments.requests_per_minute,
            refusals_per_minute: arguments.refusals_per_minute,
            ..RequestLimits::default()
        },
        ..ServeConfig::default()
    };
    let (app, _) = super::open(common).await?;
    let listening = listen(&config, app.clone())?;
    // Before it says that it is there: whoever reads that may tell it to end.
    let told_to_end = told_to_end();
    if matches!(config.tokens.keys, TokenKeys::Development) {
        note!("Tokens are checked with the development secret: for this machine only. `torqueflow token` makes them.");
    }
    if let Some(address) = listening.metrics_address {
        note!("Metrics on http://{address}/metrics");
    }
    note!("Listening on http://{}", listening.address);
    tracing::debug!(?config, "effective configuration");
    let working = (!arguments.no_worker).then(|| {
        let (app, options) = (app.clone(), arguments.work.options());
        tokio::spawn(async move { worker::run(&app, &options).await })
    });
    let ended = async {
        told_to_end.await;
        app.stop();
    };
    listening.run(ended).await?;
    if let Some(working) = working {
        working.await?;
    }
    Ok(Exit::Done)
}

/// Ready when the process is told to end, from this call on: by Ctrl-C, or by SIGTERM as service managers send it.
#[cfg(unix)]
pub fn told_to_end() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};

    let [interrupted, terminated] = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    async {
        tokio::select! {
            () = arrival(interrupted) => {}
            () = arrival(terminated) => {}
        }
    }
}

/// Ready when a signal has come; never, where none can be waited for.
#[cfg(unix)]
async fn arrival(signal: std::io::Result<tokio::signal::unix::Signal>) {
    match signal {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

/// Ready when the process is told to end, by Ctrl-C.
#[cfg(not(unix))]
pub async fn told_to_end() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
