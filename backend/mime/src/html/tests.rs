//! Cleaning, by example and by chance.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use super::*;

struct Signer(bool);

impl Links for Signer {
    fn cid(&self, cid: &str) -> Option<String> {
        (cid == "pic@x").then(|| "/view/blob/pic?sig=1".to_owned())
    }
    fn remote(&self, url: &str) -> Option<String> {
        self.0.then(|| format!("/view/image?u={}&sig=1", url.len()))
    }
    fn own(&self, url: &str) -> bool {
        url.starts_with("/view/") && url.ends_with("sig=1")
    }
}

fn shut(html: &str) -> Cleaned {
    clean(html, &CleanOptions { links: &Signer(false), fold_quotes: true })
}

fn open(html: &str) -> Cleaned {
    clean(html, &CleanOptions { links: &Signer(true), fold_quotes: true })
}

#[test]
fn what_may_stand_stands() {
    let cases = [
        ("<p>Hi <b>you</b></p>", "<p>Hi <b>you</b></p>"),
        (
            "<a href=\"https://x.test/?a=1&b=2\">x</a>",
            "<a href=\"https://x.test/?a=1&amp;b=2\" target=\"_blank\" rel=\"noopener noreferrer\">x</a>",
        ),
        (
            "<table width=\"600px\" bgcolor=ffffff><tr><td colspan=2>a</table>",
            "<table width=\"600\" bgcolor=\"#ffffff\"><tbody><tr><td colspan=\"2\">a</td></tr></tbody></table>",
        ),
        ("<div id=top class=\"a b\">x</div>", "<div id=\"m-top\" class=\"m-a m-b\">x</div>"),
        ("<style>.a{color:red}</style><p class=a>x", "<p style=\"color:red\" class=\"m-a\">x</p>"),
        ("<img src=\"cid:pic@x\" alt=pic>", "<img src=\"/view/blob/pic?sig=1\" alt=\"pic\">"),
        ("a<br>b &amp; c&nbsp;<hr>", "a<br>b &amp; c&nbsp;<hr>"),
    ];
    for (html, expected) in cases {
        let found = open(html).html;
        let inside = found.strip_prefix("<div>").and_then(|h| h.strip_suffix("</div>")).unwrap_or(&found).to_owned();
        assert!(same(&inside, expected), "{html}\n gave {found}\n not {expected}");
    }
}

/// Attributes may stand in any order.
fn same(a: &str, b: &str) -> bool {
    let sorted = |s: &str| {
        let mut words: Vec<&str> = s.split([' ', '>']).collect();
        words.sort_unstable();
        words.concat()
    };
    sorted(a) == sorted(b)
}

#[test]
fn pictures_are_signed_blocked_or_gone() {
    let mail = "<img src=http://x.test/a.png width=100><img src=//x.test/b.png><img src=http://x.test/t.gif width=1 height=1><img src=cid:pic%40x><img src=data:image/png;base64,AA==><img src=rel.png>";
    let closed = shut(mail);
    assert_eq!((closed.blocked, closed.cids.as_slice()), (2, &["pic@x".to_owned()][..]));
    assert_eq!(closed.html.matches("<img").count(), 3);
    assert_eq!(closed.html.matches("src=").count(), 1);
    let opened = open(mail);
    assert_eq!((opened.blocked, opened.html.matches("src=\"/view/image").count()), (0, 2));
    assert!(!opened.html.contains("x.test"));
    // A stranger's own "signed" address is no address of ours.
    assert!(!shut("<img src=\"/view/image?u=1&sig=2\" alt=x>").html.contains("src"));
}

#[test]
fn deep_and_long_letters_become_text() {
    let deep = shut(&format!("{}deep{}", "<div>".repeat(5_000), "</div>".repeat(5_000)));
    assert!(deep.truncated && deep.html.contains("deep"), "{}", deep.html);
    let long = shut(&"<p>word</p>".repeat(300_000));
    assert!(long.truncated);
    let formatting: String = (0..3_000).map(|i| format!("<b class=c{i}><p>")).collect();
    assert!(shut(&formatting).html.len() < 4 * 1024 * 1024);
}

#[test]
fn quotes_fold_once() {
    let gmail = shut(
        "<div>Yes!</div><div class=\"gmail_quote\"><div class=\"gmail_attr\">On Monday Ann wrote:<br></div><blockquote>Old</blockquote></div>",
    );
    assert!(
        gmail.folded && gmail.html.contains("<details class=\"m-quote\"><summary>•••</summary><div"),
        "{}",
        gmail.html
    );
    let apple =
        shut("<p>Ok.</p><div>On 1 Jan 2026, at 10:00, Ann wrote:</div><br><blockquote type=cite>Old</blockquote>");
    assert!(apple.html.contains("<summary>•••</summary><div>On 1 Jan"), "{}", apple.html);
    let outlook = shut(
        "<div><p>Fine</p><div><div style=\"border:none;border-top:solid #E1E1E1 1.0pt\"><p><b>From:</b> Ann<br><b>Sent:</b> x</p></div></div><p>old</p><p>older</p></div>",
    );
    assert!(outlook.folded && outlook.html.ends_with("older</p></details></div>"), "{}", outlook.html);
    assert!(!shut("<blockquote>All there is</blockquote>").folded);
    assert!(!shut("<p>See:</p><blockquote>a</blockquote><p>and more</p>").folded);
    assert!(!shut("<p>Fyi</p><div class=gmail_quote>---------- Forwarded message ---------<br>From: x</div>").folded);
    let kept = clean("<p>a</p><div class=gmail_quote>b</div>", &CleanOptions { links: &NoLinks, fold_quotes: false });
    assert!(!kept.folded && !kept.html.contains("details"));
}

#[test]
fn text_becomes_html_that_is_clean_already() {
    let text = "See <https://x.test/a_(b)>, www.y.test. or ann@z.test!\n\n  indented & \"quoted\"\n\nOn Monday Ann wrote:\n> old\n>> older\n> <script>\n";
    let html = text_to_html(text, true);
    assert!(html.contains("<a href=\"https://x.test/a_(b)\" target=\"_blank\" rel=\"noopener noreferrer\">https://x.test/a_(b)</a>&gt;,"), "{html}");
    assert!(html.contains("href=\"https://www.y.test/\"") && html.contains("href=\"mailto:ann@z.test\""), "{html}");
    assert!(html.contains("<details class=\"m-quote\"><summary>•••</summary>On Monday"), "{html}");
    assert!(html.contains("<blockquote>old\n<blockquote>older\n</blockquote>&lt;script&gt;\n</blockquote>"), "{html}");
}

#[test]
fn html_reads_as_text() {
    let cases = [
        ("<p>One</p><p>Two<br>lines</p>", "One\n\nTwo\nlines"),
        ("<ul><li>a<li>b</ul>c", "• a\n• b\n\nc"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>", "a b\nc"),
        ("<head><title>t</title></head>x<script>alert('<p>')</script>y", "xy"),
        ("a<img alt=\"pic\">b &lt;c&gt;", "apicb <c>"),
        ("<p>new</p><blockquote>old<br>words</blockquote>", "new\n\n> old\n> words"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<svg><text>no</text></svg>yes", "yes"),
        ("  a \n b  ", "a b"),
        ("<b>a</b> <i>b</i>", "a b"),
    ];
    for (html, expected) in cases {
        assert_eq!(to_text(html), expected, "{html}");
    }
}
