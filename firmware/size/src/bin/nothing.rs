//! Start-up code alone: what the other programs are compared with.
#![no_std]
#![no_main]

jobring_size::program! {}
