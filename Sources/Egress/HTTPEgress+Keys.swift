public import Broker
import Gate
public import OAuth
import Vault

/// Questions about our own keys: little is taken from the answers, and nothing of what they say is logged.
extension HTTPEgress: KeyErrands {
    public func manage(_ request: KeyRequest, with token: TokenText) async throws(TokenProblem) -> KeyAnswer {
        var limits = EgressLimits()
        limits.whole = .seconds(15)
        limits.answerBytes = 1 << 20
        var bytes = Array(token.text.utf8)
        let credential = Credential(placement: .bearer, secret: Secret(consuming: &bytes))
        let parts = request.endpoint.target.split(separator: "?", maxSplits: 1).map(String.init)
        var headers = [Step.Header("Accept", "application/json")]
        if !request.body.isEmpty { headers.append(Step.Header("Content-Type", "application/json")) }
        let step = Step(
            kind: .effect, method: request.method.rawValue, path: parts[0], query: parts.count == 2 ? parts[1] : "",
            headers: headers, body: request.body)
        do throws(UpstreamFailure) {
            let answer = try await exchange(step, at: request.endpoint.origin, with: credential, within: limits)
            return KeyAnswer(status: answer.status, retryAfter: answer.retryAfter, body: answer.body)
        } catch {
            switch error {
            case .notSent(let reason): throw .notSent(reason)
            case .unknown(let reason): throw .lost(reason)
            }
        }
    }
}
