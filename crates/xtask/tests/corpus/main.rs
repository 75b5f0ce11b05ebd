//! The chore `corpus` through its command, on small folders that the tests make themselves.

#[cfg(test)]
mod folders;
