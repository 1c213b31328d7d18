import Synchronization

/// A check of readiness that is answered for when it takes too long. It isn't begun anew before it has ended.
final class BoundedCheck: Sendable {
    let name: String
    private let limit: Duration
    private let check: @Sendable () async -> Readiness.Finding
    private let running = Mutex<Task<Readiness.Finding, Never>?>(nil)

    init(_ name: String, within limit: Duration, _ check: @escaping @Sendable () async -> Readiness.Finding) {
        self.name = name
        self.limit = limit
        self.check = check
    }

    func finding() async -> Readiness.Finding {
        let task = running.withLock { running in
            if let running { return running }
            let task = Task {
                let finding = await check()
                self.running.withLock { $0 = nil }
                return finding
            }
            running = task
            return task
        }
        let limit = limit
        return await withCheckedContinuation { continuation in
            let answer = FirstAnswer(continuation)
            let clock = Task {
                guard (try? await Task.sleep(for: limit)) != nil else { return }
                answer.give(.bad("nothing came of it within \(limit)"))
            }
            Task {
                answer.give(await task.value)
                clock.cancel()
            }
        }
    }
}

private final class FirstAnswer: Sendable {
    private let waiting: Mutex<CheckedContinuation<Readiness.Finding, Never>?>

    init(_ continuation: CheckedContinuation<Readiness.Finding, Never>) { waiting = Mutex(continuation) }

    func give(_ finding: Readiness.Finding) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: finding)
    }
}
