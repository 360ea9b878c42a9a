//! A small autoconfig server in Thunderbird's format, as an ISPDB would answer, for `kin.test` over IMAP and for
//! `pop.test` over POP3.

use std::{
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use anyhow::Result;

use crate::{dovecot::Dovecot, postfix::Postfix};

/// The running server. It ends with this value.
pub struct Autoconfig {
    pub port: u16,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Autoconfig {
    /// Starts it with the ports of these servers in its answers.
    pub fn start(dovecot: &Dovecot, postfix: &Postfix) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let stop = Arc::new(AtomicBool::new(false));
        let imap = answer("kin.test", "imap", dovecot.imaps, postfix.submission);
        let pop3 = answer("pop.test", "pop3", dovecot.pop3s, postfix.submission);
        let ended = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                if let Ok(stream) = stream {
                    let _ = serve(stream, &imap, &pop3);
                }
            }
        });
        Ok(Self { port, stop, thread: Some(thread) })
    }

    /// The value of `[discovery] ispdb`.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}/v1.1/", self.port)
    }
}

impl Drop for Autoconfig {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(mut stream: TcpStream, imap: &str, pop3: &str) -> Result<()> {
    let mut first = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    reader.read_line(&mut first)?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let (status, body) = match first.split(' ').nth(1).unwrap_or_default() {
        path if path.starts_with("/v1.1/kin.test") => ("200 OK", imap),
        path if path.starts_with("/v1.1/pop.test") => ("200 OK", pop3),
        _ => ("404 Not Found", ""),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    Ok(stream.shutdown(Shutdown::Write)?)
}

fn answer(domain: &str, kind: &str, incoming: u16, outgoing: u16) -> String {
    format!(
        "<?xml version=\"1.0\"?><clientConfig version=\"1.1\"><emailProvider id=\"{domain}\"><domain>{domain}</domain>\
         <displayName>Test kit</displayName><incomingServer type=\"{kind}\"><hostname>localhost</hostname>\
         <port>{incoming}</port><socketType>SSL</socketType><username>%EMAILADDRESS%</username>\
         <authentication>password-cleartext</authentication></incomingServer><outgoingServer type=\"smtp\">\
         <hostname>localhost</hostname><port>{outgoing}</port><socketType>STARTTLS</socketType>\
         <username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></outgoingServer>\
         </emailProvider></clientConfig>"
    )
}
