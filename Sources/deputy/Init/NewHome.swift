import Authority
import Wire

/// What a home is made from: five answers.
struct NewHome {
    var organization: OrganizationID
    var name: String
    var domains: [String]
    var person: NewPerson?
    /// Nil for this machine alone.
    var publicURL: String?
    var notices = NewNotices.none
}

/// How people are told that something waits.
enum NewNotices {
    case none
    case mail(server: String, from: String, password: [UInt8])
    case webhook(url: String, secret: [UInt8])
}

/// The first person.
struct NewPerson: Equatable {
    let id: PersonID
    let name: String
    let email: String

    /// Reads `Dana Lee <dana@acme.example>` or the address alone. The id is the address's first part.
    static func parse(_ text: String, domains: [String]) throws -> NewPerson {
        let (name, address) = split(text)
        guard let email = MailAddress(address.lowercased()), let at = email.text.lastIndex(of: "@") else {
            throw CommandFailure(
                .refused, "invalid", "`--person` can't be `\(text)`",
                hint: "write it as `Dana Lee <dana@\(domains.first ?? "acme.example")>`")
        }
        let domain = String(email.text[email.text.index(after: at)...])
        guard domains.contains(domain) else {
            throw CommandFailure(
                .refused, "invalid", "`\(email)` isn't an address of the organization",
                hint: "its domains are \(domains.map { "`\($0)`" }.joined(separator: ", "))")
        }
        let id = OrganizationName.id(of: String(email.text[..<at]))
        return NewPerson(id: PersonID(id), name: name.isEmpty ? id : name, email: email.text)
    }

    private static func split(_ text: String) -> (name: String, address: String) {
        guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else { return ("", trimmed(text)) }
        let address = text[text.index(after: open)...].dropLast()
        return (trimmed(String(text[..<open])), trimmed(String(address)))
    }
}

/// Names and ids of an organization, and its domains.
enum OrganizationName {
    /// `Acme Ltd` becomes `acme-ltd`.
    static func id(of name: String) -> String {
        let kept = name.lowercased().map { character -> Character in
            character.isASCII && (character.isLetter || character.isNumber || character == "_") ? character : "-"
        }
        return String(String(kept).split(separator: "-").joined(separator: "-").prefix(64))
    }

    static func checked(_ id: String) throws -> OrganizationID {
        do throws(PlainNameProblem) {
            try PlainName.check(id, of: "an organization")
        } catch {
            throw CommandFailure(.refused, "invalid", error.message, hint: error.hint)
        }
        return OrganizationID(id)
    }

    /// Reads `acme.example, acme.test`.
    static func domains(_ texts: [String]) throws -> [String] {
        let domains = texts.flatMap { $0.split { $0 == "," || $0.isWhitespace } }.map { $0.lowercased() }
        for domain in domains where !domain.contains(".") || MailAddress("a@\(domain)") == nil {
            throw CommandFailure(
                .refused, "invalid", "`--domain` can't be `\(domain)`", hint: "write it as `acme.example`")
        }
        return domains
    }
}

/// Without the white space around it.
func trimmed(_ text: String) -> String {
    String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
}
