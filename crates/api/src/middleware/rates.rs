//! How often somebody may ask.

use std::num::NonZeroU32;

use actix_web::http::header::RETRY_AFTER;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use torqueflow_app::Caller;
use uuid::Uuid;

use crate::config::RequestLimits;
use crate::problem::{ApiError, Code};

/// When so many callers are remembered, those that have been quiet are forgotten.
const MANY: usize = 10_000;

/// Counts requests by caller, and refusals by address.
pub struct Rates {
    limits: RequestLimits,
    requests: DefaultKeyedRateLimiter<(Uuid, String)>,
    refusals: DefaultKeyedRateLimiter<String>,
}

impl Rates {
    /// Nothing counted yet.
    pub fn new(limits: RequestLimits) -> Self {
        Self {
            limits,
            requests: RateLimiter::keyed(quota(limits.requests_per_minute)),
            refusals: RateLimiter::keyed(quota(limits.refusals_per_minute)),
        }
    }

    /// Counts a request of somebody who is signed in.
    pub fn request(&self, caller: &Caller) -> Result<(), ApiError> {
        let key = (caller.organization.0, caller.actor.name.clone());
        let maximum = self.limits.requests_per_minute;
        count(&self.requests, &key, "requests_per_minute", maximum)
    }

    /// Counts a request that was refused for want of a valid token.
    pub fn refusal(&self, ip: &str) -> Result<(), ApiError> {
        let maximum = self.limits.refusals_per_minute;
        count(&self.refusals, &ip.to_owned(), "refusals_per_minute", maximum)
    }
}

fn quota(per_minute: u32) -> Quota {
    let per_minute = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
    let burst = NonZeroU32::new(per_minute.get() / 4).unwrap_or(NonZeroU32::MIN);
    Quota::per_minute(per_minute).allow_burst(burst)
}

fn count<K: std::hash::Hash + Eq + Clone>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
    name: &str,
    maximum: u32,
) -> Result<(), ApiError> {
    if limiter.len() > MANY {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|refused| {
        let wait = refused.wait_time_from(DefaultClock::default().now());
        let seconds = wait.as_secs() + 1;
        let detail = format!("{maximum} a minute are allowed; wait {seconds} s");
        ApiError::new(Code::RateLimited, detail)
            .over(name, u64::from(maximum))
            .header(RETRY_AFTER, &seconds.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use torqueflow_app::OrganizationId;

    #[test]
    fn each_caller_has_a_burst_and_then_waits() {
        let rates = Rates::new(RequestLimits {
            requests_per_minute: 8,
            ..RequestLimits::default()
        });
        let caller = |name| Caller::program(OrganizationId(Uuid::nil()), name);
        assert!(rates.request(&caller("a")).is_ok());
        assert!(rates.request(&caller("a")).is_ok());
        let refused = rates.request(&caller("a")).unwrap_err();
        assert_eq!(refused.code(), Code::RateLimited);
        let problem = refused.problem("/", "1");
        assert_eq!(problem.limit.unwrap().maximum, 8);
        assert!(rates.request(&caller("b")).is_ok());
    }
}
