//! What is imported means what was found.

mod copilot;
mod ecspresso;
mod found;
mod lifted;
