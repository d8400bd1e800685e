//! Whether threads keep anything at hand here.

/// Where the kernel refuses `membarrier` they do not, and what a test says of it would be true for nothing.
pub(crate) fn expect() {
    let is_there = [libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED]
        .into_iter()
        // SAFETY: takes no pointers.
        .all(|command| unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 });
    assert!(
        is_there || std::env::var_os("JOBRING_NO_MEMBARRIER").is_some(),
        "nothing is at hand without membarrier: set JOBRING_NO_MEMBARRIER=1 where the kernel refuses it"
    );
}
