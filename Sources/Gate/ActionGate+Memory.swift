public import Authority

extension ActionGate {
    /// What a turn may be shown of what its agent remembers, without having asked for it. Nil unless this tool, which recalls,
    /// would be permitted now. Nothing is recorded.
    ///
    /// - Parameter request: a call of the tool.
    public func memory(for request: ToolCallRequest) async throws -> MemoryScope? {
        switch try await judge(request, concurrent: 0) {
        case .refused: return nil
        case .judged(let judged):
            switch judged.decision.verdict {
            case .permit: return judged.gathered.mandate.memory(for: request.requester, through: request.client)
            case .ask, .connect, .deny: return nil
            }
        }
    }
}
