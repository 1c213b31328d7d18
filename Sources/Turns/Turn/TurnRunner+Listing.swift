import Authority
import Gate
import Wire

/// What a turn's requester may see of its agent now.
struct TurnListing {
    /// Empty where the agent can do nothing for them.
    var tools: [CallableTool] = []
    /// Why it can do nothing for them.
    var nothing: [Finding]?
    /// Why the turn ends here.
    var refusal: String?
}

extension TurnRunner {
    /// - Throws: while the gate can't say.
    func listing(for open: OpenTurn) async throws -> TurnListing {
        switch await gate.list(for: request(open, "", [:])) {
        case .tools(let tools): return TurnListing(tools: tools)
        case .nothing(let findings) where findings.contains { $0.layer == .standing }:
            return TurnListing(refusal: "Nothing can be done for you now.")
        case .nothing(let findings): return TurnListing(nothing: findings)
        case .noSuchAgent: return TurnListing(refusal: "You can't use this agent.")
        case .unavailable(let reason): throw CommitError.unavailable(reason)
        }
    }
}
