import Synchronization

/// The one state of a store that several gateways may share.
final class MemoryBox: Sendable {
    private let state = Mutex(MemoryState())

    func withLock<Value: Sendable, Failure: Error>(
        _ body: (inout MemoryState) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try state.withLock { state throws(Failure) in try body(&state) }
    }
}
