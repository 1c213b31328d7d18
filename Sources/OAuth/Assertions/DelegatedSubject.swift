import Wire

/// Somebody whom an agent may be at a provider, by domain-wide delegation. A provider takes every user of the domain, so
/// what can be made here is all that holds an agent back: there is no other way to one.
public struct DelegatedSubject: Sendable, Hashable, CustomStringConvertible {
    /// In lower case.
    public let mail: String

    public enum Refusal: String, Error, Hashable, Sendable, CaseIterable {
        case malformed
        /// It isn't on the agent's list.
        case notAllowed = "not-allowed"
        /// It is a person's: an agent acts on behalf of people, and never as one of them.
        case person
    }

    /// - Parameters:
    ///   - text: a mail address, as somebody wrote it.
    ///   - allowed: the agent's own list.
    ///   - people: the addresses of everybody in the organization, the agent's principals among them.
    public init(
        _ text: String, allowed: some Sequence<String>, people: some Sequence<String>
    ) throws(Refusal) {
        guard let address = MailAddress(text) else { throw .malformed }
        let mail = address.text.lowercased()
        guard !people.contains(where: { DelegatedSubject.mailbox($0) == DelegatedSubject.mailbox(mail) }) else {
            throw .person
        }
        guard allowed.contains(where: { $0.lowercased() == mail }) else { throw .notAllowed }
        self.mail = mail
    }

    /// `alice+anything@acme.test` is Alice's as well.
    private static func mailbox(_ mail: String) -> String {
        let parts = mail.lowercased().split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        return parts[0].prefix { $0 != "+" } + "@" + parts.dropFirst().joined()
    }

    public var description: String { mail }
}
