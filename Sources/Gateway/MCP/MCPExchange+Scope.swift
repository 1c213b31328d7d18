import Authority
import Gate
import Registry
import Wire

/// A client that its person lets do less than a call needs (MCP authorization, "Scope Challenge Handling"): it is told what
/// would be enough, which is what its token may do and the one effect that is missing, and can ask its person for it.
extension MCPExchange {
    /// The refusal, where nothing else stands in the way; nil for a token that was made by hand, which nobody can widen.
    func scopeRefusal(_ answer: Answer, _ id: RPCID) -> MCPRefusal? {
        guard client.audience != nil, case .deny(let findings) = answer, !findings.isEmpty,
            findings.allSatisfy({ $0.rule == .clientCeiling }),
            let effect = findings.first?.names.first.flatMap(Effect.init(rawValue:))
        else { return nil }
        return .missingScope(
            effect, id: id,
            challenge: server.challenge(
                resource, error: "insufficient_scope",
                scope: client.ceiling.intersection(client.allowed).union(EffectSet(effect))))
    }
}
