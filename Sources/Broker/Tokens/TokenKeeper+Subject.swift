import Authority
import Gate
import OAuth
import Vault

extension TokenKeeper {
    /// That an agent may still be whom its tokens are for. Where it may not, they aren't used and the grant is given up,
    /// without a word to the provider.
    func requireSubject(of use: ConnectionUse, _ agent: AgentID) async throws(CredentialError) {
        let found = remembered(of: use.facts.id)
        let tokens: TokenSet = if let found, found.grant == use.fingerprint { found } else { try await read(use) }
        let kept: TokenText?
        do throws(VaultError) {
            kept = try sealing.refresh(of: tokens, for: use)
        } catch {
            throw .sealBroken(error)
        }
        guard let subject = kept.flatMap(OwnGrant.subject) else { return }
        let allowed: Set<String>
        do {
            allowed = try await subjects(use.organization, agent)
        } catch {
            throw .unreadable("the store can't be read")
        }
        guard !allowed.contains(subject) else { return }
        _ = await renewed(use, beyond: tokens.generation)
        throw .expired
    }
}
