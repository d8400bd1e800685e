//! What the types promise.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::Cell;
use core::marker::PhantomData;
use core::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::MutexGuard;

use jobring::{PushError, Ring, SwapHandle, SwapRing, TicketRing};

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
fn a_panic_may_pass_by_rings_of_any_values() {
    fn survives<T: UnwindSafe + RefUnwindSafe>() {}
    survives::<TicketRing<2>>();
    survives::<Ring<Cell<u32>, 2>>();
    survives::<SwapRing<Cell<u32>, 2, 2>>();
    survives::<SwapHandle<'static, Cell<u32>, 2, 2>>();
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

#[test]
fn values_of_every_size_and_alignment_come_out_as_they_went_in() {
    fn come_out<T: Copy + PartialEq + core::fmt::Debug>(values: [T; 3]) {
        let (ring, swaps) = (Ring::<T, 3>::new(), SwapRing::<T, 3, 1>::new());
        let mut handle = swaps.handle().unwrap();
        for turn in 0..5 {
            values[..turn % 4].iter().for_each(|value| ring.try_push(*value).unwrap());
            values[..turn % 4].iter().for_each(|value| handle.try_push(*value).unwrap());
            for value in &values[..turn % 4] {
                assert_eq!((ring.try_pop(), handle.try_pop()), (Ok(*value), Ok(*value)));
            }
        }
        for value in values {
            ring.try_push(value).unwrap();
        }
        assert_eq!(ring.try_push(values[0]), Err(PushError::Full(values[0])));
    }
    #[repr(align(64))]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Aligned<T>(T);

    macro_rules! bytes {
        ($($n:literal)+) => { $(
            come_out([[1u8; $n], [2; $n], [0xff; $n]]);
        )+ };
    }
    bytes!(0 1 2 3 4 5 6 7 8 9 12 16 17 24 33);
    come_out([(1u8, 2u32), (3, 4), (5, 6)]);
    come_out([(1u8, 2u64), (3, 4), (5, 6)]);
    come_out([Some(1u32), None, Some(u32::MAX)]);
    come_out([Aligned(()); 3]);
    come_out([Aligned(1u8), Aligned(2), Aligned(3)]);
    come_out([Aligned(u64::MAX), Aligned(2), Aligned(3)]);
    come_out([&1, &2, &3]);
    come_out([f64::MAX, 0.0, -1.0]);
    come_out([u128::MAX, 0, 1]);
}
