import Authority
import Gate

extension TurnRunner {
    func seen(by session: SessionKey) async throws -> Labels {
        try await store.state(of: session)?.labels(at: world.now()) ?? .fresh
    }

    /// Has a session remember what stands before the model: it may have forgotten it in twelve idle hours, while a turn waited
    /// or nobody wrote.
    ///
    /// - Returns: all that the session has seen.
    @discardableResult
    func cover(_ labels: Labels, in session: SessionKey) async throws -> Labels {
        let seen = try await seen(by: session)
        let all = seen.joined(with: labels)
        guard all != seen else { return seen }
        try await store.commit(
            Transaction(bumps: [.session(session)], changes: [GateChange.saw(session, all, at: world.now())]))
        return all
    }
}
