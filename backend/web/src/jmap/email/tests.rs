//! `Email/*`, `Thread/*` and `SearchSnippet/get` against RFC 8621, and that Bob's mail stays his.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod create;
mod read;
mod search;
mod update;

use serde_json::{Value, json};

use crate::jmap::tests::House;

/// A message with an alternative, an inline picture, an attachment and a message within.
const RICH: &str = concat!(
    "From: =?utf-8?Q?J=C3=B6rg?= <joerg@example.net>\n",
    "To: Alice <alice@example.org>, \"Doe, Jane\" <jane@example.net>\n",
    "Cc: Friends: a@example.net, B <b@example.net>;\n",
    "Subject: =?utf-8?B?R3LDvMOfZQ==?= from afar\n",
    "Date: Thu, 30 Oct 2014 14:12:00 +0800\n",
    "Message-ID: <rich@example.net>\n",
    "In-Reply-To: <first@example.net>\n",
    "References: <root@example.net> <first@example.net>\n",
    "List-Post: <mailto:list@example.net>\n",
    "X-Twice: one\nX-Twice: two\n",
    "MIME-Version: 1.0\n",
    "Content-Type: multipart/mixed; boundary=m\n",
    "\n--m\nContent-Type: multipart/alternative; boundary=a\n",
    "\n--a\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe an alle\n",
    "\n--a\nContent-Type: text/html; charset=utf-8\n\n<p>Hello <b>everybody</b></p>\n--a--\n",
    "\n--m\nContent-Type: application/pdf; name=plan.pdf\nContent-Disposition: attachment; filename=\"plan.pdf\"\n",
    "Content-Transfer-Encoding: base64\n\nUERGIQ==\n",
    "\n--m\nContent-Type: message/rfc822\n\n",
    "Subject: inner\nContent-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: text/plain\n\ninner text\n",
    "--i\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\nUE5H\n--i--\n",
    "\n--m--\n",
);

/// Imports [`RICH`] into Alice's Inbox; its id.
async fn rich(house: &House) -> String {
    let inbox = house.role(&house.alice, "inbox").await;
    let made = house.import(&house.alice, &inbox, RICH, json!({ "keywords": { "$Seen": true } })).await;
    made["id"].as_str().unwrap().to_owned()
}

/// One Email of Alice's with these properties.
async fn email(house: &House, id: &str, properties: &[&str]) -> Value {
    let answer = house.alice("Email/get", json!({ "ids": [id], "properties": properties })).await;
    answer["list"][0].clone()
}

/// One object of a `/set` that must be refused: its SetError.
async fn refused(house: &House, args: Value) -> Value {
    let answer = house.alice("Email/set", args).await;
    let error = ["notCreated", "notUpdated", "notDestroyed"]
        .iter()
        .find_map(|n| answer[n].as_object()?.values().next().cloned());
    error.unwrap_or_else(|| panic!("not refused: {answer}"))
}
