//! Sequences of calls that chance chooses, each answer held against a model of what the documentation says.
//!
//! `PROPTEST_CASES` sets how many sequences for each test.
#![cfg(not(loom))]

mod ledger;

mod pool;
mod ring;
mod static_pool;

use proptest::test_runner::Config;

/// `default` sequences, unless the environment asks for another number.
fn cases(default: u32) -> Config {
    let cases = std::env::var("PROPTEST_CASES").map_or(default, |cases| cases.parse().expect("a number of cases"));
    Config { cases, failure_persistence: None, max_shrink_iters: 5_000, ..Config::default() }
}
