import Broker
public import Gate
import Vault

extension HTTPEgress {
    /// Gets a public document, such as what a client says of itself: without any credential, from an address that was
    /// checked, within a few seconds and kilobytes, and without following a redirect.
    ///
    /// - Parameters:
    ///   - query: percent-encoded, without the question mark; empty for none.
    ///   - most: the bytes beyond which the answer is dropped.
    public func document(
        at origin: String, path: String, query: String, most: Int
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        let step = Step(
            kind: .probe, method: "GET", path: path, query: query, headers: [Step.Header("Accept", "application/json")])
        var limits = EgressLimits()
        limits.whole = .seconds(5)
        limits.answerBytes = most
        let nothing = Credential(placement: .none, secret: Secret(count: 0) { _ in })
        return try await exchange(step, at: origin, with: nothing, within: limits)
    }
}
