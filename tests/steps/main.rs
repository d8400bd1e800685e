#![cfg(jobring_steps)]
