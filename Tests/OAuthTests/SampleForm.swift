import Testing
import Wire

@testable import OAuth

/// What a server reads of what we send.
enum SampleForm {
    /// The fields of a form, in their order.
    static func fields(
        _ request: borrowing TokenRequest, with client: [(name: String, value: String)] = []
    ) -> [String] {
        String(decoding: request.body(.form, with: client).bytes, as: UTF8.self).split(separator: "&").map {
            PercentEncoding.decode(String($0)) ?? "?"
        }
    }

    static func value(_ name: String, _ request: borrowing TokenRequest) throws -> String {
        let found = fields(request).filter { $0.hasPrefix(name + "=") }
        try #require(found.count == 1)
        return String(found[0].dropFirst(name.utf8.count + 1))
    }

    static func token(_ text: String = "token-1") throws -> TokenText { try #require(TokenText(text)) }

    /// Header and claims of a signed token, without looking at its signature.
    static func parts(_ token: String) throws -> (header: JSON, claims: JSON, signed: [UInt8], signature: [UInt8]) {
        let parts = token.split(separator: ".").map(String.init)
        try #require(parts.count == 3)
        let bytes = try parts.map { try #require(Base64.decodeURL($0)) }
        return (
            try JSON.parse(bytes[0]), try JSON.parse(bytes[1]), Array("\(parts[0]).\(parts[1])".utf8), bytes[2]
        )
    }

    static let now: Int64 = 1_790_000_000

    static func server(issuer: String? = "https://id.example/tenant") throws -> AuthorizationServer {
        let token = try #require(Endpoint("https://id.example/tenant/token", secure: true))
        return AuthorizationServer(
            issuer: issuer, namesItself: false, authorization: token, token: token, revocation: nil,
            introspection: nil, device: nil, authentication: .none, dialect: TokenDialect(), parameters: [:],
            scopes: [], refresh: RefreshRules())
    }
}
