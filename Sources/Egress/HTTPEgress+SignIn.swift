public import Broker
public import Gate
public import OAuth
import OpenID
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
        let client = ClientWords(id: provider.clientID, provider.authentication, provider.secret)
        let fields = grant.fields + client.fields
        let body = fields.map { "\($0.name)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        return try await post(
            Array(body.utf8), "application/x-www-form-urlencoded", to: endpoint, with: client.credential(),
            within: HTTPEgress.signInLimits)
    }
}
