//! Which folder is Sent, Trash, …: what the server says (RFC 6154), else what its name says in many languages.

/// Roles that folders of a Source are given (RFC 8621 §2, IANA's IMAP mailbox name attributes).
pub(crate) const ROLES: [&str; 6] = ["inbox", "drafts", "sent", "archive", "junk", "trash"];

/// Names of role folders, lower case, as mail programs and providers call them.
const NAMES: [(&str, &[&str]); 5] = [
    (
        "drafts",
        &[
            "drafts",
            "draft",
            "entwürfe",
            "entwurf",
            "brouillons",
            "brouillon",
            "borradores",
            "borrador",
            "rascunhos",
            "bozze",
            "concepten",
            "kladder",
            "kladde",
            "utkast",
            "luonnokset",
            "szkice",
            "wersje robocze",
            "koncepty",
            "rozepsané",
            "piszkozatok",
            "ciorne",
            "чернетки",
            "черновики",
            "taslaklar",
            "下書き",
            "草稿",
            "草稿箱",
            "임시보관함",
            "مسودات",
            "טיוטות",
        ],
    ),
    (
        "sent",
        &[
            "sent",
            "sent items",
            "sent messages",
            "sent mail",
            "sent-mail",
            "gesendet",
            "gesendete elemente",
            "gesendete objekte",
            "gesendete nachrichten",
            "envoyés",
            "envoyes",
            "éléments envoyés",
            "messages envoyés",
            "courrier envoyé",
            "enviados",
            "elementos enviados",
            "mensajes enviados",
            "itens enviados",
            "inviati",
            "inviata",
            "posta inviata",
            "verzonden",
            "verzonden items",
            "verzonden berichten",
            "sendt",
            "sendte elementer",
            "skickat",
            "skickade objekt",
            "lähetetyt",
            "wysłane",
            "elementy wysłane",
            "odeslané",
            "odeslaná pošta",
            "elküldött",
            "elküldött elemek",
            "trimise",
            "надіслані",
            "отправленные",
            "gönderilmiş öğeler",
            "gönderilenler",
            "送信済み",
            "送信済みメール",
            "已发送",
            "已发送邮件",
            "寄件備份",
            "보낸편지함",
            "المرسلة",
            "נשלחו",
        ],
    ),
    (
        "archive",
        &[
            "archive",
            "archives",
            "archiv",
            "archivo",
            "archivio",
            "arquivo",
            "archief",
            "arkiv",
            "arkisto",
            "archiwum",
            "archív",
            "arhivă",
            "архів",
            "архив",
            "arşiv",
            "アーカイブ",
            "归档",
            "存档",
            "封存",
            "보관함",
            "أرشيف",
            "ארכיון",
        ],
    ),
    (
        "junk",
        &[
            "junk",
            "junk e-mail",
            "junk email",
            "junk mail",
            "spam",
            "bulk",
            "bulk mail",
            "spamverdacht",
            "unerwünscht",
            "werbung",
            "courrier indésirable",
            "indésirables",
            "pourriel",
            "correo no deseado",
            "no deseado",
            "lixo eletrônico",
            "lixo eletrónico",
            "posta indesiderata",
            "ongewenste e-mail",
            "ongewenst",
            "uønsket",
            "uønsket e-post",
            "skräppost",
            "roskaposti",
            "wiadomości-śmieci",
            "nevyžádaná pošta",
            "levélszemét",
            "спам",
            "нежелательная почта",
            "gereksiz e-posta",
            "迷惑メール",
            "垃圾邮件",
            "垃圾郵件",
            "스팸",
            "스팸메일함",
            "غير مرغوب",
            "דואר זבל",
        ],
    ),
    (
        "trash",
        &[
            "trash",
            "deleted",
            "deleted items",
            "deleted messages",
            "bin",
            "wastebasket",
            "papierkorb",
            "gelöscht",
            "gelöschte elemente",
            "gelöschte objekte",
            "corbeille",
            "éléments supprimés",
            "messages supprimés",
            "papelera",
            "elementos eliminados",
            "eliminados",
            "lixeira",
            "lixo",
            "itens excluídos",
            "cestino",
            "posta eliminata",
            "prullenbak",
            "prullenmand",
            "verwijderde items",
            "papirkurv",
            "slettet post",
            "slettede elementer",
            "papperskorg",
            "papperskorgen",
            "borttaget",
            "borttagna objekt",
            "roskakori",
            "poistetut",
            "kosz",
            "elementy usunięte",
            "koš",
            "odstraněná pošta",
            "kuka",
            "lomtár",
            "törölt elemek",
            "coș de gunoi",
            "кошик",
            "видалені",
            "корзина",
            "удаленные",
            "удалённые",
            "çöp kutusu",
            "silinmiş öğeler",
            "ゴミ箱",
            "削除済み",
            "已删除",
            "已删除邮件",
            "垃圾桶",
            "휴지통",
            "المهملات",
            "אשפה",
        ],
    ),
];

