import Broker
import Gate
import Logging
import ServiceLifecycle
import Storage

extension Composition {
    /// What a gateway does only where others share its store.
    var sharedServices: [any Service] {
        let store = home.store
        guard store.isShared else { return [] }
        return [
            EndlessService("listening") { [self, talk] in
                await store.listen { news in
                    if news.hasAnswers { wake() }
                    talk.hear(moved: news.moved, stopped: news.stopped)
                }
            },
            LeaseService(store: store, keeper: brokerage.keeper),
            KeysService(desk: upkeep.keys, store: store, log: log),
        ]
    }
}

/// Ends a gateway whose database went back, and one that others took for dead: nothing of it is committed any more, but for
/// new tokens that it holds. Started again, the latter gets a new lease.
private struct LeaseService: NamedService {
    let description = "lease"
    let store: SQLStore
    let keeper: TokenKeeper

    /// Longer than a token endpoint is waited for.
    private static let lastWords = Duration.seconds(30)

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if let error = store.wentBack { throw error }
                if store.hasLostLease {
                    await keeper.finish(within: LeaseService.lastWords)
                    throw CommandFailure(
                        .refused, StorageError.Code.leaseLost.rawValue,
                        "another gateway has taken over what this one had open",
                        hint: "start it again; if this happens often, the database is slow or hard to reach")
                }
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}
