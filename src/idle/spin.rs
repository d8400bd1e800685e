//! Looking again and again.

use super::Wait;

/// Does not sleep: whoever waits looks again at once.
///
/// Where contexts share a core and the waiter has the higher priority, the others never get to publish what it waits
/// for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spin;

impl Wait for Spin {
    #[inline]
    fn wait_unless(&self, _news: impl FnOnce() -> bool) {
        crate::sync::spin_once();
    }

    #[inline]
    fn notify(&self) {}
}
