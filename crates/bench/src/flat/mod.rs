//! The workloads as one would write them by hand: forward and backward in a row,
//! no graph, nothing allocated.

pub mod chain;
pub mod gemm;
pub mod log_sum_exp;
pub mod mlp;
mod mlp_product;
pub mod neuron;
