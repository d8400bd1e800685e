//! What a thread keeps at hand, and others take from it.

use jobring::model::Stash;
use loom::cell::UnsafeCell;

use super::*;

/// A stash and what its tickets are the right to.
struct Desk {
    stash: Stash,
    things: [UnsafeCell<u32>; 4],
}

// SAFETY: the tickets are for all threads by themselves; a thing is touched by who has its ticket, or loom reports it.
unsafe impl Sync for Desk {}

impl Desk {
    fn new() -> Arc<Self> {
        Arc::new(Self { stash: Stash::new(), things: [0; 4].map(UnsafeCell::new) })
    }

    fn touch(&self, ticket: u32) -> u32 {
        // SAFETY: the caller has the ticket.
        self.things[ticket as usize].with_mut(|thing| unsafe { *thing += 1 });
        ticket
    }

    fn take(&self) -> Option<u32> {
        self.stash.take().map(|ticket| self.touch(ticket))
    }

    fn steal(&self) -> Option<u32> {
        self.stash.steal().map(|ticket| self.touch(ticket))
    }

    /// For the owner; whether it was added.
    fn put(&self, ticket: u32) -> bool {
        self.touch(ticket);
        self.stash.put(ticket)
    }

    fn keep(&self, tickets: core::ops::Range<u32>) -> bool {
        for ticket in tickets.clone() {
            self.touch(ticket);
        }
        self.stash.keep(tickets)
    }
}

fn spawn<T: 'static>(desk: &Arc<Desk>, f: impl FnOnce(&Desk) -> T + 'static) -> thread::JoinHandle<T> {
    let desk = desk.clone();
    thread::spawn(move || f(&desk))
}

/// All of them, once each, are with somebody or still in the stash.
fn assert_whole(desk: &Desk, taken: impl IntoIterator<Item = u32>, of: u32) {
    let mut all: Vec<u32> = taken.into_iter().collect();
    while let Some(ticket) = desk.steal() {
        all.push(ticket);
    }
    all.sort();
    assert_eq!(all, (0..of).collect::<Vec<_>>());
}

#[test]
fn each_ticket_goes_to_the_owner_or_to_one_of_those_who_rob_it() {
    model(3, || {
        let desk = Desk::new();
        assert!(desk.keep(0..3));
        let thief = spawn(&desk, |desk| [desk.steal(), desk.steal()]);
        let owner = [desk.take(), desk.take()];
        assert_whole(&desk, thief.join().unwrap().into_iter().chain(owner).flatten(), 3);
    });
    model(2, || {
        let desk = Desk::new();
        assert!(desk.keep(0..2));
        let thieves = [(); 2].map(|()| spawn(&desk, Desk::steal));
        let owner = desk.take();
        let taken = thieves.into_iter().filter_map(|thief| thief.join().unwrap());
        assert_whole(&desk, taken.chain(owner).collect::<Vec<_>>(), 2);
    });
}

#[test]
fn a_thief_who_finds_nothing_has_not_read_what_the_owner_takes_back() {
    model(2, || {
        let desk = Desk::new();
        assert!(desk.keep(0..2));
        let first = spawn(&desk, Desk::steal);
        let second = spawn(&desk, |desk| {
            let taken = desk.steal();
            assert!(taken.is_some() || desk.steal().is_none(), "nothing was there, and then something was");
            taken
        });
        let owner: Vec<_> = desk.stash.take_two().map(|ticket| desk.touch(ticket)).collect();
        let stolen = [first, second].map(|thief| thief.join().unwrap());
        assert_whole(&desk, stolen.into_iter().flatten().chain(owner), 2);
    });
}

#[test]
fn what_the_owner_adds_while_it_is_robbed_is_added_or_still_its_own() {
    model(3, || {
        let desk = Desk::new();
        assert!(desk.keep(0..1));
        let thief = spawn(&desk, |desk| [desk.steal(), desk.steal()]);
        let mine = (!desk.put(1)).then_some(1);
        assert_whole(&desk, thief.join().unwrap().into_iter().flatten().chain(mine), 2);
    });
    // One makes it public, with what it saw last, and another one takes that.
    model(2, || {
        let desk = Desk::new();
        assert!(desk.keep(0..1));
        let thieves = [(); 2].map(|()| spawn(&desk, |desk| [desk.steal(), desk.steal()]));
        let mine = (!desk.put(1)).then_some(1);
        let taken = thieves.into_iter().flat_map(|thief| thief.join().unwrap()).flatten();
        assert_whole(&desk, taken.chain(mine).collect::<Vec<_>>(), 2);
    });
}

#[test]
fn an_owner_that_was_robbed_can_keep_things_again() {
    model(3, || {
        let desk = Desk::new();
        assert!(desk.keep(0..1));
        let thief = spawn(&desk, |desk| [desk.steal(), desk.steal(), desk.steal()]);
        let mut mine: Vec<u32> = desk.take().into_iter().chain(desk.take()).collect();
        if !desk.keep(1..3) {
            mine.extend([1, 2]);
        }
        mine.extend(desk.take());
        assert_whole(&desk, thief.join().unwrap().into_iter().flatten().chain(mine), 3);
    });
}

/// Somebody who slept since the stash was private for the first time.
#[test]
fn what_is_kept_is_there_for_whoever_looks_afterwards() {
    model(3, || {
        let desk = Desk::new();
        assert!(desk.keep(0..1));
        let thief = spawn(&desk, Desk::steal);
        let owner = desk.take();
        assert_eq!(thief.join().unwrap().is_some(), owner.is_none());
        assert!(desk.take().is_none());
        assert!(desk.keep(1..2) || desk.keep(1..2));
        assert_eq!(desk.steal(), Some(1));
    });
}
