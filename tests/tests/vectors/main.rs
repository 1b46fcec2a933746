//! The vectors under `vectors/` and what is made of them. How they are written, their README says.

mod http;
mod replies;
mod request;
mod syntax;
