//! `StaticPool<u32, u32, 16>`
#![no_std]
#![no_main]

use jobring::StaticPool;

static POOL: StaticPool<u32, u32, 16> = StaticPool::new();

jobring_size::program! {
    submit(job) -> bool { POOL.try_submit(job).is_ok() }
    run_one() -> bool { POOL.worker(0).try_run_one(|job| job + 1).is_ok() }
    collect() -> Option<u32> { POOL.try_collect().ok()?.result.ok() }
}
