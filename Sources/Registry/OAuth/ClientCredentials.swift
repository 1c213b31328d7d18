public import Authority
import Wire

/// How a request to the token endpoint, and to those like it, says which client it is from (RFC 6749 section 2.3).
public struct ClientCredentials: Sendable {
    public let id: OAuthClientID
    let secret: String?

    /// - Parameter authorization: the values of the `Authorization` headers.
    public init(_ parameters: OAuthParameters, authorization: [String]) throws(OAuthRefusal) {
        let named = parameters["client_id"]
        guard let header = authorization.first else {
            guard let named else { throw OAuthRefusal(.invalidClient, "`client_id` is missing") }
            id = OAuthClientID(named)
            secret = parameters["client_secret"]
            return
        }
        // One way of authentication for one request.
        guard authorization.count == 1, parameters["client_secret"] == nil else {
            throw OAuthRefusal(.invalidRequest, "the client authenticates in more than one way")
        }
        guard let (name, secret) = ClientCredentials.basic(header), named == nil || named == name else {
            throw OAuthRefusal(.invalidClient, "the `Authorization` header must be Basic, with client id and secret")
        }
        id = OAuthClientID(name)
        self.secret = secret
    }

    /// Both parts are form-encoded within the header (RFC 6749 section 2.3.1).
    private static func basic(_ header: String) -> (String, String)? {
        let words = header.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "basic", let bytes = Base64.decode(String(words[1])),
            let text = String(validating: bytes, as: UTF8.self), let colon = text.firstIndex(of: ":")
        else { return nil }
        let parts = [text[..<colon], text[text.index(after: colon)...]].map {
            PercentEncoding.decode(String($0).replacing("+", with: " "))
        }
        guard let name = parts[0], let secret = parts[1], !name.isEmpty else { return nil }
        return (name, secret)
    }

    /// Whether this is that client. Takes as long whatever differs in a secret.
    func areOf(_ client: OAuthClient) -> Bool {
        guard id == client.id, !client.isRevoked else { return false }
        guard let hash = client.secret else { return secret == nil }
        return Digest.constantTimeEqual(TokenSecret.hash(of: secret ?? ""), hash)
    }
}
