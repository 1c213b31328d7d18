import Authority

/// A second evaluation of the rules, to hold `decide` against. It is written for the reader and nobody else: for every
/// question it walks the definition's own lists and compares strings. It never touches what the compiler made, and calls
/// no helper of the value types that holds a rule (`isSink`, `effects`, `destinationClass`, …), so that a wrong helper
/// is found too.
struct NaiveEvaluation {
    let definition: AgentDefinition
    let catalogue: ToolCatalogue
    let request: Request
    let tool: ToolSpec
    /// A rule that is broken on purpose, to see that the comparison notices.
    let fault: Fault?
    private(set) var findings: Set<NaiveFinding> = []

    static func answer(
        _ request: Request, _ definition: AgentDefinition, _ catalogue: ToolCatalogue, fault: Fault? = nil
    ) -> NaiveAnswer {
        var evaluation = NaiveEvaluation(
            definition: definition, catalogue: catalogue, request: request, tool: catalogue[request.tool], fault: fault)
        evaluation.standing()
        evaluation.access()
        evaluation.hardBlocks()
        evaluation.toolPolicy()
        evaluation.tier()
        evaluation.flow()
        let connection = evaluation.credential()
        evaluation.oversight()
        evaluation.budget()
        return evaluation.answer(with: connection)
    }

    private init(
        definition: AgentDefinition, catalogue: ToolCatalogue, request: Request, tool: ToolSpec, fault: Fault?
    ) {
        self.definition = definition
        self.catalogue = catalogue
        self.request = request
        self.tool = tool
        self.fault = fault
    }

    private func answer(with connection: ConnectionID?) -> NaiveAnswer {
        let denials = findings.filter { $0.kind == .denial }
        let needs = findings.filter { $0.kind == .need }
        let open = findings.filter { $0.kind == .obligation && !isDischarged($0) }
        let (verdict, decisive) =
            if !denials.isEmpty {
                ("deny", denials)
            } else if !needs.isEmpty {
                ("connect", needs)
            } else if !open.isEmpty {
                ("ask", open)
            } else {
                ("permit", [])
            }
        return NaiveAnswer(
            verdict: verdict, connection: verdict == "permit" ? connection : nil, principal: principal,
            findings: findings, decisive: decisive)
    }

    private func isDischarged(_ obligation: NaiveFinding) -> Bool {
        for evidence in request.evidence {
            if obligation.accepts.contains(evidence.kind), obligation.approvers.contains(evidence.by) { return true }
        }
        if let order, obligation.accepts.contains(.order), obligation.approvers.contains(order.order.principal) {
            return true
        }
        return false
    }

    // Noting what was found

    mutating func deny(_ rule: Rule) { note(NaiveFinding(rule: rule, kind: .denial)) }

    mutating func need(_ rule: Rule) { note(NaiveFinding(rule: rule, kind: .need)) }

    mutating func oblige(_ rule: Rule, _ approvers: [PersonID], by accepts: [Evidence.Kind]) {
        note(NaiveFinding(rule: rule, kind: .obligation, approvers: Set(approvers), accepts: Set(accepts)))
    }

    private mutating func note(_ finding: NaiveFinding) {
        if fault == .forgets(finding.rule) { return }
        findings.insert(finding)
    }

    // What several layers ask

    /// On whose behalf.
    var principal: PersonID? {
        switch definition.actsAs {
        case .none, .claw: return nil
        case .assistant: return person
        case .delegate:
            if let person, definition.principals.contains(person) { return person }
            let all = Array(definition.principals)
            return all.count == 1 ? all[0] : nil
        }
    }

    /// The requester, where it is a person.
    var person: PersonID? {
        if case .person(let person) = request.requester { person } else { nil }
    }

    /// Whether one of the written names, globs or groups means the tool.
    func mentions(_ patterns: [String], _ tool: ToolSpec) -> Bool {
        patterns.contains { means($0, tool.name, groups: catalogue.groups) }
    }
}

/// Whether a name, glob or group means the tool of that name; by recursion, as slow as it is plain.
func means(_ pattern: String, _ name: String, groups: [String: [String]]) -> Bool {
    if let members = groups[pattern] { return members.contains(name) }
    return matches(Array(pattern.utf8)[...], Array(name.utf8)[...])
}

private func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return name.isEmpty }
    if first == UInt8(ascii: "*") {
        return matches(pattern.dropFirst(), name) || (!name.isEmpty && matches(pattern, name.dropFirst()))
    }
    return name.first == first && matches(pattern.dropFirst(), name.dropFirst())
}
