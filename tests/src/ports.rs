//! Free ports on loopback.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::Result;

/// A port that nobody listens on now. Another program may take it before the caller does; the caller then fails loudly.
pub fn free() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Whether somebody accepts connections on this port.
pub fn open(port: u16) -> bool {
    std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
