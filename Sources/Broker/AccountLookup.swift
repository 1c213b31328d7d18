import Definition
import Gate
import OAuth
import Vault
import Wire

/// The account that a credential belongs to, as its provider says.
public struct UpstreamAccount: Sendable, Hashable {
    public let id: String
    public let email: String?
    public let name: String?
    /// Nil where the provider doesn't say.
    public let scopes: Set<String>?

    public init(id: String, email: String?, name: String?, scopes: Set<String>?) {
        self.id = id
        self.email = email
        self.name = name
        self.scopes = scopes
    }

    /// For a person who has to know it again.
    public var shown: String { email ?? name ?? id }
}

/// Asks a provider whose credential this is, by the requests of its manifest.
struct AccountLookup {
    let manifest: ProviderManifest
    let errands: any Errands

    func account(of credential: borrowing Credential) async throws(BrokerError) -> UpstreamAccount {
        var id = try await mailUser(of: credential)
        var email: String?
        var name: String?
        var scopes: Set<String>?
        for template in manifest.account.requests {
            let answer = try await send(template, id: id, credential)
            let body = try parsed(answer)
            id = id ?? manifest.account.id.flatMap { text(body, $0) }
            email = email ?? manifest.account.email.flatMap { text(body, $0) }
            name = name ?? manifest.account.name.flatMap { text(body, $0) }
            if let header = manifest.account.scopesHeader, let listed = answer.header(header) {
                scopes = Set(listed.split(separator: ",").map { String($0.drop { $0 == " " }) })
            }
        }
        guard let id = id ?? keyID(of: credential) else {
            throw BrokerError(.refused, "`\(manifest.provider)` doesn't say whose credential this is")
        }
        return UpstreamAccount(id: id, email: email, name: name, scopes: scopes)
    }

    /// Where a provider names no account, a key is one. It is long and random, so that its digest tells nobody anything.
    private func keyID(of credential: borrowing Credential) -> String? {
        guard manifest.account.id == nil, manifest.mail == nil else { return nil }
        return "key:" + credential.secret.withBytes { String(Digest.sha256(of: Array($0)).hex.prefix(16)) }
    }

    private func send(
        _ template: RequestTemplate, id: String?, _ credential: borrowing Credential
    ) async throws(BrokerError) -> UpstreamAnswer {
        let step: Step
        do throws(RenderingError) {
            var arguments: JSONObject = [:]
            arguments["id"] = id.map { .string($0) }
            step = Step(
                kind: .probe, try manifest.render(template, arguments, call: ""),
                by: manifest.mail.map { .mail($0.access) } ?? .http)
        } catch {
            throw BrokerError(.refused, "`\(manifest.provider)` doesn't say whose credential this is")
        }
        return try await ask(step, at: manifest.origin, credential)
    }

    /// The name that a token logs in to its mailbox with, as the provider of the tokens says. The mailbox is asked as well, and
    /// opens to its own name alone. Nil where the credential says it itself, and for whatever isn't mail.
    private func mailUser(of credential: borrowing Credential) async throws(BrokerError) -> String? {
        guard let endpoint = manifest.mail?.account else { return nil }
        let parts = endpoint.target.split(separator: "?", maxSplits: 1).map(String.init)
        let step = Step(
            kind: .probe, method: "GET", path: parts[0], query: parts.count == 2 ? parts[1] : "",
            headers: [Step.Header("Accept", "application/json")])
        let body = try parsed(try await ask(step, at: endpoint.origin, credential))
        guard let email = body["email"]?.stringValue, body["email_verified"]?.boolValue != false else {
            throw BrokerError(
                .refused, "`\(manifest.provider)` doesn't say whose credential this is",
                hint: "its `account` must answer with `email`; perhaps it wants the scope `email` for that")
        }
        return email
    }

    private func ask(
        _ step: Step, at origin: String, _ credential: borrowing Credential
    ) async throws(BrokerError) -> UpstreamAnswer {
        do throws(UpstreamFailure) {
            return try await errands.probeAccount(step, at: origin, with: credential)
        } catch {
            switch error {
            case .notSent(let reason), .unknown(let reason):
                throw BrokerError(
                    .unavailable, "`\(manifest.provider)` can't be asked whose credential this is: \(reason)",
                    hint: "nothing was kept; try again")
            }
        }
    }

    private func parsed(_ answer: UpstreamAnswer) throws(BrokerError) -> JSON {
        let body = (try? JSON.parse(answer.body)) ?? .null
        let refusal = manifest.refusal
        let isRefused = answer.status >= 300 || refusal.success.flatMap { body.value(at: $0)?.boolValue } == false
        guard !isRefused else {
            let code = refusal.code.flatMap { body.value(at: $0)?.stringValue } ?? "HTTP \(answer.status)"
            // A mail server's own words, and ours about them, say more than a code.
            let words = manifest.mail == nil ? nil : refusal.message.flatMap { body.value(at: $0)?.stringValue }
            throw BrokerError(
                .refused, "`\(manifest.provider)` refuses this credential: \(words ?? code)",
                hint: "check that it was copied whole and isn't revoked")
        }
        return body
    }

    private func text(_ body: JSON, _ pointer: JSONPointer) -> String? {
        body.value(at: pointer).flatMap { $0.stringValue ?? $0.integerValue.map(String.init) }
    }
}

extension Step {
    init(kind: StepKind, _ request: RenderedRequest, by transport: Transport) {
        self.init(
            kind: kind, method: request.method, path: request.path, query: request.query,
            headers: request.headers.map { Header($0.name, $0.value) }, body: request.body, transport: transport)
    }
}
