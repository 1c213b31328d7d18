import Authority
public import OAuth
import Wire

/// A grant that nobody has to allow again: new tokens are asked for as the first ones were, and no refresh token comes.
public enum OwnGrant: Sendable {
    /// Our app is itself (RFC 6749 section 4.4).
    case ourselves(scopes: [String])
    /// A service account, as itself or as somebody whom it may be.
    case account(ServiceAccountKey, as: DelegatedSubject?, scopes: [String])
    /// Our app's key stands for what the organization was trusted with there (RFC 7523 section 2.1).
    case asserted(AssertedSubject, scopes: [String])

    /// How the row of such a connection is called.
    var kind: String {
        switch self {
        case .ourselves: OwnGrant.ourselvesKind
        case .account: OwnGrant.accountKind
        case .asserted: OwnGrant.assertedKind
        }
    }

    static let ourselvesKind = "oauth-client"
    static let accountKind = "oauth-service-account"
    static let assertedKind = "oauth-assertion"

    var scopes: [String] {
        switch self {
        case .ourselves(let scopes), .account(_, as: _, let scopes), .asserted(_, let scopes): scopes
        }
    }

    /// Whom it acts as because our own key says so.
    var subject: String? {
        switch self {
        case .ourselves: nil
        case .account(_, as: let subject, _): subject?.mail
        case .asserted(let subject, _): subject.mail
        }
    }

    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - server: that is asked. At a remote server's the tokens are for that one alone (RFC 8707 section 2.2).
    func request(
        now: Int64, as app: ProviderApp, at server: AuthorizationServer
    ) throws(GrantFault) -> TokenRequest {
        let dialect = server.dialect
        return switch self {
        case .ourselves(let scopes):
            .clientCredentials(
                scopes, parameters: server.resource.map { ["resource": $0] } ?? [:], dialect: dialect)
        case .account(let account, let subject, let scopes):
            try .serviceAccount(account, as: subject, scopes: scopes, now: now)
        case .asserted(let subject, let scopes):
            .bearer(try app.signing().authorization(for: subject.claim), scopes: scopes, dialect: dialect)
        }
    }

    /// What is kept where other grants have a refresh token, and sealed as that. A secret.
    var kept: TokenText? {
        var stored: JSONObject = ["scopes": .array(scopes.map { .string($0) })]
        switch self {
        case .ourselves: break
        case .account(let account, let subject, _):
            stored["account"] = account.stored
            if let subject { stored["subject"] = .string(subject.mail) }
        case .asserted(let subject, _): stored["subject"] = .string(subject.mail)
        }
        return TokenText(Base64.encodeURL(JSON.object(stored).bytes()))
    }

    /// Why what was kept isn't one.
    enum Fault: Error {
        case unreadable
        case subject(DelegatedSubject.Refusal)
    }

    /// - Parameters:
    ///   - kind: of the connection's row.
    ///   - owner: of the connection.
    ///   - people: everybody in the organization, as they are now. Whom the account is was said when the connection was made,
    ///     and is sealed for its owner; whoever has become a person since then, it isn't any more.
    ///   - subjects: whom the agent may be, as its definition is now.
    init(
        kind: String, of owner: Owner, kept: TokenText, people: [PersonClaim], subjects: Set<String>
    ) throws(Fault) {
        guard let bytes = Base64.decodeURL(kept.text), let stored = try? JSON.parse(bytes),
            let scopes = stored["scopes"]?.arrayValue?.compactMap(\.stringValue)
        else { throw .unreadable }
        switch kind {
        case OwnGrant.ourselvesKind: self = .ourselves(scopes: scopes)
        case OwnGrant.accountKind:
            guard let account = stored["account"].flatMap(ServiceAccountKey.init(stored:)) else { throw .unreadable }
            var subject: DelegatedSubject?
            if let named = stored["subject"]?.stringValue {
                do throws(DelegatedSubject.Refusal) {
                    subject = try DelegatedSubject(named, allowed: subjects, people: people.map(\.email))
                } catch {
                    throw .subject(error)
                }
            }
            self = .account(account, as: subject, scopes: scopes)
        case OwnGrant.assertedKind:
            guard let mail = stored["subject"]?.stringValue else { throw .unreadable }
            do throws(DelegatedSubject.Refusal) {
                self = .asserted(
                    try AssertedSubject(mail, of: owner, people: people, subjects: subjects), scopes: scopes)
            } catch {
                throw .subject(error)
            }
        case _: throw .unreadable
        }
    }
}

extension OwnGrant {
    /// Whether it may be for somebody whom its owner only may be: then that is looked at before each use.
    static func isForSubject(_ kind: String) -> Bool { kind == accountKind || kind == assertedKind }

    /// Whom it is for; nil for an account as itself.
    static func subject(of kept: TokenText) -> String? {
        Base64.decodeURL(kept.text).flatMap { try? JSON.parse($0) }?["subject"]?.stringValue
    }
}
