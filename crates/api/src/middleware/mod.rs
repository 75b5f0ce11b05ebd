//! What happens around every request.

mod context;
mod observe;
mod rates;

pub use context::RequestContext;
pub use observe::observe;
pub use rates::Rates;
