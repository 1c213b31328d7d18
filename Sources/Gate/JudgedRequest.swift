import Authority
import Wire

/// One request with its decision, and with everything that the decision stood on.
struct JudgedRequest {
    let request: ToolCallRequest
    let authority: AuthorityFacts
    let tool: CallableTool
    let gathered: GatheredFacts
    let decision: Decision
    /// The one connection that the call would use.
    let use: ConnectionUse?
    /// What makes two calls the same effect: everything but the connection's secret.
    let digest: Digest

    init(
        _ request: ToolCallRequest, _ authority: AuthorityFacts, _ tool: CallableTool, _ gathered: GatheredFacts,
        _ decision: Decision
    ) {
        self.request = request
        self.authority = authority
        self.tool = tool
        self.gathered = gathered
        self.decision = decision
        let owner = gathered.owner
        use = gathered.candidates.first { $0.facts.id == decision.connection && $0.facts.owner == owner }
        let value: JSON = [
            "organization": .string(request.organization.raw),
            "agent": .string(request.agent.raw),
            "requester": .string(request.requester.text),
            "tool": .string(request.tool),
            "arguments": .object(gathered.arguments),
            "connection": use.map { .string($0.facts.id.raw) } ?? .null,
        ]
        digest = value.digest
    }

    /// The same request, decided with somebody's agreement.
    func decided(with evidence: [Evidence]) -> JudgedRequest {
        var agreed = gathered.request
        agreed.evidence = evidence
        return JudgedRequest(request, authority, tool, gathered, decide(agreed, gathered.mandate))
    }

    var parked: ParkedCall {
        ParkedCall(
            organization: request.organization, agent: request.agent, requester: request.requester,
            client: request.client, trigger: request.trigger, tool: request.tool, effect: tool.spec.effect,
            principal: decision.principal)
    }

    var binding: CallBinding {
        CallBinding(
            definition: authority.definition, pin: tool.pin, connection: use?.facts.id, account: use?.facts.account)
    }

    /// Equal for the same call by the same client, by which a repeat finds its approval.
    var asked: Digest {
        JSON.array([.string(digest.hex), .string(request.client.raw)]).digest
    }

    /// Over the call and what it stands on: what an approver's answer is to.
    var shown: Digest { shown(on: binding) }

    /// Whether this is what was shown, under the name that the account has now, or under the one that the same grant was known
    /// by before its provider gave the whole one.
    func isShown(by digest: Digest) -> Bool { bindings.contains { shown(on: $0) == digest } }

    /// Whether it stands on what that one stood on.
    func stands(on earlier: CallBinding) -> Bool { bindings.contains(earlier) }

    private var bindings: [CallBinding] {
        guard let former = use?.facts.formerAccount else { return [binding] }
        let before = CallBinding(
            definition: binding.definition, pin: binding.pin, connection: binding.connection, account: former)
        return [binding, before]
    }

    private func shown(on binding: CallBinding) -> Digest {
        JSON.array([.string(digest.hex), .string(request.client.raw), parked.json, binding.json]).digest
    }

    /// Who would receive, as the call names them.
    var destinations: Set<String> {
        Set((gathered.request.facets?.destinations ?? []).map(\.text))
    }

    /// The obligations that nobody has met yet.
    var open: [Obligation] {
        switch decision.verdict {
        case .ask(let findings):
            findings.compactMap { finding in
                switch finding.kind {
                case .obligation(let obligation): obligation
                case .denial, .need: nil
                }
            }
        case .permit, .connect, .deny: []
        }
    }
}

extension Destination {
    var text: String {
        switch self {
        case .insider(let person): "person:\(person)"
        case .outsider(let address): address
        }
    }
}
