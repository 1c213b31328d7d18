public import Authority
import Ledger
import Wire

/// Where people answer. Only a person in their own browser session reaches it; nothing that an agent or its client holds
/// does, and no operator.
public struct ApprovalDesk: Sendable {
    let gate: ActionGate

    public init(gate: ActionGate) {
        self.gate = gate
    }

    /// What waits for this person's answer, newest first.
    public func waiting(
        for person: PersonID, in organization: OrganizationID
    ) async throws(ApprovalError) -> [ApprovalCard] {
        let now = gate.world.now()
        var cards: [ApprovalCard] = []
        for approval in try await read({
            try await gate.approvals.approvals(in: organization, pending: true, limit: 10_000)
        }) where approval.approvers.contains(person) && approval.state == .waiting && now < approval.expires {
            if let card = try await card(of: approval) { cards.append(card) }
        }
        return cards
    }

    /// What this person may see of the organization's approvals, decided ones too: those that they could answer and those
    /// that they asked for. Newest first.
    public func history(
        of person: PersonID, in organization: OrganizationID, limit: Int = 100
    ) async throws(ApprovalError) -> [Approval] {
        try await read { try await gate.approvals.approvals(in: organization, pending: false, limit: 1_000) }
            .filter { $0.approvers.contains(person) || $0.call.requester.person == person }.prefix(limit).map { $0 }
    }

    /// One approval that is this person's to answer, or was.
    public func card(
        _ id: ApprovalID, for person: PersonID, in organization: OrganizationID
    ) async throws(ApprovalError) -> ApprovalCard {
        guard let card = try await card(of: try await approval(id, for: person, in: organization)) else {
            throw .unknown
        }
        return card
    }

    /// Windows that this person opened, newest first.
    public func windows(
        of person: PersonID, in organization: OrganizationID
    ) async throws(ApprovalError) -> [GrantWindow] {
        try await read { try await gate.approvals.windows(in: organization, open: false, limit: 10_000) }
            .filter { $0.by == person }
    }

    func approval(
        _ id: ApprovalID, for person: PersonID, in organization: OrganizationID
    ) async throws(ApprovalError) -> Approval {
        let found = try await read { try await gate.approvals.approval(id) }
        guard let found, found.call.organization == organization, found.approvers.contains(person) else {
            throw .unknown
        }
        return found
    }

    private func card(of approval: Approval) async throws(ApprovalError) -> ApprovalCard? {
        let arguments = try await read { try await gate.payloads.open(approval.argumentsPayload)?.objectValue }
        guard let arguments else { return nil }
        let request = approval.call.request(arguments)
        let judging = try await read { try await gate.judge(request, concurrent: 0) }
        switch judging {
        case .refused:
            // Judging has read the tools anew.
            let tool = gate.shelves.current.find(approval.call.tool)?.tool
            return ApprovalCard(approval, tool, arguments, judged: nil)
        case .judged(let judged): return ApprovalCard(approval, judged.tool, arguments, judged: judged)
        }
    }

    func read<Value>(_ body: () async throws -> Value) async throws(ApprovalError) -> Value {
        do {
            return try await body()
        } catch {
            throw .unavailable("the gateway can't read its own state")
        }
    }
}

extension ApprovalCard {
    init(_ approval: Approval, _ tool: CallableTool?, _ arguments: JSONObject, judged: JudgedRequest?) {
        self.approval = approval
        title = tool?.title ?? approval.call.tool
        destinations = (judged?.gathered.request.facets?.destinations ?? []).map { destination in
            switch destination {
            case .insider(let person): Destination(text: person.raw, isOutside: false)
            case .outsider(let address): Destination(text: address, isOutside: true)
            }
        }
        let all = arguments.members.map { Argument(name: $0.key, role: tool?.roles[$0.key], value: $0.value) }
        self.arguments = all.filter { $0.role == .destination } + all.filter { $0.role != .destination }
        account = approval.binding.account
        accountOwner = judged?.use?.facts.owner
        provider = tool?.spec.provider ?? ProviderID(String(approval.call.tool.prefix { $0 != "." }))
        switch approval.state {
        case .waiting:
            findings = judged?.decision.decisive ?? []
            obstacle = judged != nil ? nil : tool == nil ? .toolMissing : .notPossible
        case .approved, .spent, .answered, .delivered, .denied, .expired, .void, .replaced:
            findings = []
            obstacle = nil
        }
        labels = judged?.gathered.labels ?? .fresh
        actsAs = judged?.gathered.mandate.definition.actsAs
    }
}
