import Definition
import Gate
import OAuth
import Vault
import Wire

/// Asks a provider whose credential this is, by the requests of its manifest.
struct AccountLookup {
    let manifest: ProviderManifest
    let errands: any Errands

    func account(of credential: borrowing Credential) async throws(BrokerError) -> UpstreamAccount {
        var answers = AccountAnswers(manifest.account, hasUserinfo: manifest.hasUserinfo)
        answers.address = try await mailUser(of: credential)
        if let claims = try await userinfo(of: credential) { answers.take(claims: claims) }
        for template in manifest.account.requests {
            let answer = try await send(template, id: answers.own ?? answers.address, credential)
            answers.take(try parsed(answer), answer)
        }
        answers.key = keyID(of: credential)
        guard let account = answers.account else {
            throw BrokerError(.refused, "`\(manifest.provider)` doesn't say whose credential this is")
        }
        return account
    }

    /// OpenID Connect Core 1.0 section 5.3. Nil where the token doesn't open it: then it wasn't given with `openid`.
    private func userinfo(of credential: borrowing Credential) async throws(BrokerError) -> JSON? {
        guard manifest.hasUserinfo, let place = manifest.oauth?.userinfo else { return nil }
        let answer = try await ask(Step(asking: place), at: place.origin, credential)
        switch answer.status {
        case 400, 401, 403, 404: return nil
        case _: return try parsed(answer)
        }
    }

    /// Where a provider names no account, a key is one. It is long and random, so that its digest tells nobody anything.
    private func keyID(of credential: borrowing Credential) -> String? {
        guard manifest.account.id.isEmpty, manifest.mail == nil else { return nil }
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
        let body = try parsed(try await ask(Step(asking: endpoint), at: endpoint.origin, credential))
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
}

extension Step {
    /// Reads an endpoint with the token that its server gave out, which is told nothing by it.
    init(asking place: Endpoint) {
        let parts = place.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        self.init(
            kind: .probe, method: "GET", path: parts[0], query: parts.count == 2 ? parts[1] : "",
            headers: [Header("Accept", "application/json")])
    }

    init(kind: StepKind, _ request: RenderedRequest, by transport: Transport) {
        self.init(
            kind: kind, method: request.method, path: request.path, query: request.query,
            headers: request.headers.map { Header($0.name, $0.value) }, body: request.body, transport: transport)
    }
}
