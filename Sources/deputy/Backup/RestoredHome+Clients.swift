import Authority
import Gate
import Registry
import Storage
import Wire

extension RestoredHome {
    /// A client that was revoked since stays so, and none has its wider ceiling back. Their tokens are void in any case.
    func keepOut(_ old: TakenAway?, _ end: inout Transaction) async throws {
        for known in old?.clients ?? [] {
            let now = try await home.store.oauthClient(known.id, in: home.organization)
            guard now != nil || known.isRevoked else { continue }
            let kept = (now ?? known).narrowed(as: known)
            guard kept != now else { continue }
            end.changes.append(now == nil ? OAuthChange.addClient(kept) : .replaceClient(kept))
            end.leaves.append(
                try leaf(
                    [
                        "change": known.isRevoked ? "client.revoked" : "client.ceiling", "by": .string(Self.by),
                        "client": .string(known.id.raw), "because": "it was so before the restore",
                        "ceiling": .array(kept.ceiling.words.map { .string($0) }),
                    ], in: .organization(home.organization)))
        }
    }
}
