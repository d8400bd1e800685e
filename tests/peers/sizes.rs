//! Capacities around those where indices of other queues went wrong.

use jobring::{Pool, PopError, PushError, RecvError, Ring, StaticPool, SubmitError, Word};

#[test]
fn rings_of_any_size_say_full_and_empty_and_go_on() {
    fn turns<const N: usize, W: Word>() {
        let ring = Ring::<usize, N, W>::with_words();
        for turn in 0..20 {
            // The ring is full at another slot each time.
            let offset = turn * 7 % N;
            (0..offset).for_each(|value| ring.try_push(value).unwrap());
            (0..offset).for_each(|value| assert_eq!(ring.try_pop(), Ok(value)));
            (0..N).for_each(|value| ring.try_push(value).unwrap());
            assert_eq!(ring.try_push(N), Err(PushError::Full(N)));
            (0..N).for_each(|value| assert_eq!(ring.try_pop(), Ok(value)));
            assert_eq!(ring.try_pop(), Err(PopError::Empty));
        }
    }
    macro_rules! sizes {
        ($word:ty: $($n:literal)+) => { $(turns::<$n, $word>();)+ };
    }
    sizes!(u16: 127 128 129 255 256 257 1000);
    sizes!(u32: 63 64 65 255 256 257 1000);
    sizes!(u64: 127 128 129 255 256 257 1000);
}

#[test]
fn pools_of_any_size_say_full_and_empty_and_go_on() {
    fn turns<const N: usize>() {
        let pool = StaticPool::<usize, usize, N>::new();
        let worker = pool.worker(0);
        for turn in 0..10 {
            let offset = turn * 7 % N;
            for job in 0..offset {
                pool.try_submit(job).unwrap();
                worker.try_run_one(|job| job).unwrap();
                assert_eq!(pool.try_collect().unwrap().result, Ok(job));
            }
            assert!((0..N).all(|job| pool.try_submit(job).is_ok()));
            assert_eq!(pool.try_submit(N), Err(SubmitError::Full(N)));
            for job in 0..N {
                worker.try_run_one(|job| job).unwrap();
                assert!(job > 0 || pool.try_submit(N) == Err(SubmitError::Full(N)), "an outcome keeps its slot");
                assert_eq!(pool.try_collect().unwrap().result, Ok(job));
            }
            assert_eq!(pool.try_collect(), Err(RecvError::Empty));
        }
    }
    turns::<31>();
    turns::<32>();
    turns::<33>();
    turns::<63>();
    turns::<64>();
    turns::<65>();
    turns::<127>();
    turns::<128>();
    turns::<129>();
    turns::<1000>();
}

#[test]
fn host_pools_of_any_size_take_as_many_jobs_as_they_have_slots() {
    for capacity in [1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1000, 4097] {
        let pool = Pool::builder().workers(2).capacity(capacity).build(|_, job: usize| job).unwrap();
        for _ in 0..3 {
            assert_eq!(pool.submit_batch(&mut (0..2 * capacity)).unwrap(), capacity);
            assert_eq!(pool.try_submit(0), Err(SubmitError::Full(0)));
            assert!((0..capacity).all(|_| pool.recv().is_ok()));
            assert!((0..capacity).all(|job| pool.try_submit(job).is_ok()));
            assert_eq!(pool.try_submit(0), Err(SubmitError::Full(0)));
            let mut results: Vec<_> = (0..capacity).map(|_| pool.recv().unwrap().result.unwrap()).collect();
            results.sort_unstable();
            assert!(results.into_iter().eq(0..capacity));
        }
    }
}
