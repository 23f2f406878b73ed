//! The same with real containers of app, and a load balancer that is asked all the time: what a model of a task would only
//! repeat. A machine that can have no container engine says so and passes.

mod kills;
mod verdicts;
