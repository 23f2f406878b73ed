//! What the project's own tasks are made of: the local AWS that `cargo xtask demo`, `cargo xtask test` and the tests of
//! the other crates start. Few dependencies and no async runtime, since other crates take it as a dev-dependency.

pub mod bench;
pub mod causes;
pub mod checkov;
mod console;
pub mod container_engine;
pub mod database;
pub mod demo;
pub mod emulator;
pub mod estate;
pub mod hurl;
pub mod image;
pub mod kubernetes;
pub mod local_folder;
mod ops_binary;
pub mod proxy;
pub mod python_environment;
pub mod request_loop;
pub mod terraform;
pub mod terraform_readme;
pub mod tool;
