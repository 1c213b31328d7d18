import Glibc

/// Sends every job that the calling thread makes to one queue. Jobs of other threads go where they always go, so that
/// simulations and other tests can share a process.
///
/// Tasks without an actor are enqueued through `swift_task_enqueueGlobal`, which the runtime lets a process replace
/// (`swift/Runtime/Concurrency.h`); unstructured tasks don't inherit a task's executor, so nothing milder catches them.
enum JobHook {
    private typealias Original = @convention(thin) (UnownedJob) -> Void
    private typealias Hook = @convention(thin) (UnownedJob, Original) -> Void

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    private static let isInstalled: Bool = {
        guard let symbol = dlsym(dlopen(nil, RTLD_LAZY), "swift_task_enqueueGlobal_hook") else { return false }
        symbol.assumingMemoryBound(to: Hook?.self).pointee = { job, original in
            guard let queue = JobHook.current else { return original(job) }
            queue.add(job)
        }
        return true
    }()

    private static var current: JobQueue? {
        pthread_getspecific(key).map { Unmanaged<JobQueue>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Runs the body with this thread's jobs going to the queue.
    static func with<Value>(_ queue: JobQueue, _ body: () -> Value) -> Value {
        guard isInstalled else {
            fatalError(
                "no `swift_task_enqueueGlobal_hook` to be found: another Swift runtime, or one that is linked in statically"
            )
        }
        return withExtendedLifetime(queue) {
            pthread_setspecific(key, Unmanaged.passUnretained(queue).toOpaque())
            defer { pthread_setspecific(key, nil) }
            return body()
        }
    }
}
