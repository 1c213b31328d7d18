import Synchronization

/// Runs an async body to its end on the calling thread.
///
/// SQLite's statements don't wait for anything, so that code that is written once for both databases never really
/// suspends here. A body that waits for something else is given up where it stands, and its transaction with it: it mustn't
/// go on when another has the database.
enum Inline {
    static func run<Answer: Sendable>(_ body: @escaping @Sendable () async throws -> Answer) throws -> Answer {
        let executor = InlineExecutor()
        let answer = AnswerBox<Answer>()
        Task(executorPreference: executor) {
            do { answer.set(.success(try await body())) } catch { answer.set(.failure(error)) }
        }
        executor.drain()
        guard let result = answer.value else {
            throw StorageError(.unreadable, "code of the embedded store waited for something else")
        }
        return try result.get()
    }
}

private final class AnswerBox<Answer: Sendable>: Sendable {
    private let result = Mutex<Result<Answer, any Error>?>(nil)

    var value: Result<Answer, any Error>? { result.withLock { $0 } }

    func set(_ value: Result<Answer, any Error>) { result.withLock { $0 = value } }
}

private final class InlineExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    func drain() {
        while let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
