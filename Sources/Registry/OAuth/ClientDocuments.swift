public import Authority
import Gate
import Synchronization
import Wire

/// What came back for a metadata document.
public struct FetchedDocument: Sendable {
    public let status: Int
    public let mediaType: String
    public let body: [UInt8]
    /// What its server says on keeping it (RFC 9111 section 5.2).
    public let cacheControl: String

    public init(status: Int, mediaType: String, body: [UInt8], cacheControl: String) {
        self.status = status
        self.mediaType = mediaType
        self.body = body
        self.cacheControl = cacheControl
    }

    /// For how many seconds it may be kept: as its server says, within bounds; nil when it says not to.
    var seconds: Int64? {
        let words = cacheControl.lowercased().split(separator: ",").map { $0.filter { $0 != " " } }
        guard !words.contains("no-store"), !words.contains("no-cache") else { return nil }
        let age = words.lazy.compactMap { $0.hasPrefix("max-age=") ? Int64($0.dropFirst(8)) : nil }.first
        return min(max(age ?? ClientDocuments.usual, ClientDocuments.shortest), ClientDocuments.longest)
    }
}

/// Metadata documents of clients, fetched when they are needed and kept for a while. A failure is never kept.
public final class ClientDocuments: Sendable {
    public typealias Fetch = @Sendable (ClientDocument.Address) async throws -> FetchedDocument

    private let fetch: Fetch
    private let allowsLoopback: Bool
    private let now: @Sendable () -> Timestamp
    private let kept = Mutex<[String: (document: ClientDocument, until: Timestamp)]>([:])

    static let most = 1_000
    static let shortest: Int64 = 60
    static let usual: Int64 = 600
    static let longest: Int64 = 3_600

    /// - Parameter fetch: gets a document from a public address, within limits of time and size, and follows no redirect.
    public init(allowsLoopback: Bool, now: @escaping @Sendable () -> Timestamp, fetch: @escaping Fetch) {
        self.fetch = fetch
        self.allowsLoopback = allowsLoopback
        self.now = now
    }

    func document(at id: String) async throws(OAuthRefusal) -> ClientDocument {
        guard let address = ClientDocument.address(of: id, allowsLoopback: allowsLoopback) else {
            throw OAuthRefusal(.invalidClient, "this client_id is neither known nor the https URL of a document")
        }
        if let kept = kept.withLock({ $0[id] }), now() < kept.until { return kept.document }
        let fetched: FetchedDocument
        do {
            fetched = try await fetch(address)
        } catch {
            throw OAuthRefusal(.invalidClient, "the client's metadata document can't be fetched")
        }
        guard fetched.status == 200, ClientDocuments.isJSON(fetched.mediaType) else {
            throw OAuthRefusal(.invalidClient, "there is no metadata document at the client's URL")
        }
        let document = try ClientDocument(fetched.body, from: id)
        guard let seconds = fetched.seconds else { return document }
        let until = now().adding(seconds: seconds)
        kept.withLock {
            if $0.count >= ClientDocuments.most { $0.removeAll() }
            $0[id] = (document, until)
        }
        return document
    }

    private static func isJSON(_ type: String) -> Bool {
        let name = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return name == "application/json" || name.hasPrefix("application/") && name.hasSuffix("+json")
    }
}
