import Authority
import OAuth

/// The tokens of a connection that has ended, as its provider is told of them. The refresh token comes first: with it most
/// servers end the whole grant. Some leave its access token alive until it runs out (RFC 7009 section 2.1 only says that they
/// should end it) and some know access tokens alone, so the access token follows.
struct EndingTokens: Sendable {
    static let refreshHint = "refresh_token"
    static let accessHint = "access_token"

    private let tokens: [UInt8]

    init(refresh: TokenText?, access: [UInt8]) {
        tokens = (refresh.map { Array($0.text.utf8) + [EndingTokens.separator] } ?? []) + access
    }

    /// For sealing alone: with the provider that is told and the client that tells it, so that a row which names others shows
    /// them to nobody.
    func sealing(for provider: ProviderID, _ clientID: String) -> [UInt8] {
        [EndingTokens.bound] + EndingTokens.address(provider, clientID) + tokens
    }

    /// - Parameter bytes: what `sealing` gave. What was sealed before clients were bound opens as it was sealed.
    /// - Returns: nil when they are another client's or another provider's.
    init?(_ bytes: [UInt8], for provider: ProviderID, _ clientID: String) {
        guard bytes.first == EndingTokens.bound else {
            tokens = bytes
            return
        }
        let address = EndingTokens.address(provider, clientID)
        guard bytes.dropFirst().starts(with: address) else { return nil }
        tokens = Array(bytes.dropFirst(1 + address.count))
    }

    /// Each with its hint, in the order in which the server is told.
    func ordered(isRefresh: Bool) -> [(token: TokenText, hint: String)] {
        let texts = tokens.split(separator: EndingTokens.separator).compactMap {
            TokenText(String(decoding: $0, as: UTF8.self))
        }
        return zip(texts, isRefresh ? [EndingTokens.refreshHint, EndingTokens.accessHint] : [EndingTokens.accessHint])
            .map { ($0, $1) }
    }

    private static func address(_ provider: ProviderID, _ clientID: String) -> [UInt8] {
        Array("\(provider)".utf8) + [separator] + Array(clientID.utf8) + [separator]
    }

    /// A token, a provider's name and a client id are visible ASCII, with spaces at most.
    private static let separator = UInt8(ascii: "\n")
    /// No token begins with it.
    private static let bound: UInt8 = 0
}

extension TokenAnswer {
    /// What a server is told that gave them for nothing.
    func ending(at server: AuthorizationServer) -> [(token: TokenText, hint: String)] {
        if server.dialect.endsItself { return [(access, EndingTokens.accessHint)] }
        let refresh = refresh.map { [($0, EndingTokens.refreshHint)] } ?? []
        return refresh + [(access, EndingTokens.accessHint)]
    }
}
