import Dispatch

/// Runs what blocks — a key derivation, a token — on a thread that isn't the tasks'.
public func onOwnThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws(VaultError) -> Value
) async throws(VaultError) -> Value {
    let result = await withCheckedContinuation {
        (continuation: CheckedContinuation<Result<Value, VaultError>, Never>) in
        DispatchQueue.global(qos: .userInitiated).async {
            continuation.resume(returning: Result { () throws(VaultError) in try body() })
        }
    }
    return try result.get()
}
