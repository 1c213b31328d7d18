import Authority
import Broker
import Gate
import Registry
import Storage
import Wire

extension RestoredHome {
    /// A login that was unlinked since, or became another person's, signs nobody in; nor does a provider that was removed.
    ///
    /// - Returns: how many logins were unlinked.
    func forgetLogins(_ old: TakenAway?, _ end: inout Transaction) async throws -> Int {
        guard let old else { return 0 }
        let gone = try await home.store.logins(in: home.organization).filter { old.logins[$0.login] != $0.person }
        for record in gone {
            end.changes.append(LoginChange.unlink(home.organization, record.login, record.person))
            end.leaves.append(
                try leaf(
                    [
                        "change": "login.unlinked", "by": .string(Self.by), "person": .string(record.person.raw),
                        "issuer": .string(record.login.issuer), "subject": .string(record.login.subject),
                        "because": "it was so before the restore",
                    ], in: .organization(home.organization)))
        }
        if let change = try await SignInDesk.narrowed(
            home.store, keys: home.keys, to: old.issuers, allowsLinks: old.allowsLinks)
        {
            end.changes.append(change)
        }
        return gone.count
    }
}
