//! What threads wait for.

use jobring::model::Event;
use loom::sync::atomic::AtomicBool;

use super::*;

/// Two things to publish, and the event of their being there.
struct Shelf {
    items: [AtomicBool; 2],
    event: Event,
}

impl Shelf {
    fn new() -> Arc<Self> {
        Arc::new(Self { items: [AtomicBool::new(false), AtomicBool::new(false)], event: Event::new() })
    }

    /// Relaxed: what makes a look after the event see it is the event.
    fn publish(&self, item: usize) {
        self.items[item].store(true, Relaxed);
        self.event.notify(1);
    }

    fn take(&self) -> Option<usize> {
        (0..2).find(|&item| {
            let item = &self.items[item];
            item.load(Relaxed) && item.compare_exchange(true, false, Relaxed, Relaxed).is_ok()
        })
    }

    fn wait(&self) -> usize {
        self.event.wait_for(None, || self.take()).unwrap()
    }

    /// Nothing is there, and no signal either: the one that waits looks twice, finds no time to sleep, and looks
    /// once more.
    fn assert_quiet(&self) {
        let mut looks = 0;
        let got = self.event.wait_for(Some(Instant::now()), || {
            looks += 1;
            self.take()
        });
        assert_eq!((got, looks), (None, 3));
    }
}

fn spawn<T: 'static>(shelf: &Arc<Shelf>, f: impl FnOnce(&Shelf) -> T + 'static) -> thread::JoinHandle<T> {
    let shelf = shelf.clone();
    thread::spawn(move || f(&shelf))
}

#[test]
fn one_publisher_wakes_one_sleeper() {
    model(4, || {
        let shelf = Shelf::new();
        let sleeper = spawn(&shelf, |shelf| {
            let mut looks = 0;
            let got = shelf.event.wait_for(None, || {
                looks += 1;
                shelf.take()
            });
            assert!(got.is_some() && looks <= 3, "awake, and does not see why");
        });
        shelf.publish(0);
        sleeper.join().unwrap();
        shelf.assert_quiet();
    });
}

#[test]
fn a_sleeper_gets_what_two_publishers_published() {
    model(2, || {
        let shelf = Shelf::new();
        let sleeper = spawn(&shelf, |shelf| shelf.wait() + shelf.wait());
        let publisher = spawn(&shelf, |shelf| shelf.publish(0));
        shelf.publish(1);
        publisher.join().unwrap();
        assert_eq!(sleeper.join().unwrap(), 1);
        shelf.assert_quiet();
    });
}

#[test]
fn two_sleepers_get_what_one_publisher_published() {
    model(2, || {
        let shelf = Shelf::new();
        let sleepers = [(); 2].map(|()| spawn(&shelf, Shelf::wait));
        shelf.publish(0);
        shelf.publish(1);
        let got = sleepers.map(|sleeper| sleeper.join().unwrap());
        assert_eq!(got[0] + got[1], 1);
        shelf.assert_quiet();
    });
}

#[test]
fn one_notice_of_two_things_wakes_two_sleepers() {
    model(2, || {
        let shelf = Shelf::new();
        let sleepers = [(); 2].map(|()| spawn(&shelf, Shelf::wait));
        shelf.items.iter().for_each(|item| item.store(true, Relaxed));
        shelf.event.notify(2);
        for sleeper in sleepers {
            sleeper.join().unwrap();
        }
        shelf.assert_quiet();
    });
}

#[test]
fn what_concerns_everyone_wakes_everyone() {
    model(2, || {
        let shelf = Shelf::new();
        let sleepers = [(); 2]
            .map(|()| spawn(&shelf, |shelf| shelf.event.wait_for(None, || shelf.items[0].load(Relaxed).then_some(()))));
        shelf.items[0].store(true, Relaxed);
        shelf.event.notify_all();
        for sleeper in sleepers {
            sleeper.join().unwrap();
        }
    });
}

#[test]
fn one_that_gives_up_takes_no_signal_from_one_that_waits() {
    model(2, || {
        let shelf = Shelf::new();
        let sleeper = spawn(&shelf, Shelf::wait);
        let hasty = spawn(&shelf, |shelf| {
            if let Some(item) = shelf.event.wait_for(Some(Instant::now()), || shelf.take()) {
                shelf.publish(item);
            }
        });
        shelf.publish(0);
        sleeper.join().unwrap();
        hasty.join().unwrap();
        shelf.assert_quiet();
    });
}

#[test]
fn one_that_gives_up_sees_what_the_signal_was_for_that_goes_with_it() {
    model(3, || {
        let shelf = Shelf::new();
        let hasty = spawn(&shelf, |shelf| shelf.event.wait_for(Some(Instant::now()), || shelf.take()));
        shelf.publish(0);
        let got = hasty.join().unwrap();
        assert!(got.is_some() || shelf.event.given() == 0, "a signal was given, and what it was for was not seen");
    });
}
