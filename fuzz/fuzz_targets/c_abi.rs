//! Sequences of calls of the C functions, hostile ones too, each status held against a model of what the header says.
//!
//! Jobs call functions as well. Calls take turns by the model's lock, all but those that wait, so that the model is exact;
//! what happens in real concurrency is the affair of the tests under ThreadSanitizer. AddressSanitizer watches the
//! buffers, which are exactly as long as the header asks for, and what is left in memory at the end.
#![no_main]

#[path = "c_abi/batches.rs"]
mod batches;
#[path = "c_abi/calls.rs"]
mod calls;
#[path = "c_abi/job.rs"]
mod job;
#[path = "c_abi/memory.rs"]
mod memory;
#[path = "c_abi/model.rs"]
mod model;
#[path = "c_abi/stage.rs"]
mod stage;

use calls::Call;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|calls: Vec<Call>| {
    let mut stage = stage::Stage::default();
    for call in calls.iter().take(96) {
        stage.call(call);
    }
    stage.destroy();
});
