import Authority

/// What became of a call that its caller named itself.
public enum CallFate: Sendable {
    /// Nothing of it was ever begun: it may be made, under the same id.
    case neverBegan
    /// It is under way here.
    case running
    /// It was begun, and nobody knows how it ended.
    case unknown
    case ended(Answer)
}

extension ActionGate {
    /// For a caller that lost sight of its own call, because it crashed.
    ///
    /// - Parameter id: one that was given as ``ToolCallRequest/call``.
    public func fate(of id: CallID, in calls: any OpenCalls) async throws -> CallFate {
        if inFlight.contains(id) { return .running }
        // The open row goes in the commit that keeps the answer, so the row is looked for first.
        if let open = try await calls.openCall(id) {
            return open.state == .open && inFlight.contains(id) ? .running : .unknown
        }
        if let stored = try await payloads.open(id.answerPayload) { return .ended(Answer(stored: stored, of: id)) }
        return .neverBegan
    }
}

extension CallID {
    var answerPayload: String { "\(raw)/answer" }
}
