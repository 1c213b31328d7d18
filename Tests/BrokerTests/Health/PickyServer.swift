import Authority
import Broker
import OAuth
import Synchronization
import Wire

/// A server that looks at who asks before it looks at what: it takes our app only by some of its secrets or keys.
final class PickyServer: TokenErrands {
    private let inner: any TokenErrands
    private let taken: Set<String>
    private let seen = Mutex<[String]>([])

    /// - Parameter taken: secrets, and names of keys.
    init(_ inner: any TokenErrands, taking taken: Set<String>) {
        self.inner = inner
        self.taken = taken
    }

    /// What it was shown, in order.
    var shown: [String] { seen.withLock { $0 } }

    private func isTaken(_ app: ProviderApp) -> Bool {
        let name = app.secret?.withBytes { String(decoding: $0, as: UTF8.self) } ?? PickyServer.key(of: app) ?? ""
        seen.withLock { $0.append(name) }
        return taken.contains(name)
    }

    private static func key(of app: ProviderApp) -> String? {
        (try? app.signer?.fields())?.last.flatMap { keyID(of: $0.value) }
    }

    static func keyID(of assertion: String) -> String? {
        let header = assertion.split(separator: ".").first.flatMap { Base64.decodeURL(String($0)) }
        return header.flatMap { try? JSON.parse($0) }?["kid"]?.stringValue
    }

    private static let refusal = TokenFailure(.registration, code: "invalid_client", status: 401)

    func ask(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> TokenAnswer {
        guard isTaken(app) else { throw .answered(PickyServer.refusal) }
        let form = String(decoding: request.body(.form, with: []).bytes, as: UTF8.self)
        // What is signed beside that has to be signed by a key that it knows, too.
        for field in form.split(separator: "&") where field.hasPrefix("assertion=") || field.hasPrefix("actor_token=") {
            let key = PickyServer.keyID(of: String(field.split(separator: "=")[1]))
            guard let key, taken.contains(key) else {
                throw .answered(TokenFailure(.dead, code: "invalid_grant", status: 400))
            }
        }
        return try await inner.ask(request, at: endpoint, as: app, in: dialect)
    }

    func authorizeDevice(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> DeviceAuthorization {
        guard isTaken(app) else { throw .answered(PickyServer.refusal) }
        return try await inner.authorizeDevice(request, at: endpoint, as: app, in: dialect)
    }

    func revoke(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> RevocationOutcome {
        guard isTaken(app) else { return .refused("invalid_client") }
        return try await inner.revoke(token, hint: hint, at: endpoint, as: app, in: dialect)
    }

    func isActive(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> Bool {
        guard isTaken(app) else { throw .answered(PickyServer.refusal) }
        return try await inner.isActive(token, hint: hint, at: endpoint, as: app, in: dialect)
    }
}
