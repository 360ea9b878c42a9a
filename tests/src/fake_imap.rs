//! An IMAP server that keeps to the protocol just as long as a test wants, and remembers what it was told.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::Result;

/// How it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Correct, with three short messages.
    Sound,
    /// Accepts and says nothing.
    Hangs,
    /// Greets with bytes that are no IMAP.
    Garbage,
    /// Closes in the middle of a message's literal.
    DropsMidLiteral,
    /// Says 4,000,000,000 messages exist and knows three.
    LiesAboutCounts,
    /// Announces a literal of 100 MB for a message of 300 bytes and sends it all.
    HugeLiteral,
    /// Offers no STARTTLS.
    NoStarttls,
    /// Answers STARTTLS with commands smuggled into the same packet.
    InjectsAfterStarttls,
}

/// The running server. It ends with this value.
pub struct FakeImap {
    pub port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
}

impl FakeImap {
    /// Starts it on a free port.
    pub fn start(habit: Habit) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let (heard, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (ears, end) = (Arc::clone(&heard), Arc::clone(&stop));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if end.load(Ordering::Relaxed) {
                    return;
                }
                let ears = Arc::clone(&ears);
                std::thread::spawn(move || serve(stream, habit, &ears));
            }
        });
        Ok(Self { port, heard, stop })
    }

    /// Every line that clients sent.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// Whether anybody told it this word.
    pub fn knows(&self, word: &str) -> bool {
        self.heard().iter().any(|line| line.contains(word))
    }
}

impl Drop for FakeImap {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

const CAPABILITIES: &str = "IMAP4rev1 AUTH=PLAIN";

fn serve(mut stream: TcpStream, habit: Habit, ears: &Mutex<Vec<String>>) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(120)));
    match habit {
        Habit::Hangs => {
            let _ = stream.read(&mut [0; 1]);
            std::thread::sleep(Duration::from_secs(120));
            return;
        }
        Habit::Garbage => {
            let _ = stream.write_all(&[0x16, 0x03, 0xff, b'!', 0, b'\r', b'\n'].repeat(4096));
            return;
        }
        _ => {}
    }
    let starttls = if habit == Habit::InjectsAfterStarttls { " STARTTLS LOGINDISABLED" } else { "" };
    let _ = stream.write_all(format!("* OK [CAPABILITY {CAPABILITIES}{starttls}] ready\r\n").as_bytes());
    let Ok(clone) = stream.try_clone() else { return };
    let mut reader = BufReader::new(clone);
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let said = line.trim_end().to_owned();
        ears.lock().unwrap().push(said.clone());
        let mut words = said.splitn(3, ' ');
        let (tag, verb, rest) = (words.next().unwrap_or(""), words.next().unwrap_or(""), words.next().unwrap_or(""));
        let Some(answer) = answer(habit, tag, &verb.to_uppercase(), rest, &mut reader, ears, &mut stream) else {
            let _ = stream.shutdown(Shutdown::Both);
            return;
        };
        if stream.write_all(&answer).is_err() {
            return;
        }
    }
}

/// The bytes to answer, `None` to close.
fn answer(
    habit: Habit,
    tag: &str,
    verb: &str,
    rest: &str,
    reader: &mut BufReader<TcpStream>,
    ears: &Mutex<Vec<String>>,
    stream: &mut TcpStream,
) -> Option<Vec<u8>> {
    let done = format!("{tag} OK done\r\n");
    let text = match verb {
        "CAPABILITY" => {
            let starttls = if habit == Habit::InjectsAfterStarttls { " STARTTLS LOGINDISABLED" } else { "" };
            format!("* CAPABILITY {CAPABILITIES}{starttls}\r\n{done}")
        }
        "STARTTLS" if habit == Habit::InjectsAfterStarttls => {
            format!("{done}* CAPABILITY {CAPABILITIES}\r\n{tag} OK injected\r\n")
        }
        "STARTTLS" => format!("{tag} BAD no\r\n"),
        "AUTHENTICATE" if !rest.contains(' ') => {
            stream.write_all(b"+ \r\n").ok()?;
            let mut secret = String::new();
            reader.read_line(&mut secret).ok()?;
            ears.lock().unwrap().push(secret.trim_end().to_owned());
            done
        }
        "LIST" | "LSUB" => format!("* LIST (\\HasNoChildren) \"/\" INBOX\r\n{done}"),
        "SELECT" | "EXAMINE" => {
            let exists = if habit == Habit::LiesAboutCounts { 4_000_000_000_u32 } else { 3 };
            format!(
                "* {exists} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen \\Deleted \\Flagged \\Answered \\Draft)\r\n\
                 * OK [PERMANENTFLAGS (\\Seen \\Deleted \\Flagged \\Answered \\Draft \\*)] ok\r\n\
                 * OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4] ok\r\n{tag} OK [READ-WRITE] done\r\n"
            )
        }
        "STATUS" => format!("* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 7 UNSEEN 3)\r\n{done}"),
        "UID" => return uid(habit, tag, rest, stream),
        "LOGOUT" => return None,
        _ => done,
    };
    Some(text.into_bytes())
}

fn uid(habit: Habit, tag: &str, rest: &str, stream: &mut TcpStream) -> Option<Vec<u8>> {
    let upper = rest.to_uppercase();
    let mut out = Vec::new();
    if upper.starts_with("SEARCH") {
        out.extend(format!("* SEARCH 1 2 3\r\n{tag} OK done\r\n").bytes());
        return Some(out);
    }
    if !upper.starts_with("FETCH") {
        return Some(format!("{tag} OK done\r\n").into_bytes());
    }
    for uid in 1..=3 {
        let message = message(uid);
        let mut items =
            format!("UID {uid} FLAGS () INTERNALDATE \"03-Nov-2026 10:00:00 +0100\" RFC822.SIZE {}", message.len());
        if upper.contains("BODY") {
            if habit == Habit::HugeLiteral && uid == 2 {
                items.push_str(" BODY[] {104857600}\r\n");
                out.extend(format!("* {uid} FETCH ({items}").bytes());
                out.extend(std::iter::repeat_n(b'x', 104_857_600));
                out.extend(b")\r\n");
                continue;
            }
            items.push_str(&format!(" BODY[] {{{}}}\r\n", message.len()));
            out.extend(format!("* {uid} FETCH ({items}").bytes());
            if habit == Habit::DropsMidLiteral && uid == 2 {
                out.extend(&message[..message.len() / 2]);
                let _ = stream.write_all(&out);
                return None;
            }
            out.extend(&message);
            out.extend(b")\r\n");
        } else {
            out.extend(format!("* {uid} FETCH ({items})\r\n").bytes());
        }
    }
    out.extend(format!("{tag} OK done\r\n").bytes());
    Some(out)
}

fn message(uid: u32) -> Vec<u8> {
    format!(
        "From: Fake <fake@fake.test>\r\nTo: anna@kin.test\r\nSubject: Letter {uid}\r\nDate: Tue, 3 Nov 2026 10:00:00 +0100\r\n\
         Message-ID: <{uid}@fake.test>\r\n\r\nText of letter {uid}.\r\n"
    )
    .into_bytes()
}
