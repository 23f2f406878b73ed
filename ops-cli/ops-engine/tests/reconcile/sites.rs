//! Sites: what is uploaded, what people see meanwhile, and what is put right.

mod bundles;
mod drift;
mod fixture;
mod kills;
mod publishing;
mod way_back;
