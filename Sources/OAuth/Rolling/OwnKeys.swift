public import Wire

/// How a provider lets an app, or a service account, put other keys in the place of its own. Data: a provider's manifest has it as `ownKeys`.
public struct OwnKeys: Sendable, Hashable {
    public enum Interface: String, Sendable, CaseIterable {
        /// `addKey` and `removeKey` of an application (learn.microsoft.com/graph/api/application-addkey).
        case microsoftGraph = "microsoft_graph"
        /// `keys.upload` and `keys.delete` of a service account (docs.cloud.google.com/iam/docs/keys-upload).
        case googleIAM = "google_iam"

        /// Whether each secret that an app is given there has an end, whoever gave it: at most two years in a directory
        /// (learn.microsoft.com/graph/api/resources/passwordcredential).
        public var endsSecrets: Bool {
            switch self {
            case .microsoftGraph: true
            case .googleIAM: false
            }
        }
    }

    public let interface: Interface
    /// What the interface's paths begin with.
    public let base: Endpoint
    /// What a token for it is asked for with.
    public let scopes: [String]

    public init(interface: Interface, base: Endpoint, scopes: [String]) {
        self.interface = interface
        self.base = base
        self.scopes = scopes
    }
}

/// One question about our own keys, which goes with an access token.
public struct KeyRequest: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    public let method: Method
    public let endpoint: Endpoint
    /// JSON; empty for none.
    public let body: [UInt8]

    init(_ method: Method, _ endpoint: Endpoint, _ body: JSON? = nil) {
        self.method = method
        self.endpoint = endpoint
        self.body = body?.bytes() ?? []
    }
}

/// What came back.
public struct KeyAnswer: Sendable {
    public let status: Int
    /// Seconds that it asks to wait.
    public let retryAfter: Int?
    /// Null where it is no JSON.
    public let body: JSON

    public init(status: Int, retryAfter: Int?, body: [UInt8]) {
        self.status = status
        self.retryAfter = retryAfter
        self.body = (try? JSON.parse(body)) ?? .null
    }

    public var isGood: Bool { (200..<300).contains(status) }
    /// Whether it may be better soon.
    public var isTransient: Bool { status == 429 || status >= 500 }

    /// What the interface calls its refusal, if that is a word that can be shown.
    public var code: String {
        let word = body["error"]?["code"]?.stringValue ?? body["error"]?["status"]?.stringValue
        let isWord = word.map {
            (1...80).contains($0.utf8.count) && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0 == "_" || $0 == ".") }
        }
        guard let word, isWord == true else { return "HTTP \(status)" }
        return word
    }
}
