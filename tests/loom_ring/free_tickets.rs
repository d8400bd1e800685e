//! The set of free tickets, of which a claim takes neighbours, also in two words.

use jobring::model::FreeTickets;
use loom::cell::UnsafeCell;

use super::*;

/// The set and what its tickets are the right to.
struct Desk {
    free: FreeTickets,
    things: [UnsafeCell<u32>; 8],
}

// SAFETY: the tickets are for all threads by themselves; a thing is touched by who has its ticket, or loom reports it.
unsafe impl Sync for Desk {}

impl Desk {
    fn new() -> Arc<Self> {
        Arc::new(Self { free: FreeTickets::new(), things: [0; 8].map(UnsafeCell::new) })
    }

    fn touch(&self, tickets: core::ops::Range<u32>) -> core::ops::Range<u32> {
        for ticket in tickets.clone() {
            // SAFETY: the caller has the tickets.
            self.things[ticket as usize].with_mut(|thing| unsafe { *thing += 1 });
        }
        tickets
    }

    fn claim(&self, limit: u32) -> core::ops::Range<u32> {
        self.touch(self.free.claim(limit))
    }

    fn release(&self, tickets: core::ops::Range<u32>) {
        self.free.release(self.touch(tickets));
    }
}

#[test]
fn a_ticket_has_one_holder_also_where_claims_go_on_into_the_next_block() {
    model(3, || {
        let desk = Desk::new();
        assert_eq!(desk.claim(2), 0..2);
        let other = {
            let desk = desk.clone();
            thread::spawn(move || desk.claim(4))
        };
        let mine = desk.claim(3);
        let theirs = other.join().unwrap();
        assert!(!mine.is_empty() && !theirs.is_empty());
        let mut all: Vec<u32> = mine.chain(theirs).collect();
        loop {
            let rest = desk.claim(8);
            if rest.is_empty() {
                break;
            }
            all.extend(rest);
        }
        all.sort();
        assert_eq!(all, (2..8).collect::<Vec<_>>());
    });
}

#[test]
fn tickets_that_come_back_while_others_claim_are_claimed_again() {
    model(3, || {
        let desk = Desk::new();
        assert_eq!(desk.claim(8), 0..8);
        let other = {
            let desk = desk.clone();
            thread::spawn(move || {
                desk.release(2..6);
                desk.claim(1)
            })
        };
        let mine = desk.claim(4);
        let theirs = other.join().unwrap();
        assert!(!theirs.is_empty() || mine.len() == 4, "free, and not claimed");
        let mut all: Vec<u32> = mine.chain(theirs).chain(desk.claim(4)).chain(desk.claim(4)).collect();
        all.sort();
        assert_eq!(all, [2, 3, 4, 5]);
    });
}

/// Four bits of the words here count what comes back. A claim that is stopped meanwhile takes a ticket of a word that is what it
/// was, and has to see what the last holder did.
#[test]
fn what_holders_did_is_seen_also_where_a_word_has_come_back_as_it_was() {
    model(2, || {
        let desk = Desk::new();
        let other = {
            let desk = desk.clone();
            thread::spawn(move || (0..16).for_each(|_| desk.release(desk.claim(1))))
        };
        assert_eq!(desk.claim(1).len(), 1);
        other.join().unwrap();
    });
}
