import Authority
import Wire

/// What a client says of itself at the URL that is its `client_id`.
public struct ClientDocument: Sendable, Hashable {
    public let name: String
    public let redirects: [RedirectURI]

    /// Where a document lies, ready to be fetched.
    public struct Address: Sendable, Hashable {
        /// Scheme, host and port.
        public let origin: String
        /// Begins with a slash.
        public let path: String
        /// Without its question mark; empty for none.
        public let query: String
    }

    /// Reads a `client_id` that is a URL.
    ///
    /// - Parameter allowsLoopback: lets the document lie at `http://127.0.0.1`, for demos and tests.
    /// - Returns: nil for what isn't such a URL: another scheme, no path, users, fragments, dot segments.
    public static func address(of id: String, allowsLoopback: Bool) -> Address? {
        guard let url = RedirectURI(id), id.hasPrefix("https://") || allowsLoopback && url.isThisMachine else {
            return nil
        }
        let rest = id.dropFirst(url.origin.count)
        let path = rest.prefix { $0 != "?" }
        guard path.hasPrefix("/"), path != "/", !path.hasPrefix("//") else { return nil }
        return Address(origin: url.origin, path: String(path), query: String(rest.dropFirst(path.count + 1)))
    }

    /// Reads a document that was fetched from `id`.
    public init(_ bytes: [UInt8], from id: String) throws(OAuthRefusal) {
        let limits = JSONLimits(bytes: ClientDocument.mostBytes, depth: 8, members: 1_000)
        let value: JSON
        do {
            value = try JSON.parse(bytes, limits: limits)
        } catch {
            throw OAuthRefusal(.invalidClient, "the client's metadata document isn't JSON")
        }
        guard let object = value.objectValue else {
            throw OAuthRefusal(.invalidClient, "the client's metadata document isn't an object")
        }
        guard object["client_id"]?.stringValue == id else {
            throw OAuthRefusal(.invalidClient, "the metadata document's client_id isn't the URL that it lies at")
        }
        let metadata = try ClientMetadata(object)
        guard metadata.authentication == .none, object["client_secret"] == nil,
            object["client_secret_expires_at"] == nil
        else {
            throw OAuthRefusal(.invalidClient, "a client with a metadata document has no secret to share")
        }
        name = metadata.name ?? RedirectURI(id)?.host ?? id
        redirects = metadata.redirects
    }

    /// A document larger than this isn't read.
    public static let mostBytes = 10 << 10
}
