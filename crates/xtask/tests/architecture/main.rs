//! The invariants of the workspace that its manifests and its text show. `docs/ARCHITECTURE.md` says why they hold.

#[cfg(test)]
mod arrows;
#[cfg(test)]
mod manifests;
#[cfg(test)]
mod source;
#[cfg(test)]
mod workspace;
