import Foundation
import HTTPTypes

/// How an app says who it is at a token endpoint: `Authorization: Basic` or members of the body (RFC 6749 §2.3.1).
struct PresentedClient: Sendable {
    let id: String?
    let secret: String?
    let isBasic: Bool
    /// Both at once, which no request may do.
    let isTwice: Bool

    init(_ call: Call, id bodyID: String?, secret bodySecret: String?) {
        if let pair = Self.basic(call) {
            id = pair.id
            secret = pair.secret
            isBasic = true
            isTwice = bodySecret != nil
        } else {
            id = bodyID
            secret = bodySecret
            isBasic = false
            isTwice = false
        }
    }

    private static func basic(_ call: Call) -> (id: String, secret: String)? {
        guard let value = call.headers[.authorization] else { return nil }
        let halves = value.split(separator: " ", maxSplits: 1)
        guard halves.count == 2, halves[0].lowercased() == "basic",
            let data = Data(base64Encoded: String(halves[1]))
        else { return nil }
        let pair = String(decoding: data, as: UTF8.self)
            .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2 else { return nil }
        return (
            String(pair[0]).removingPercentEncoding ?? String(pair[0]),
            String(pair[1]).removingPercentEncoding ?? String(pair[1])
        )
    }

    /// The registered app with this secret; nil when there is none, or the secret is wrong or missing.
    func verified(by desk: OAuthDesk) -> OAuthClient? {
        guard let client = id.flatMap(desk.client), client.secret == secret else { return nil }
        return client
    }
}
