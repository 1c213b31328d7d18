import Authority
import Definition
import Gate
import OAuth

extension TokenKeeper {
    /// Renews what is due, each provider's at its own pace.
    ///
    /// - Returns: how many were looked at; `limit` of them mean that more may be due.
    public func renewDue(limit: Int = 200) async throws -> Int {
        let ids = try await store.tokensDue(by: world.now(), limit: limit)
        var lanes: [ProviderID: [ConnectionUse]] = [:]
        for id in ids {
            guard let record = try await store.connection(id), record.health == .healthy else { continue }
            lanes[record.provider, default: []].append(record.use)
        }
        await withTaskGroup(of: Void.self) { group in
            for (provider, uses) in lanes {
                let width = providers.manifest(of: provider)?.oauth?.refresh.concurrency ?? 1
                group.addTask { await self.renew(uses, width: width) }
            }
        }
        return ids.count
    }

    private func renew(_ uses: [ConnectionUse], width: Int) async {
        await withTaskGroup(of: Void.self) { group in
            for (number, use) in uses.enumerated() {
                if number >= width { _ = await group.next() }
                group.addTask {
                    // Others may have been quicker since the list was made.
                    guard let tokens = try? await self.store.tokens(of: use.facts.id), self.isStale(tokens) else {
                        return
                    }
                    _ = await self.renewed(use, beyond: tokens.generation)
                }
            }
        }
    }
}
