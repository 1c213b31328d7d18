import Wire

/// The parameters of a request, in a query or a form body (RFC 6749 appendix B).
///
/// One that comes twice is refused, since readers of the first and of the last would disagree; one without a value counts
/// as left out (section 3.1).
public struct OAuthParameters: Sendable {
    private let values: [String: String]
    /// `resource` may come several times (RFC 8707 section 2).
    public let resources: [String]
    /// As may `audience` (RFC 8693 section 2.1).
    let audiences: [String]

    static let most = 40

    public init(_ encoded: String) throws(OAuthRefusal) {
        var values: [String: String] = [:]
        var (resources, audiences): ([String], [String]) = ([], [])
        let pairs = encoded.split(separator: "&")
        guard pairs.count <= OAuthParameters.most else {
            throw OAuthRefusal(.invalidRequest, "there are too many parameters")
        }
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                PercentEncoding.decode(String($0).replacing("+", with: " "))
            }
            guard let name = parts[0], let value = parts.count == 2 ? parts[1] : "" else {
                throw OAuthRefusal(.invalidRequest, "a parameter isn't percent-encoded UTF-8")
            }
            guard !value.isEmpty else { continue }
            if name == "resource" {
                resources.append(value)
            } else if name == "audience" {
                audiences.append(value)
            } else if values.updateValue(value, forKey: name) != nil {
                throw OAuthRefusal(.invalidRequest, "a parameter comes twice")
            }
        }
        self.values = values
        self.resources = resources
        self.audiences = audiences
    }

    public subscript(name: String) -> String? { values[name] }

    func required(_ name: String) throws(OAuthRefusal) -> String {
        guard let value = values[name] else { throw OAuthRefusal(.invalidRequest, "`\(name)` is missing") }
        return value
    }

    /// The same parameters with others in their place or besides; for a form that carries them on.
    public func encoded() -> String {
        (values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + resources.map { ("resource", $0) }
            + audiences.map { ("audience", $0) })
            .map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    }
}
