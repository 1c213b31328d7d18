import Authority
import Gate
import OAuth

extension TokenKeeper {
    /// A provider's API has said that the owner has to sign in again, with these claims where it named some: the grant is given up
    /// with them, and nothing is asked of its token endpoint.
    ///
    /// - Returns: whether the connection is decided on anew: it is out of use, or isn't what it was.
    func demanded(_ claims: String?, of use: ConnectionUse) async -> Bool {
        guard let tokens = try? await read(use) else { return false }
        let now = world.lasting()
        let lease = TokenLease(owner: world.newID("ren"), until: now.adding(seconds: TokenKeeper.requestSeconds))
        let attempt = RenewalAttempt(keeper: self, tokens: tokens, use: use, lease: lease, isRefused: true)
        let trouble = TokenTrouble(kind: .needsUser, code: BearerChallenge.insufficientClaims, count: 1, claims: claims)
        return switch await attempt.giveUp(trouble, after: .claim(tokens, lease, at: now)) {
        case .there, .failed(.expired): true
        case .failed: false
        }
    }
}
