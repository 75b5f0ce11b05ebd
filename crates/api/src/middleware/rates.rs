//! How often somebody may ask.

use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;

use actix_web::http::header::RETRY_AFTER;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use torqueflow_app::Caller;
use uuid::Uuid;

use crate::config::RequestLimits;
use crate::problem::{ApiError, Code};

/// When so many are remembered, those that have been quiet are forgotten.
const MANY: usize = 10_000;
/// The last bits of an IPv6 address, which a network gives out itself: whoever has one of its addresses has them all.
const HOST_BITS: u32 = 64;
/// Stands for all networks that there is no room for.
const ALL_OTHERS: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Counts requests by caller, and refusals by network.
pub struct Rates {
    limits: RequestLimits,
    /// Who is in here has a token.
    requests: DefaultKeyedRateLimiter<(Uuid, String)>,
    /// Anybody gets in here, so that there is no room for more than so many.
    refusals: DefaultKeyedRateLimiter<IpAddr>,
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
        forget_quiet(&self.requests);
        count(&self.requests, &key, "requests_per_minute", maximum)
    }

    /// Counts a request that was refused for want of a valid token.
    pub fn refusal(&self, ip: &str) -> Result<(), ApiError> {
        let maximum = self.limits.refusals_per_minute;
        forget_quiet(&self.refusals);
        let is_full = self.refusals.len() > MANY;
        let key = if is_full { ALL_OTHERS } else { network(ip) };
        count(&self.refusals, &key, "refusals_per_minute", maximum)
    }
}

/// Who is counted as one: an IPv4 address, or a network of IPv6 addresses.
fn network(ip: &str) -> IpAddr {
    match ip.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let network = address.to_bits() >> HOST_BITS << HOST_BITS;
            Ipv6Addr::from_bits(network).into()
        }
        Ok(address) => address,
        Err(_) => ALL_OTHERS,
    }
}

fn quota(per_minute: u32) -> Quota {
    let per_minute = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
    let burst = NonZeroU32::new(per_minute.get() / 4).unwrap_or(NonZeroU32::MIN);
    Quota::per_minute(per_minute).allow_burst(burst)
}

fn forget_quiet<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>) {
    if limiter.len() > MANY {
        limiter.retain_recent();
    }
}

fn count<K: Hash + Eq + Clone>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
    name: &str,
    maximum: u32,
) -> Result<(), ApiError> {
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

    fn rates(refusals_per_minute: u32) -> Rates {
        Rates::new(RequestLimits {
            refusals_per_minute,
            ..RequestLimits::default()
        })
    }

    #[track_caller]
    fn check(one: &str, other: &str, is_counted_as_one: bool) {
        let rates = rates(1);
        assert!(rates.refusal(one).is_ok());
        assert_eq!(rates.refusal(other).is_err(), is_counted_as_one, "{one} and {other}");
    }

    #[test]
    fn addresses_that_one_machine_can_have_are_counted_as_one() {
        check("192.0.2.7", "192.0.2.7", true);
        check("192.0.2.7", "192.0.2.8", false);
        check("192.0.2.7", "::ffff:192.0.2.7", true);
        check("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true);
        check("2001:db8::1", "2001:db8:0:1::1", false);
        check("unknown", "nobody", true);
    }

    #[test]
    fn refusals_of_any_number_of_addresses_take_so_much_room_and_no_more() {
        let rates = rates(1);
        let address = |number| Ipv4Addr::from_bits(number).to_string();
        let others: u32 = 100;
        for number in 1..=MANY as u32 + others {
            let _ = rates.refusal(&address(number));
        }
        assert!(rates.refusals.len() <= MANY + 2, "{}", rates.refusals.len());
        let refused = rates.refusal("192.0.2.7").unwrap_err();
        assert_eq!(
            refused.code(),
            Code::RateLimited,
            "those without room are counted together"
        );
    }
}
