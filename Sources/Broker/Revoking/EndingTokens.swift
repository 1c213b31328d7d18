import OAuth

/// The tokens of a connection that has ended, as its provider is told of them. The refresh token comes first: with it most
/// servers end the whole grant. Some leave its access token alive until it runs out (RFC 7009 section 2.1 only says that they
/// should end it) and some know access tokens alone, so the access token follows.
struct EndingTokens: Sendable {
    static let refreshHint = "refresh_token"
    static let accessHint = "access_token"

    /// For sealing alone.
    let bytes: [UInt8]

    init(refresh: TokenText?, access: [UInt8]) {
        bytes = (refresh.map { Array($0.text.utf8) + [EndingTokens.separator] } ?? []) + access
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Each with its hint, in the order in which the server is told.
    func ordered(isRefresh: Bool) -> [(token: TokenText, hint: String)] {
        let tokens = bytes.split(separator: EndingTokens.separator).compactMap {
            TokenText(String(decoding: $0, as: UTF8.self))
        }
        return zip(tokens, isRefresh ? [EndingTokens.refreshHint, EndingTokens.accessHint] : [EndingTokens.accessHint])
            .map { ($0, $1) }
    }

    /// A token is visible ASCII.
    private static let separator = UInt8(ascii: "\n")
}

extension TokenAnswer {
    /// What a server is told that gave them for nothing.
    func ending(at server: AuthorizationServer) -> [(token: TokenText, hint: String)] {
        if server.dialect.endsItself { return [(access, EndingTokens.accessHint)] }
        let refresh = refresh.map { [($0, EndingTokens.refreshHint)] } ?? []
        return refresh + [(access, EndingTokens.accessHint)]
    }
}
