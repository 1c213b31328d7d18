public import Broker
import Gate
public import OAuth
import Vault
public import Wire

/// Authorization servers of remote servers: little is taken from them, and nothing of what they say is logged.
extension HTTPEgress: RemoteErrands {
    private static var remoteLimits: EgressLimits {
        var limits = EgressLimits()
        limits.whole = .seconds(10)
        limits.answerBytes = 1 << 18
        return limits
    }

    public func register(_ client: JSON, at endpoint: Endpoint) async throws(TokenProblem) -> JSON {
        let answer: UpstreamAnswer
        do throws(UpstreamFailure) {
            let nothing = Credential(placement: .none, secret: Secret(count: 0) { _ in })
            answer = try await post(
                client.bytes(), "application/json", to: endpoint, with: nothing, within: HTTPEgress.remoteLimits)
        } catch {
            switch error {
            case .notSent(let reason): throw .notSent(reason)
            case .unknown(let reason): throw .lost(reason)
            }
        }
        if let failure = TokenFailure(status: answer.status, retryAfter: answer.retryAfter, body: answer.body) {
            throw .answered(failure)
        }
        guard let json = try? JSON.parse(answer.body), json.objectValue != nil else {
            throw .answered(TokenFailure(.transient(nil), code: nil, status: answer.status))
        }
        return json
    }

    public func introspect(
        _ token: TokenText, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> Introspection {
        let answer = try await post(.introspect(token, hint: "access_token"), to: endpoint, app, dialect)
        do throws(TokenFailure) {
            return try Introspection(status: answer.status, retryAfter: answer.retryAfter, body: answer.body)
        } catch {
            throw .answered(error)
        }
    }
}
