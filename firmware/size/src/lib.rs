//! What every program here has: a start, and no message for a panic. What else a program has is the cost of its queue.

#![no_std]

use cortex_m as _;

#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// The functions that are measured, and a main loop that calls them.
#[macro_export]
macro_rules! program {
    ($($name:ident($($arg:ident)?) -> $ret:ty $body:block)*) => {
        $(
            #[unsafe(no_mangle)]
            #[inline(never)]
            fn $name($($arg: u32)?) -> $ret $body
        )*

        #[cortex_m_rt::entry]
        fn main() -> ! {
            use jobring_size as _;
            loop {
                $(core::hint::black_box($name($(core::hint::black_box({ let $arg = 1; $arg }))?));)*
            }
        }
    };
}
