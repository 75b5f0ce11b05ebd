//! Measures finding customers and suggesting duplicates in a database that imports have filled:
//!
//! ```text
//! cargo run --release -p torqueflow-app --example customers -- sqlite://torqueflow.db smi "ada smith" "07911 123456"
//! ```

use std::env;
use std::time::{Duration, Instant};

use torqueflow_app::customers::{CustomerQuery, SuggestionQuery, search, suggestions};
use torqueflow_app::{App, AppConfig, AppError};

/// The quickest of so many counts: the others waited for something else.
const ROUNDS: usize = 5;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), AppError> {
    let mut arguments = env::args().skip(1);
    let url = arguments.next().unwrap_or_else(|| "sqlite://torqueflow.db".to_owned());
    let app = App::open(&AppConfig::new(url, env::temp_dir())).await?;
    let organization = app.organization("default").await?;
    let queries: Vec<Option<String>> = std::iter::once(None).chain(arguments.map(Some)).collect();
    for q in queries {
        let query = CustomerQuery {
            q: q.clone(),
            limit: 50,
            ..CustomerQuery::default()
        };
        let (found, best) = measure(|| async { Ok(search(&app, organization, &query).await?.items.len()) }).await?;
        report(&format!("search {}", q.as_deref().unwrap_or("everybody")), found, best);
    }
    let query = SuggestionQuery::default();
    let page = || async { Ok(suggestions(&app, organization, &query).await?.items.len()) };
    let (found, best) = measure(page).await?;
    report("suggestions", found, best);
    Ok(())
}

async fn measure<F: Future<Output = Result<usize, AppError>>>(
    work: impl Fn() -> F,
) -> Result<(usize, Duration), AppError> {
    let mut best = (0, Duration::MAX);
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let found = work().await?;
        best = (found, best.1.min(begin.elapsed()));
    }
    Ok(best)
}

#[expect(clippy::print_stdout, reason = "the result of a program that measures")]
fn report(what: &str, found: usize, best: Duration) {
    println!("{what}: {found} in {:.1} ms", best.as_secs_f64() * 1000.0);
}
