//! What the types promise.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::Cell;
use core::marker::PhantomData;
use std::sync::MutexGuard;

use jobring::{Ring, SwapHandle, SwapRing, TicketRing};

#[test]
fn rings_go_where_their_values_may_go() {
    /// An inherent constant, where its bound holds, hides the trait's.
    struct Probe<T>(PhantomData<T>);
    trait No {
        const SEND: bool = false;
        const SYNC: bool = false;
    }
    impl<T> No for Probe<T> {}
    struct Sends;
    struct Syncs;
    impl<T: Send> Probe<(Sends, T)> {
        const SEND: bool = true;
    }
    impl<T: Sync> Probe<(Syncs, T)> {
        const SYNC: bool = true;
    }
    macro_rules! is_send_and_sync {
        ($ring:ty) => {
            (Probe::<(Sends, $ring)>::SEND, Probe::<(Syncs, $ring)>::SYNC)
        };
    }

    assert_eq!(is_send_and_sync!(TicketRing<2>), (true, true));
    assert_eq!(is_send_and_sync!(Ring<Box<u32>, 2>), (true, true));
    // Values are moved, never shared: they need not be `Sync`.
    assert_eq!(is_send_and_sync!(Ring<Cell<u32>, 2>), (true, true));
    assert_eq!(is_send_and_sync!(Ring<Rc<u32>, 2>), (false, false));
    assert_eq!(is_send_and_sync!(Ring<MutexGuard<'static, u32>, 2>), (false, false));
    assert_eq!(is_send_and_sync!(SwapRing<Cell<u32>, 2, 2>), (true, true));
    assert_eq!(is_send_and_sync!(SwapRing<Rc<u32>, 2, 2>), (false, false));
    assert_eq!(is_send_and_sync!(SwapRing<MutexGuard<'static, u32>, 2, 2>), (false, false));
    // Whoever has a reference to a handle can do nothing with it.
    assert_eq!(is_send_and_sync!(SwapHandle<'static, Cell<u32>, 2, 2>), (true, true));
    assert_eq!(is_send_and_sync!(SwapHandle<'static, Rc<u32>, 2, 2>), (false, false));
    assert_eq!(is_send_and_sync!(SwapHandle<'static, MutexGuard<'static, u32>, 2, 2>), (false, false));
}

#[test]
fn rings_and_refusals_say_what_they_are() {
    let ring = Ring::<Rc<u32>, 2>::default();
    ring.try_push(Rc::new(1)).unwrap();
    assert_eq!(format!("{ring:?}"), "Ring { len: 1, capacity: 2, closed: false }");
    let swaps = SwapRing::<Rc<u32>, 2, 1>::default();
    let mut handle = swaps.handle().unwrap();
    handle.try_push(Rc::new(1)).unwrap();
    assert_eq!(format!("{swaps:?}"), "SwapRing { len: 1, capacity: 2, closed: false, .. }");
    assert_eq!(format!("{handle:?}"), format!("SwapHandle {{ ring: {swaps:?}, .. }}"));
    let tickets = TicketRing::<2>::default();
    tickets.close();
    assert_eq!(format!("{tickets:?}"), "TicketRing { len: 0, capacity: 2, closed: true }");
    assert_eq!(format!("{:?}", tickets.try_push(0)), "Err(Closed(..))");
    assert_eq!(tickets.try_pop().unwrap_err().to_string(), "pop from a closed and drained ring");
}
