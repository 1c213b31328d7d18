public import Authority
public import OAuth
public import OpenID
public import Wire

/// An issuer outside of this home whose word about people an organization takes: its tokens may be exchanged for ours
/// (RFC 8693), and its leave for a client is a grant (ID-JAG).
public struct TokenIssuer: Sendable, Hashable {
    /// Which client may bring tokens that were made for this audience.
    public struct Audience: Sendable, Hashable {
        public let name: String
        public let client: OAuthClientID

        public init(name: String, client: OAuthClientID) {
            self.name = name
            self.client = client
        }
    }

    public let organization: OrganizationID
    /// As it stands in commands and in the ledger.
    public let name: String
    public let issuer: Issuer
    /// Where its keys lie; nil where what it publishes about itself says so.
    public let keys: String?
    /// The claim that names the person. With the issuer it is a login, and nothing else finds a person.
    public let subject: String
    public let algorithms: Set<SigningAlgorithm>
    public let audiences: [Audience]
    /// Whether its leave for a client is taken (ID-JAG).
    public let grantsAccess: Bool
    /// Whether each of its tokens is exchanged once only.
    public let isOnce: Bool
    public let created: Timestamp

    public init(
        organization: OrganizationID, name: String, issuer: Issuer, keys: String?, subject: String,
        algorithms: Set<SigningAlgorithm>, audiences: [Audience], grantsAccess: Bool, isOnce: Bool, created: Timestamp
    ) {
        self.organization = organization
        self.name = name
        self.issuer = issuer
        self.keys = keys
        self.subject = subject
        self.algorithms = algorithms
        self.audiences = audiences
        self.grantsAccess = grantsAccess
        self.isOnce = isOnce
        self.created = created
    }

    /// The issuer as its tokens write it.
    public var url: String { issuer.text }

    var source: TokenSource { TokenSource(issuer: issuer.text, algorithms: algorithms, subject: subject) }

    func audiences(of client: OAuthClientID) -> Set<String> {
        Set(audiences.filter { $0.client == client }.map(\.name))
    }
}

/// As it is stored and shown.
extension TokenIssuer {
    public var json: JSON {
        var object: JSONObject = [
            "organization": .string(organization.raw), "name": .string(name), "issuer": .string(issuer.text),
            "subject": .string(subject), "algorithms": .array(algorithms.map(\.rawValue).sorted().map { .string($0) }),
            "audiences": .array(
                audiences.map { ["audience": .string($0.name), "client": .string($0.client.raw)] }),
            "idJag": .bool(grantsAccess), "once": .bool(isOnce), "created": .number(JSONNumber(created.microseconds)),
        ]
        if let keys { object["keys"] = .string(keys) }
        return .object(object)
    }

    /// Nil when it isn't what `json` gives.
    public init?(json: JSON) {
        guard let organization = json["organization"]?.stringValue, let name = json["name"]?.stringValue,
            let text = json["issuer"]?.stringValue, let issuer = try? Issuer(text),
            let subject = json["subject"]?.stringValue, let words = json["algorithms"]?.arrayValue,
            let rows = json["audiences"]?.arrayValue, let grantsAccess = json["idJag"]?.boolValue,
            let isOnce = json["once"]?.boolValue, let created = json["created"]?.integerValue
        else { return nil }
        let algorithms = words.compactMap { $0.stringValue.flatMap(SigningAlgorithm.init(rawValue:)) }
        let audiences = rows.compactMap { row in
            row["audience"]?.stringValue.flatMap { name in
                row["client"]?.stringValue.map { Audience(name: name, client: OAuthClientID($0)) }
            }
        }
        guard algorithms.count == words.count, audiences.count == rows.count else { return nil }
        self.init(
            organization: OrganizationID(organization), name: name, issuer: issuer, keys: json["keys"]?.stringValue,
            subject: subject, algorithms: Set(algorithms), audiences: audiences, grantsAccess: grantsAccess,
            isOnce: isOnce, created: Timestamp(microseconds: created))
    }
}
