//! What came of many stops.

#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) stops: usize,
    /// How often the others were held up, or told what is not so.
    pub(crate) stalls: usize,
    pub(crate) first: Option<String>,
    /// The most steps of a call of the others.
    pub(crate) longest: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, case: impl FnOnce() -> String, verdict: Result<usize, String>) {
        self.stops += 1;
        match verdict {
            Ok(longest) => self.longest = self.longest.max(longest),
            Err(why) => {
                self.stalls += 1;
                self.first.get_or_insert_with(|| format!("{}: {why}", case()));
            }
        }
    }

    /// Nobody was held up.
    pub(crate) fn clean(&self, what: &str) {
        println!("{what}: {} stops, no other call took more than {} steps", self.stops, self.longest);
        assert!(self.stops > 0, "{what}: nobody was stopped");
        assert!(self.first.is_none(), "{} of {} stops: {}", self.stalls, self.stops, self.first.as_ref().unwrap());
        let most = documented(what);
        assert!(self.longest <= most, "{what}: {} steps, where docs/verification.md says {most} at most", self.longest);
    }
}

/// The most steps of a call, as `docs/verification.md` has them.
fn documented(what: &str) -> usize {
    match what {
        _ if what.contains("TicketRing") => 11,
        _ if what.contains("SwapRing") => 16,
        _ if what.contains("StaticPool") => 59,
        _ => 23,
    }
}
