import Authority
import Definition
import Gate
import OAuth
import Synchronization

extension TokenKeeper {
    /// Renews what is due, each provider's at its own pace. A provider whose renewals are under way still is left out: what is
    /// slow there holds nobody else up, as long as whoever calls this doesn't wait to call it again.
    ///
    /// - Parameter limit: how many of each provider.
    /// - Returns: how many were looked at, when all of them are done.
    @discardableResult
    public func renewDue(limit: Int = 200) async throws -> Int {
        let ids = try await store.tokensDue(by: world.lasting(), limit: limit)
        var lanes: [ProviderID: [ConnectionUse]] = [:]
        for id in ids {
            guard let record = try await store.connection(id), record.health == .healthy else { continue }
            lanes[record.provider, default: []].append(record.use)
        }
        let free = lanes.filter { provider, _ in busy.withLock { $0.insert(provider).inserted } }
        await withTaskGroup(of: Void.self) { group in
            for (provider, uses) in free {
                let width = providers.manifest(of: provider)?.oauth?.refresh.concurrency ?? 1
                group.addTask {
                    await self.renew(uses, width: width)
                    _ = self.busy.withLock { $0.remove(provider) }
                }
            }
        }
        return free.reduce(0) { $0 + $1.value.count }
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
                    if case .there = await self.renewed(use, beyond: tokens.generation) { await self.name(use) }
                }
            }
        }
    }
}
