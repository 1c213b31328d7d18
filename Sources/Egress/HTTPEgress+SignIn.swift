public import Broker
public import Gate
public import OpenID
import Vault
import Wire

/// Providers that people sign in with: little is taken from them, and not long.
extension HTTPEgress: ProviderErrands {
    private static var signInLimits: EgressLimits {
        var limits = EgressLimits()
        limits.whole = .seconds(10)
        limits.answerBytes = 1 << 20
        return limits
    }

    public func document(at origin: String, _ target: String) async throws(UpstreamFailure) -> UpstreamAnswer {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let step = Step(
            kind: .probe, method: "GET", path: parts[0], query: parts.count == 2 ? parts[1] : "",
            headers: [Step.Header("Accept", "application/json")])
        return try await exchange(
            step, at: origin, with: Credential(placement: .none, secret: Secret(count: 0) { _ in }),
            within: HTTPEgress.signInLimits)
    }

    public func redeem(
        _ grant: CodeGrant, at endpoint: Endpoint, as provider: SignInProvider
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        var fields = grant.fields
        var secret: [UInt8] = provider.secret.map { $0.withBytes { Array($0) } } ?? []
        defer { wipe(&secret) }
        // What the answer and the log are searched for. Of Basic it is both names, encoded as RFC 6749 section 2.3.1 says.
        var sent: [UInt8] = []
        defer { wipe(&sent) }
        var placement = Placement.none
        switch provider.authentication {
        case .basic:
            placement = .basic
            sent = Array((PercentEncoding.encode(provider.clientID) + ":" + PercentEncoding.encode(secret)).utf8)
        case .post:
            fields += [("client_id", provider.clientID), ("client_secret", String(decoding: secret, as: UTF8.self))]
            sent = secret
        case .none:
            fields.append(("client_id", provider.clientID))
        }
        let body = fields.map { "\($0.name)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        let parts = endpoint.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        let step = Step(
            kind: .effect, method: "POST", path: parts[0], query: parts.count == 2 ? parts[1] : "",
            headers: [
                Step.Header("Content-Type", "application/x-www-form-urlencoded"),
                Step.Header("Accept", "application/json"),
            ], body: Array(body.utf8))
        return try await exchange(
            step, at: endpoint.origin, with: Credential(placement: placement, secret: Secret(consuming: &sent)),
            within: HTTPEgress.signInLimits)
    }
}
