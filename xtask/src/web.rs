//! The frontend's build: style sheet and icon sprite made from their parts, Trunk, and a brotli copy of every file.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    root,
    step::{quiet, step},
    tools,
};

/// Files that a browser accepts compressed.
const COMPRESSED: &[&str] = &["html", "js", "css", "wasm", "svg", "webmanifest", "json"];

/// Installs the tools and builds `dist/`.
pub fn build() -> Result<()> {
    tools::rust::ensure()?;
    tools::node::ensure_build()?;
    step("Building the frontend", || {
        style()?;
        let mut trunk = Command::new("trunk");
        trunk.args(["build", "--offline", "--release"]).current_dir(root::repository()).env("PATH", tools::path()?);
        // Trunk takes NO_COLOR for a boolean word and stops at the customary "1".
        trunk.env_remove("NO_COLOR");
        quiet(&mut trunk)?;
        compress(&root::dist())
    })
}

/// Makes `frontend/generated/app.css` from `style/` (tokens first) and `frontend/generated/icons.svg` from the icons that
/// `style/icons.txt` names.
pub fn style() -> Result<()> {
    let style = root::repository().join("style");
    let out = root::repository().join("frontend/generated");
    fs::create_dir_all(&out)?;
    let tokens = style.join("tokens.css");
    let mut sheet = fs::read_to_string(&tokens).context("style/tokens.css comes first")?;
    // Beyond the tokens every sheet sits in its own @layer, so their order carries no meaning.
    for file in
        files(&style)?.into_iter().filter(|file| *file != tokens && file.extension().is_some_and(|e| e == "css"))
    {
        sheet.push('\n');
        sheet.push_str(&fs::read_to_string(&file)?);
    }
    write_if_changed(&out.join("app.css"), sheet.as_bytes())?;
    tools::node::ensure_build()?;
    let icons = fs::read_to_string(style.join("icons.txt")).context("style/icons.txt lists the icons")?;
    let mut sprite = String::from("<svg xmlns=\"http://www.w3.org/2000/svg\" hidden aria-hidden=\"true\">");
    for name in listed(&icons) {
        sprite.push_str(&symbol(name)?);
    }
    sprite.push_str("</svg>\n");
    write_if_changed(&out.join("icons.svg"), sprite.as_bytes())
}

/// The lines of a list file without comments and blanks.
pub fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// One Lucide icon as a `<symbol>`: what stands between its `<svg …>` and `</svg>`; stroke and size are the style sheet's.
fn symbol(name: &str) -> Result<String> {
    let file = tools::node::folder().join("node_modules/lucide-static/icons").join(format!("{name}.svg"));
    let text = fs::read_to_string(file).with_context(|| format!("Lucide has no icon “{name}”"))?;
    let inner = text.split_once("<svg").and_then(|(_, rest)| rest.split_once('>')).map_or("", |(_, inner)| inner);
    let shapes: String = inner.trim_end().trim_end_matches("</svg>").lines().map(str::trim).collect();
    Ok(format!("<symbol id=\"i-{name}\" viewBox=\"0 0 24 24\">{shapes}</symbol>"))
}

/// An unchanged file keeps its time, so that nothing is built again for nothing.
fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|have| have == bytes) {
        return Ok(());
    }
    Ok(fs::write(path, bytes)?)
}

/// Puts `FILE.br` beside every file that compresses.
fn compress(folder: &Path) -> Result<()> {
    for file in files(folder)? {
        let kind = file.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if !COMPRESSED.contains(&kind) {
            continue;
        }
        let bytes = fs::read(&file)?;
        let mut out = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 22);
        out.write_all(&bytes)?;
        let mut name = file.into_os_string();
        name.push(".br");
        fs::write(name, out.into_inner())?;
    }
    Ok(())
}

/// All files below a folder, sorted.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    found.sort();
    Ok(found)
}
