import Gate
public import OpenID
import Vault
import Wire

/// Signing out at the provider, and the provider's word that somebody did there.
extension SignInDesk {
    /// Verifies a logout token. Nothing is changed here: whoever ends the sessions spends the token's id in the same commit.
    public func logout(_ text: String, of provider: SignInProvider) async throws(SignInProblem) -> LogoutToken {
        let known = try await directory.provider(provider.issuer)
        return try await withKeys(of: provider, known, because: .logout) { known throws(TokenRefusal) in
            try LogoutToken(
                text, from: known.metadata.client(provider.clientID), keys: known.keys, now: world.now().seconds)
        }
    }

    /// Where a browser goes to sign out at the provider too; nil where that can't be said now.
    ///
    /// - Parameters:
    ///   - hint: as `CompletedSignIn` gave it.
    ///   - back: where the provider sends the browser afterwards.
    public func logoutURL(of name: String, hint: [UInt8]?, back: String) async -> String? {
        guard let provider = try? await provider(name), let known = try? await directory.provider(provider.issuer)
        else { return nil }
        let token = hint.flatMap { try? keys.openPayload($0, id: SignInDesk.hintPlace) }
        return known.metadata.logoutURL(
            client: provider.clientID, hint: token.map { String(decoding: $0, as: UTF8.self) }, back: back)
    }

    /// Asks the provider anew what it is.
    ///
    /// - Returns: in how many keys and by which signatures it can be believed.
    public func examine(_ provider: SignInProvider) async throws(SignInProblem) -> String {
        let known = try await directory.fresh(provider.issuer)
        let algorithms = known.metadata.algorithms.map(\.rawValue).sorted().joined(separator: ", ")
        return "\(known.keys.count == 1 ? "one key" : "\(known.keys.count) keys"), signed with \(algorithms)"
    }
}
