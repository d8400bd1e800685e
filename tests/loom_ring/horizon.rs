//! Past the horizon of narrow words a call may find a word as it was, though all its laps went by. Then, too, memory is safe.

use super::*;
use jobring::Ring;

/// The laps of four places of 8 bits: after so many pushes each word is what it was.
const TURNS: u32 = 64;

/// All orders of so many operations are too many. Those in which the call is stopped before its exchange come early.
const ORDERS: usize = 200;

#[test]
fn a_value_is_whole_also_where_its_word_has_come_back_as_it_was() {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(1);
    builder.max_branches = 10_000;
    builder.max_permutations = Some(ORDERS);
    builder.check(|| {
        let ring = Arc::new(Ring::<u32, 4, u8>::with_words());
        ring.try_push(0).unwrap();
        let other = {
            let ring = ring.clone();
            thread::spawn(move || {
                for turn in 1..=TURNS {
                    // The other thread may have popped it.
                    let _ = ring.try_pop();
                    let _ = ring.try_push(turn);
                }
            })
        };
        let _ = ring.try_pop();
        other.join().unwrap();
    });
}