/// One folder as LIST shows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listed<'a> {
    /// Full name, decoded.
    pub name: &'a str,
    /// Hierarchy delimiter.
    pub delimiter: Option<char>,
    /// Special use that the server states, as a role.
    pub special_use: Option<&'a str>,
    /// Whether messages can be in it.
    pub selectable: bool,
}

impl Listed<'_> {
    fn leaf(&self) -> &str {
        match self.delimiter {
            Some(d) => self.name.rsplit(d).next().unwrap_or(self.name),
            None => self.name,
        }
    }

    fn depth(&self) -> usize {
        self.delimiter.map_or(0, |d| self.name.matches(d).count())
    }
}

/// The role that a name suggests.
fn by_name(leaf: &str) -> Option<&'static str> {
    let leaf = leaf.trim().to_lowercase();
    NAMES.iter().find(|(_, names)| names.contains(&leaf.as_str())).map(|(role, _)| *role)
}

/// One role a folder and one folder a role: the server's word first, then names, the shallower and the more usual first.
pub(crate) fn assign(folders: &[Listed<'_>]) -> Vec<Option<&'static str>> {
    let mut given: Vec<Option<&'static str>> = vec![None; folders.len()];
    for (folder, slot) in folders.iter().zip(&mut given) {
        if folder.name.eq_ignore_ascii_case("INBOX") {
            *slot = Some("inbox");
        }
    }
    for role in ROLES.into_iter().filter(|r| *r != "inbox") {
        let stated = folders.iter().position(|f| f.selectable && f.special_use == Some(role));
        let position = stated.filter(|n| given.get(*n).is_some_and(Option::is_none)).or_else(|| {
            let candidates = folders.iter().enumerate().filter(|(n, f)| {
                f.selectable
                    && f.special_use.is_none()
                    && f.depth() <= 1
                    && given.get(*n).is_some_and(Option::is_none)
                    && by_name(f.leaf()) == Some(role)
            });
            candidates.min_by_key(|(_, f)| (f.depth(), rank(role, f.leaf()), f.name.len())).map(|(n, _)| n)
        });
        if let Some(slot) = position.and_then(|n| given.get_mut(n)) {
            *slot = Some(role);
        }
    }
    given
}

fn rank(role: &str, leaf: &str) -> usize {
    let leaf = leaf.trim().to_lowercase();
    let names = NAMES.iter().find(|(r, _)| *r == role).map_or(&[][..], |(_, names)| names);
    names.iter().position(|n| *n == leaf).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> Listed<'_> {
        Listed { name, delimiter: Some('/'), special_use: None, selectable: true }
    }

    #[test]
    fn the_servers_word_wins_over_names() {
        let folders = [
            folder("INBOX"),
            folder("Sent"),
            Listed { special_use: Some("sent"), ..folder("Post/Raus") },
            folder("Trash"),
        ];
        assert_eq!(assign(&folders), [Some("inbox"), None, Some("sent"), Some("trash")]);
    }

    #[test]
    fn names_in_several_languages() {
        for (name, role) in [
            ("Gesendete Objekte", "sent"),
            ("INBOX/Papierkorb", "trash"),
            ("Brouillons", "drafts"),
            ("Correo no deseado", "junk"),
            ("Архив", "archive"),
            ("已发送", "sent"),
            ("JUNK E-MAIL", "junk"),
        ] {
            assert_eq!(assign(&[folder("INBOX"), folder(name)]), [Some("inbox"), Some(role)], "{name}");
        }
    }

    #[test]
    fn one_folder_a_role_and_only_near_the_top() {
        let folders = [folder("INBOX"), folder("INBOX/Deleted"), folder("Trash"), folder("a/b/Sent")];
        assert_eq!(assign(&folders), [Some("inbox"), None, Some("trash"), None]);
    }

    #[test]
    fn a_folder_without_messages_gets_no_role() {
        let parent = Listed { selectable: false, ..folder("Archive") };
        assert_eq!(assign(&[parent, folder("Archives")]), [None, Some("archive")]);
    }
}
