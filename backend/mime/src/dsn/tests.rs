//! Reports as servers write them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use super::*;

const REPORT: &str = "From: MAILER-DAEMON@mx.test\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\nOriginal-Envelope-Id: e1\r\n\r\n\
Final-Recipient: rfc822; bob@there.test\r\nOriginal-Recipient: rfc822;robert@there.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\
Remote-MTA: dns; mx.there.test\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n  no such user\r\n\r\n\
Final-Recipient: rfc822; ann@there.test\r\nStatus: 4.2.2 (full)\r\n\r\n\
--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <m1@here.test>\r\nSubject: x\r\n\r\n--b--\r\n";

#[test]
fn reports_tell_each_fate() {
    let report = parse(REPORT.as_bytes()).unwrap();
    assert_eq!(report.message_id.as_deref(), Some("m1@here.test"));
    assert_eq!((report.envelope_id.as_deref(), report.reporting_mta.as_deref()), (Some("e1"), Some("mx.test")));
    let bob = &report.recipients[0];
    assert_eq!(
        (bob.address.as_str(), bob.original.as_deref(), bob.action),
        ("bob@there.test", Some("robert@there.test"), Action::Failed)
    );
    assert_eq!(bob.diagnostic.as_deref(), Some("550 5.1.1 no such user"));
    assert_eq!(bob.remote_mta.as_deref(), Some("mx.there.test"));
    let ann = &report.recipients[1];
    assert_eq!((ann.action, ann.status.as_deref()), (Action::Delayed, Some("4.2.2")));
}

#[test]
fn the_header_is_the_fall_back() {
    let report = parse(b"X-Failed-Recipients: a@x.test, b@x.test\r\nIn-Reply-To: <m@y>\r\n\r\nfailed").unwrap();
    assert_eq!(report.recipients.len(), 2);
    assert_eq!(report.message_id.as_deref(), Some("m@y"));
    assert_eq!(parse(b"Subject: hello\r\n\r\nbob@x.test"), None);
}
