//! Start-up code alone: what the others are compared with.
#![no_std]
#![no_main]

jobring_size::program! {}
