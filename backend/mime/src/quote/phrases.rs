//! How mailers of the world introduce what they quote.

/// "wrote" and its like, in lower case.
const WROTE: &[&str] = &[
    "wrote",
    "writes",
    "schrieb",
    "a écrit",
    "écrit",
    "escribió",
    "escreveu",
    "ha scritto",
    "scrive",
    "schreef",
    "skrev",
    "skrifaði",
    "kirjoitti",
    "napisał",
    "napisal",
    "napsal",
    "napísal",
    "írta",
    "a scris",
    "написал",
    "пишет",
    "писал",
    "пише",
    "написа",
    "yazdı",
    "έγραψε",
    "כתב",
    "كتب",
    "viết",
    "写道",
    "寫道",
    "写到",
    "のメール",
    "wrote",
    "書きました",
    "작성",
    "menulis",
    "เขียน",
    "на писа",
    "je napisao",
    "kirjutas",
    "rakstīja",
    "rašė",
    "va escriure",
    "idatzi",
];

/// How such a line begins, in lower case.
const BEGINS: &[&str] = &[
    "on ", "am ", "le ", "el ", "em ", "il ", "op ", "den ", "dne ", "w dniu", "dnia ", "în ", "pe ", "le:", "vào",
    "pada ", "në ", "a ", "at ", "in ", "от ", "на ", "в ", "ср", "пн", "вт", "чт", "пт", "сб", "вс", "στις", "ב",
    "في", "dia ", "kl", "ti ", "ma ",
];

/// The middle of "-----Original Message-----", in lower case.
const ORIGINAL: &[&str] = &[
    "original message",
    "original mail",
    "ursprüngliche nachricht",
    "originalnachricht",
    "message d'origine",
    "message original",
    "mensaje original",
    "mensagem original",
    "messaggio originale",
    "oorspronkelijk bericht",
    "originalmeddelande",
    "oprindelig meddelelse",
    "opprinnelig melding",
    "alkuperäinen viesti",
    "oryginalna wiadomość",
    "wiadomość oryginalna",
    "původní zpráva",
    "eredeti üzenet",
    "исходное сообщение",
    "пересылаемое сообщение",
    "orijinal mesaj",
    "αρχικό μήνυμα",
    "הודעה מקורית",
    "الرسالة الأصلية",
    "原始邮件",
    "原始郵件",
    "元のメッセージ",
    "원본 메시지",
];

/// The middle of "---------- Forwarded message ---------", in lower case.
const FORWARDED: &[&str] = &[
    "forwarded message",
    "weitergeleitete nachricht",
    "message transféré",
    "mensaje reenviado",
    "mensagem encaminhada",
    "messaggio inoltrato",
    "doorgestuurd bericht",
    "vidarebefordrat",
    "videresendt",
    "välitetty viesti",
    "przekazana wiadomość",
    "пересланное сообщение",
    "转发的邮件",
    "転送",
];

/// "From:" of the header block that Outlook puts above what it quotes, in lower case.
const FROM: &[&str] = &[
    "from:",
    "von:",
    "de:",
    "da:",
    "van:",
    "från:",
    "fra:",
    "od:",
    "от:",
    "kimden:",
    "发件人",
    "寄件者",
    "差出人",
    "보낸 사람",
];

/// Other fields of that block, in lower case.
const FIELDS: &[&str] = &[
    "sent:",
    "date:",
    "to:",
    "cc:",
    "subject:",
    "gesendet:",
    "datum:",
    "an:",
    "betreff:",
    "envoyé",
    "à :",
    "à:",
    "objet",
    "enviado",
    "para:",
    "asunto:",
    "assunto:",
    "inviato:",
    "a:",
    "oggetto:",
    "verzonden:",
    "aan:",
    "onderwerp:",
    "skickat:",
    "till:",
    "ämne:",
    "sendt:",
    "til:",
    "emne:",
    "wysłano:",
    "do:",
    "temat:",
    "отправлено:",
    "дата:",
    "кому:",
    "тема:",
    "发送时间",
    "收件人",
    "主题",
    "送信日時",
    "宛先",
    "件名",
];

/// Is this line one that introduces a quote ("On … wrote:", in several languages)?
pub fn is_attribution(line: &str) -> bool {
    let line = line.trim();
    if line.len() > 400 || !(line.ends_with(':') || line.ends_with('：')) {
        return false;
    }
    let lower = line.to_lowercase();
    WROTE.iter().any(|word| lower.contains(word))
}

/// Does it begin like one, or name an address or a date? Then it was not torn off from a line before.
pub(super) fn begins_attribution(line: &str) -> bool {
    let lower = line.trim().to_lowercase();
    BEGINS.iter().any(|word| lower.starts_with(word))
        || lower.starts_with(|c: char| c.is_ascii_digit())
        || !lower.starts_with(['<', '(']) && WROTE.iter().all(|word| !lower.starts_with(word))
}

/// Does all from here on belong to a quoted message? `next` is the line after.
pub(crate) fn is_original_mark(line: &str, next: &str) -> bool {
    let line = line.trim();
    let rule = line.chars().count() >= 20 && line.chars().all(|c| c == '_');
    if rule {
        let next = next.trim().trim_start_matches('*').to_lowercase();
        return FROM.iter().any(|word| next.starts_with(word));
    }
    ruled(line, ORIGINAL)
}

/// Do the lines begin with a quoted message's header: "From:" and, close by, two more fields?
pub(crate) fn is_header_block(lines: &[&str]) -> bool {
    let starts = |line: &&str, words: &[&str]| {
        let line = line.trim().trim_start_matches('*').to_lowercase();
        words.iter().any(|word| line.starts_with(word))
    };
    let Some((first, next)) = lines.split_first() else { return false };
    first.len() < 300
        && starts(first, FROM)
        && next.iter().take(5).filter(|line| line.len() < 1_000 && starts(line, FIELDS)).count() >= 2
}

/// Is this the line above a forwarded message? That is what the letter is about and stays open.
pub(crate) fn is_forward_mark(line: &str) -> bool {
    ruled(line.trim(), FORWARDED)
}

/// A line of dashes with one of the words between.
fn ruled(line: &str, words: &[&str]) -> bool {
    if line.len() > 200 || !line.starts_with("--") {
        return false;
    }
    let lower = line.to_lowercase();
    words.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn introductions_in_many_languages() {
        for line in [
            "On Tue, 24 Nov 2026 at 10:00, Ann <a@x> wrote:",
            "Am 24.11.26 um 10:00 schrieb Ann:",
            "Le mar. 24 nov. 2026 à 10:00, Ann <a@x> a écrit :",
            "El mar, 24 nov 2026 a las 10:00, Ann escribió:",
            "Ann <a@x> 于2026年11月24日周二 10:00写道：",
            "вт, 24 нояб. 2026 г. в 10:00, Ann <a@x> написал(а):",
        ] {
            assert!(is_attribution(line), "{line}");
        }
        assert!(!is_attribution("I wrote a book."));
        assert!(is_original_mark("________________________________", "From: Ann"));
        assert!(!is_original_mark("________________________________", "Ann"));
        assert!(is_forward_mark("---------- Forwarded message ---------"));
    }
}
