import Authority
import Definition
import Gate
import OAuth
import Vault

extension TokenKeeper {
    /// Whose a new token is, as its provider says.
    ///
    /// - Throws: `unavailable` where the provider can't be asked just now.
    func account(of token: TokenText, for use: ConnectionUse) async throws(BrokerError) -> UpstreamAccount {
        guard let manifest = try await services.manifest(of: use.facts.provider, in: use.organization) else {
            throw BrokerError(.refused, "`\(use.facts.provider)` isn't known here any more")
        }
        var bytes = Array(token.text.utf8)
        let credential = Credential(placement: manifest.credential.placement, secret: Secret(consuming: &bytes))
        return try await AccountLookup(manifest: manifest, errands: accounts).account(of: credential)
    }
}
