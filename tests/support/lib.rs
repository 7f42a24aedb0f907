//! What the acceptance tests share.

#[cfg(feature = "browser")]
pub mod browser;
#[cfg(feature = "browser")]
pub mod driver;
#[cfg(feature = "browser")]
pub mod engine;
#[cfg(feature = "browser")]
pub mod hands;
#[cfg(feature = "browser")]
pub mod page;
#[cfg(feature = "browser")]
pub mod picture;
#[cfg(feature = "browser")]
pub mod server;

/// What came of something that may fail in any way.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;
