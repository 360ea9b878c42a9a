//! What CSS may pass, and what not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use super::*;

#[test]
fn plain_declarations_pass_and_are_written_anew() {
    let cases = [
        ("color: RED; Font-Size:12PX", "color:RED;font-size:12px"),
        ("font-family: 'Open Sans', Arial , sans-serif", "font-family:'Open Sans', Arial, sans-serif"),
        ("background: #FFF url(http://x/y.png) no-repeat", "background-color:#fff"),
        ("background: rgba(1, 2, 3, .5)", "background-color:rgba(1, 2, 3, 0.5)"),
        ("margin: 0 auto !important; margin: 5px", "margin:0 auto"),
        ("color: red; color: blue", "color:blue"),
        ("width: 33.3333%", "width:33.3333%"),
        ("font: 12px/1.5 Arial", "font:12px / 1.5 Arial"),
    ];
    for (css, expected) in cases {
        assert_eq!(inline(css), expected, "{css}");
        assert_eq!(inline(expected), expected);
    }
}

#[test]
fn everything_else_goes() {
    for css in [
        "background-image: url(http://x)",
        "background: url(//x)",
        "list-style: url(x) disc",
        "width: expression(alert(1))",
        "width: e\\xpression(alert(1))",
        "color: var(--x)",
        "--x: url(http://x)",
        "position: fixed; position:sticky; top: 0; z-index: 9",
        "height: 100vh; width: 50dvw",
        "height: 999999px",
        "margin-left: -500px",
        "behavior: url(x.htc); -moz-binding: url(x)",
        "content: 'x'; cursor: url(x), auto",
        "display: contents; display: flex",
        "@import 'http://x'; ",
        "color: red}body{color:blue",
        "width: calc(1px + 2px)",
        "background-color: image-set('x' 1x)",
        "font-family: 'a\\27 ; background:url(x)'",
        "unicode-bidi: bidi-override",
        "filter: url(#x); mask: url(x); clip-path: url(x)",
        "color: 'red'",
        "animation: x 1s; transition: all; transform: scale(99)",
        "border: 1px solid u\\72l(x)",
    ] {
        assert_eq!(inline(css), "", "{css}");
    }
    assert_eq!(inline("color:red; background:url(x\"y); width:1px"), "color:red;width:1px");
}

fn subject(tag: &str, classes: &[&str]) -> Subject {
    Subject { tag: tag.into(), id: None, classes: classes.iter().map(|c| (*c).into()).collect() }
}

#[test]
fn rules_cascade() {
    let mut sheet = Sheet::default();
    sheet.add(
        "<!-- @import url(http://x); @font-face{src:url(y)} p{color:red} .a .b{color:green} div > p.b{color:blue} \
         @media screen{p{width:1px}} @media (max-width:600px){p{width:2px}} p:hover{color:black} p[x]{height:1px} -->",
    );
    let p = subject("p", &["b"]);
    assert_eq!(merge(sheet.apply(&p, &[subject("div", &["a"])])), "width:1px;color:green");
    assert_eq!(merge(sheet.apply(&p, &[subject("div", &[])])), "width:1px;color:blue");
    assert_eq!(merge(sheet.apply(&p, &[subject("div", &[]), subject("td", &[])])), "color:red;width:1px");
    assert_eq!(merge(sheet.apply(&subject("td", &[]), &[])), "");
}
