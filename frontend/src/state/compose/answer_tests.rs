//! Who an answer goes to, from which address it leaves, and what it quotes.
#![allow(clippy::unwrap_used)]

use shared::{
    ids::{EmailId, IdentityId},
    wire::{Address, BodyPart, EmailDetail, Identity},
};

use super::*;

fn address(email: &str) -> Address {
    Address { name: None, email: email.into() }
}

fn identity(id: i64, email: &str, signature: &str) -> Identity {
    Identity {
        id: IdentityId(id),
        name: "Anna".into(),
        email: email.into(),
        text_signature: signature.into(),
        source_id: None,
    }
}

fn own() -> Vec<Identity> {
    vec![identity(1, "anna@home.example", ""), identity(2, "anna@work.example", "Anna B")]
}

fn message(from: &str, to: &[&str], cc: &[&str]) -> EmailDetail {
    let people = |all: &[&str]| Some(all.iter().map(|one| address(one)).collect());
    EmailDetail {
        id: EmailId(7),
        bcc: None,
        cc: people(cc),
        to: people(to),
        from: people(&[from]),
        reply_to: None,
        sender: None,
        subject: Some("Boat".into()),
        sent_at: None,
        message_id: Some(vec!["m2@x".into()]),
        in_reply_to: Some(vec!["m1@x".into()]),
        references: Some(vec!["m0@x".into(), "m1@x".into()]),
        size: 1,
        attachments: vec![],
        list_id: None,
    }
}

const WORDS: Words<'_> = Words {
    intro: "On Monday, Erik wrote:",
    forwarded: "Forwarded message",
    heads: ["From", "Date", "Subject", "To", "Cc"],
    date: "Monday",
};

fn emails(addresses: &[Address]) -> Vec<&str> {
    addresses.iter().map(|one| one.email.as_str()).collect()
}

#[test]
fn a_reply_leaves_from_the_address_that_was_written_to() {
    let detail = message("erik@x.example", &["lars@x.example", "ANNA@work.example"], &[]);
    let letter = answer(How::Reply, &detail, "hello", &own(), None, WORDS);
    assert_eq!(letter.identity, Some(IdentityId(2)));
    assert_eq!(emails(&letter.to), ["erik@x.example"]);
    assert_eq!(letter.in_reply_to, ["m2@x"]);
    assert_eq!(letter.references, ["m0@x", "m1@x", "m2@x"]);
    assert_eq!(letter.subject, "Re: Boat");
    assert_eq!(letter.body, "\n\n-- \nAnna B\n\nOn Monday, Erik wrote:\n> hello\n");
}

#[test]
fn a_reply_to_all_writes_to_everybody_but_oneself_and_nobody_twice() {
    let detail =
        message("erik@x.example", &["anna@home.example", "lars@x.example"], &["Erik@x.example", "mia@x.example"]);
    let letter = answer(How::ReplyAll, &detail, "", &own(), None, WORDS);
    assert_eq!(emails(&letter.to), ["erik@x.example", "lars@x.example"]);
    assert_eq!(emails(&letter.cc), ["mia@x.example"]);
}

#[test]
fn reply_to_wins_over_from() {
    let detail = EmailDetail {
        reply_to: Some(vec![address("list@x.example")]),
        ..message("erik@x.example", &["anna@home.example"], &[])
    };
    assert_eq!(emails(&answer(How::Reply, &detail, "", &own(), None, WORDS).to), ["list@x.example"]);
}

#[test]
fn an_answer_to_my_own_letter_goes_on_to_its_readers() {
    let detail = message("anna@work.example", &["erik@x.example"], &["lars@x.example"]);
    let letter = answer(How::ReplyAll, &detail, "", &own(), None, WORDS);
    assert_eq!(emails(&letter.to), ["erik@x.example"]);
    assert_eq!(emails(&letter.cc), ["lars@x.example"]);
    assert_eq!(letter.identity, Some(IdentityId(2)));
}

#[test]
fn mail_over_a_list_falls_back_to_the_account_it_lies_in() {
    let own = own();
    let detail = message("erik@x.example", &["list@x.example"], &[]);
    assert_eq!(answer(How::Reply, &detail, "", &own, own.get(1), WORDS).identity, Some(IdentityId(2)));
    assert_eq!(answer(How::Reply, &detail, "", &own, None, WORDS).identity, Some(IdentityId(1)));
}

#[test]
fn passing_on_brings_head_text_and_files() {
    let detail = EmailDetail {
        attachments: vec![BodyPart {
            blob_id: Some("be7_2".into()),
            name: Some("map.pdf".into()),
            r#type: "application/pdf".into(),
            size: 5,
            ..BodyPart::default()
        }],
        ..message("erik@x.example", &["anna@home.example"], &[])
    };
    let letter = answer(How::Forward, &detail, "text\n", &own(), None, WORDS);
    assert!(letter.to.is_empty());
    assert_eq!(letter.files.first().unwrap().file.blob_id, "be7_2");
    assert_eq!(
        letter.body,
        "\n\n---------- Forwarded message ----------\nFrom: erik@x.example\nDate: Monday\nSubject: Boat\nTo: anna@home.example\n\ntext"
    );
    assert_eq!(letter.subject, "Fwd: Boat");
}

#[test]
fn subjects_do_not_pile_up() {
    assert_eq!(subject(How::Reply, "Re: Boat"), "Re: Boat");
    assert_eq!(subject(How::Reply, "AW: Boot"), "AW: Boot");
    assert_eq!(subject(How::Forward, "Re: Boat"), "Fwd: Re: Boat");
    assert_eq!(subject(How::Forward, "FW: Boat"), "FW: Boat");
}

#[test]
fn quoting_deepens_and_drops_the_signature() {
    assert_eq!(quote("one\n\n> two\n-- \nErik"), "> one\n>\n>> two\n");
}

#[test]
fn a_signature_changes_with_the_address_unless_it_was_edited() {
    assert_eq!(swap_signature("hi\n\n-- \nA\n\nOn…", "A", "B\nC"), "hi\n\n-- \nB\nC\n\nOn…");
    assert_eq!(swap_signature("hi\n\n-- \nmine", "A", "B"), "hi\n\n-- \nmine");
    assert_eq!(swap_signature("", "", "B"), "\n\n-- \nB");
}
