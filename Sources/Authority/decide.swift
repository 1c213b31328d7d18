/// Decides one request under one mandate. Pure and total: no clock, no randomness, no I/O; the same values give the
/// same decision, whatever the order in which rules were written.
///
/// Any denial denies; else any need connects; else any open obligation asks; else it is permitted. Discharge is the only
/// step that lifts anything: it comes last, and lifts only obligations, by evidence of a kind that they accept.
public func decide(_ request: Request, _ mandate: Mandate) -> Decision {
    var judge = Judge(request: request, mandate: mandate)
    judge.standing()
    judge.access()
    judge.hardBlocks()
    judge.toolPolicy()
    judge.tier()
    judge.flow()
    let connection = judge.credential()
    judge.oversight()
    judge.budget()
    return judge.decision(with: connection)
}

/// Whether a tool may be shown to this requester: it isn't certain that every call would be denied.
public func mayBeListed(_ request: Request, _ mandate: Mandate) -> Bool {
    var unknown = request
    unknown.facets = nil
    return switch decide(unknown, mandate).verdict {
    case .permit, .ask, .connect: true
    case .deny: false
    }
}

/// The state of one decision: what is judged, and what was found so far.
struct Judge {
    let request: Request
    let mandate: Mandate
    let tool: ToolSpec
    let principal: PersonID?
    private(set) var findings: [Finding] = []

    init(request: Request, mandate: Mandate) {
        self.request = request
        self.mandate = mandate
        tool = mandate.catalogue[request.tool]
        principal = mandate.principal(for: request.requester)
    }

    mutating func deny(_ rule: Rule, _ names: String...) {
        findings.append(Finding(rule, .denial, names))
    }

    mutating func need(_ rule: Rule, _ names: String...) {
        findings.append(Finding(rule, .need, names))
    }

    mutating func oblige(_ rule: Rule, _ approvers: Set<PersonID>, by accepts: EvidenceKinds, _ names: String...) {
        findings.append(Finding(rule, .obligation(Obligation(approvers: approvers, accepts: accepts)), names))
    }

    func decision(with connection: ConnectionID?) -> Decision {
        let order = order
        return Decision(
            verdict: verdict(with: connection, under: order), principal: principal, connection: connection,
            order: order,
            findings: findings)
    }

    private func verdict(with connection: ConnectionID?, under order: StandingOrderFacts?) -> Verdict {
        if findings.isEmpty { return .permit(connection) }
        let denials = findings.filter { $0.kind == .denial }
        if !denials.isEmpty { return .deny(denials) }
        let needs = findings.filter { $0.kind == .need }
        if !needs.isEmpty { return .connect(needs) }
        var evidence = request.evidence
        if let order { evidence.append(Evidence(kind: .order, by: order.order.principal)) }
        let open = findings.filter { finding in
            switch finding.kind {
            case .denial, .need: true
            case .obligation(let obligation): !obligation.isDischarged(by: evidence)
            }
        }
        return open.isEmpty ? .permit(connection) : .ask(open)
    }
}
