import Authority
import Gate
import Vault

extension VaultAudit {
    /// What is wrong with the tokens beside a connection. An older writing that was put back is more than old: using its
    /// refresh token again ends the whole grant where it rotates.
    ///
    /// - Parameter told: the writing that the ledger knows; 0 for none.
    func fault(_ tokens: TokenSet?, of row: ConnectionRecord, told: Int64) -> SealFinding.Fault? {
        guard row.health != .revoked else {
            // Those of a person who leaves are destroyed one batch after the other, with the rows' own secrets.
            return tokens != nil && row.sealed.isEmpty ? .tokensLeft : nil
        }
        guard let tokens else { return told == 0 ? nil : .tokensMissing }
        if told == 0 { return .tokensUnrecorded }
        if tokens.generation < told { return .tokensRolledBack(to: tokens.generation, from: told) }
        if tokens.generation > told { return .rewritten("writing of its tokens") }
        if tokens.grant != row.fingerprint { return .rewritten("grant of its tokens") }
        return tokens.sealFault(keys, for: row.use).map { .seal($0) }
    }
}
