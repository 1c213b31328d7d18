import Authority
import Definition
import Gate
import OAuth
import Vault
import Wire

/// Whether an account that came back is the one that a connection has, which may know it by an id of before.
extension ConnectDesk {
    /// An address is one account's at one time and may be another's later. So a connection that knows its account by an
    /// address, or without the workspace that its id counts in, is asked with its own credential whose it is now. One that
    /// can't say so is another: then the person is asked.
    func same(
        _ row: ConnectionRecord, as account: UpstreamAccount, _ service: ConnectService, _ flow: ConnectFlow
    ) async -> Bool {
        if account.isKnown(as: row.account) { return true }
        guard service.manifest.isFormer(row.account), row.health == .healthy, let credentials,
            (try? await tell(flow, "connection.probed", ["connection": .string(row.id.raw)])) != nil,
            let credential = try? await credentials.credential(for: row.use, by: nil)
        else { return false }
        let lookup = AccountLookup(manifest: service.manifest, errands: connections.errands)
        guard let now = try? await lookup.account(of: credential) else { return false }
        return now.id == account.id || now.isByAddress && now.id.lowercased() == account.email?.lowercased()
    }
}

extension ConnectOffer {
    /// Whether the connection that it takes the place of is as it was when the person saw this.
    func replaces(account: String) -> Bool {
        if let before { return account == before.id }
        return account == self.account.id || account == knownAs
    }
}
