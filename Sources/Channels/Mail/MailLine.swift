/// A line of a mail, and what mail programs mean by it.
struct MailLine {
    let whole: Substring
    /// Without space around it.
    let text: Substring

    init(_ line: Substring) {
        whole = line
        var rest = line.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        text = rest
    }

    var isBlank: Bool { text.isEmpty }

    /// By its first scalar: what is combined with a `>` is no other sign.
    var isQuoted: Bool { text.unicodeScalars.first == ">" }

    /// RFC 3676 section 4.3.
    var isSignature: Bool { text == "--" }

    /// What is written above a message that is quoted or handed on as it is.
    var isMark: Bool {
        isForward || MailLine.originals.contains(dashed) || text.count >= 8 && text.allSatisfy { $0 == "_" }
    }

    var isForward: Bool { MailLine.forwards.contains(dashed) }

    /// `On Friday Zoe wrote:`.
    var isAttribution: Bool {
        let words = text.lowercased()
        return words.hasSuffix(":") && MailLine.writing.contains { words.contains($0) }
    }

    /// What stands between dashes, or alone before a colon.
    private var dashed: String {
        let words = text.lowercased()
        guard words.hasPrefix("---") || words.hasSuffix(":") else { return "" }
        let isFrame = { (letter: Character) in letter == "-" || letter == ":" || letter.isWhitespace }
        return String(words.drop(while: isFrame).reversed().drop(while: isFrame).reversed())
    }

    private static let originals: Set<String> = [
        "original message", "ursprüngliche nachricht", "originalnachricht", "message d'origine", "message original",
        "mensaje original", "mensagem original", "messaggio originale", "oorspronkelijk bericht",
    ]
    private static let forwards: Set<String> = [
        "forwarded message", "begin forwarded message", "weitergeleitete nachricht",
        "anfang der weitergeleiteten nachricht", "message transféré", "début du message transféré", "mensaje reenviado",
        "mensagem encaminhada", "messaggio inoltrato", "inizio messaggio inoltrato", "doorgestuurd bericht",
    ]
    private static let writing = [
        " wrote:", " wrote on ", " schrieb", " a écrit", " escribió", " escreveu", " ha scritto", " schreef", " skrev",
    ]

    /// The name of a copied header, in lower case: `*From:* Zoe` has `from`.
    var heading: String? {
        guard let colon = text.prefix(24).firstIndex(of: ":") else { return nil }
        return text[..<colon].filter { $0 != "*" && $0 != "_" && !$0.isWhitespace }.lowercased()
    }

    static let authors: Set<String> = ["from", "von", "de", "da", "van", "från", "fra", "od", "lähettäjä", "gönderen"]
    static let particulars: Set<String> = [
        "sent", "date", "to", "subject", "gesendet", "datum", "an", "betreff", "envoyé", "à", "objet", "enviado",
        "fecha",
        "para", "asunto", "assunto", "inviato", "a", "oggetto", "verzonden", "aan", "onderwerp", "skickat", "till",
        "ämne",
        "sendt", "til", "emne", "wysłano", "do", "temat",
    ]
}
