import Authority
public import Broker
import Gate
import Logging
public import OAuth
import Vault
import Wire

/// Token endpoints: little is taken from them, and nothing of what they say is logged.
extension HTTPEgress: TokenErrands {
    private static var tokenLimits: EgressLimits {
        var limits = EgressLimits()
        limits.whole = .seconds(15)
        limits.answerBytes = 1 << 20
        return limits
    }

    public func ask(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> TokenAnswer {
        let isRefresh = request.grant == TokenRequest.refreshGrant
        let answer = try await post(request, to: endpoint, app, dialect)
        do throws(TokenFailure) {
            return try TokenAnswer(
                status: answer.status, retryAfter: answer.retryAfter, body: answer.body, dialect: dialect,
                isRefresh: isRefresh)
        } catch {
            throw .answered(error)
        }
    }

    public func revoke(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> RevocationOutcome {
        let answer =
            dialect.endsItself
            ? try await post(ending: token, at: endpoint)
            : try await post(.revoke(token, hint: hint), to: endpoint, app, dialect)
        return RevocationOutcome(status: answer.status, retryAfter: answer.retryAfter, body: answer.body)
    }

    public func authorizeDevice(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> DeviceAuthorization {
        let answer = try await post(request, to: endpoint, app, dialect)
        do throws(TokenFailure) {
            return try DeviceAuthorization(
                status: answer.status, retryAfter: answer.retryAfter, body: answer.body,
                secure: endpoint.origin.hasPrefix("https://"))
        } catch {
            throw .answered(error)
        }
    }

    public func isActive(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> Bool {
        let answer = try await post(.introspect(token, hint: hint), to: endpoint, app, dialect)
        do throws(TokenFailure) {
            switch try Introspection(status: answer.status, retryAfter: answer.retryAfter, body: answer.body) {
            case .dead: return false
            // Another client's token isn't ours to go on with, whatever it is good for.
            case .active(let token): return token.clientID.map { $0 == app.clientID } ?? true
            }
        } catch {
            throw .answered(error)
        }
    }

    func post(
        _ request: consuming TokenRequest, to endpoint: Endpoint, _ app: ProviderApp, _ dialect: TokenDialect
    ) async throws(TokenProblem) -> UpstreamAnswer {
        let client: ClientWords
        do throws(GrantFault) {
            client = try ClientWords(app)
        } catch {
            throw .notSent(error.message)
        }
        var (type, body) = request.body(dialect.encoding, with: client.fields)
        defer { wipe(&body) }
        do throws(UpstreamFailure) {
            let answer = try await post(
                body, type, to: endpoint, with: client.credential(), within: HTTPEgress.tokenLimits)
            hear(answer, of: endpoint)
            return answer
        } catch {
            switch error {
            case .notSent(let reason): throw .notSent(reason)
            case .unknown(let reason): throw .lost(reason)
            }
        }
    }

    /// The token is all the proof that there is, and all that ends.
    private func post(ending token: TokenText, at endpoint: Endpoint) async throws(TokenProblem) -> UpstreamAnswer {
        var bytes = Array(token.text.utf8)
        let credential = Credential(placement: .bearer, secret: Secret(consuming: &bytes))
        do throws(UpstreamFailure) {
            return try await post(
                [], "application/x-www-form-urlencoded", to: endpoint, with: credential, within: HTTPEgress.tokenLimits)
        } catch {
            switch error {
            case .notSent(let reason): throw .notSent(reason)
            case .unknown(let reason): throw .lost(reason)
            }
        }
    }

    /// Assertions that we sign are refused by a server whose clock says something else, as `invalid_grant`.
    private func hear(_ answer: UpstreamAnswer, of endpoint: Endpoint) {
        guard let seconds = answer.header("date").flatMap(HTTPDate.seconds) else { return }
        let said = Timestamp(microseconds: seconds * 1_000_000)
        guard let ahead = clock?.heard(said, from: endpoint.origin) else { return }
        log.warning(
            "this machine's clock and a provider's don't agree",
            metadata: ["provider": "\(endpoint.origin)", "seconds_ahead": "\(ahead)"])
    }

    func post(
        _ body: [UInt8], _ type: String, to endpoint: Endpoint, with credential: borrowing Credential,
        within limits: EgressLimits
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        let parts = endpoint.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        let step = Step(
            kind: .effect, method: "POST", path: parts[0], query: parts.count == 2 ? parts[1] : "",
            headers: [Step.Header("Content-Type", type), Step.Header("Accept", "application/json")], body: body)
        return try await exchange(step, at: endpoint.origin, with: credential, within: limits)
    }
}

/// How a client says who it is (RFC 6749 section 2.3.1): in the header, or among the fields.
struct ClientWords {
    let fields: [(name: String, value: String)]
    private let placement: Placement
    private let secret: [UInt8]

    init(_ app: ProviderApp) throws(GrantFault) {
        guard let signer = app.signer else {
            self.init(id: app.clientID, app.authentication, app.secret)
            return
        }
        self.init(signed: try signer.fields())
    }

    private init(signed: [(name: String, value: String)]) {
        fields = signed
        placement = .none
        secret = Array((signed.last?.value ?? "").utf8)
    }

    init(id: String, _ authentication: ClientAuthentication, _ held: HeldSecret?) {
        let bytes: [UInt8] = held.map { $0.withBytes { Array($0) } } ?? []
        switch authentication {
        case .basic:
            fields = []
            placement = .basic
            secret = Array((PercentEncoding.encode(id) + ":" + PercentEncoding.encode(bytes)).utf8)
        case .post:
            fields = [("client_id", id), ("client_secret", String(decoding: bytes, as: UTF8.self))]
            placement = .none
            secret = bytes
        case .none, .privateKey:
            fields = id.isEmpty ? [] : [("client_id", id)]
            placement = .none
            secret = []
        }
    }

    /// What the answer and the log are searched for. Of Basic it is both names.
    func credential() -> Credential {
        var bytes = secret
        return Credential(placement: placement, secret: Secret(consuming: &bytes))
    }
}
