import Authority

/// One task for each account that is wanted, for as long as what it was begun for stays the same.
struct AccountWatches<Wanted: Hashable & Sendable>: Sendable {
    /// Waits between two looks.
    let pause: @Sendable (Duration) async -> Void
    /// What is wanted now; nil when it can't be read, and then everything stays as it is.
    let wanted: @Sendable () async -> [ChannelAccountID: Wanted]?
    /// Attends to one account until it is cancelled; nil for one that nothing attends to.
    let watch: @Sendable (Wanted) -> Task<Void, Never>?
    /// Called when an account isn't attended to any more.
    var ended: @Sendable (ChannelAccountID) -> Void = { _ in }

    private static var look: Duration { .seconds(1) }

    /// Runs until cancelled.
    func run() async {
        var watches: [ChannelAccountID: (wanted: Wanted, task: Task<Void, Never>)] = [:]
        while !Task.isCancelled {
            if let wanted = await wanted() {
                for (id, watch) in watches where wanted[id] != watch.wanted {
                    await end(watch.task, of: id)
                    watches[id] = nil
                }
                for (id, wanted) in wanted where watches[id] == nil {
                    watches[id] = watch(wanted).map { (wanted, $0) }
                }
            }
            await pause(Self.look)
        }
        for watch in watches.values { watch.task.cancel() }
        for (id, watch) in watches { await end(watch.task, of: id) }
    }

    private func end(_ task: Task<Void, Never>, of id: ChannelAccountID) async {
        task.cancel()
        await task.value
        ended(id)
    }
}
