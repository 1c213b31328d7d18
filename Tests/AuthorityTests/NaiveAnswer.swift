import Authority

/// One finding, without the words that explain it.
struct NaiveFinding: Hashable {
    enum Kind: Hashable {
        case denial, need, obligation
    }

    var rule: Rule
    var kind: Kind
    var approvers: Set<PersonID> = []
    var accepts: Set<Evidence.Kind> = []
}

/// What both evaluations have to agree on.
struct NaiveAnswer: Hashable {
    var verdict: String
    var connection: ConnectionID?
    var principal: PersonID?
    var findings: Set<NaiveFinding>
    var decisive: Set<NaiveFinding>
}

extension NaiveAnswer {
    /// The same, of the real decision.
    init(_ decision: Decision) {
        self.init(
            verdict: decision.verdict.name, connection: decision.connection, principal: decision.principal,
            findings: Set(decision.findings.map(NaiveFinding.init)),
            decisive: Set(decision.decisive.map(NaiveFinding.init)))
    }
}

extension NaiveFinding {
    init(_ finding: Finding) {
        switch finding.kind {
        case .denial: self.init(rule: finding.rule, kind: .denial)
        case .need: self.init(rule: finding.rule, kind: .need)
        case .obligation(let obligation):
            let kinds: [(EvidenceKinds, Evidence.Kind)] = [
                (.approval, .approval), (.window, .window), (.order, .order),
            ]
            self.init(
                rule: finding.rule, kind: .obligation, approvers: obligation.approvers,
                accepts: Set(kinds.filter { obligation.accepts.contains($0.0) }.map(\.1)))
        }
    }
}

extension Decision {
    /// The connection of a permit.
    var connection: ConnectionID? {
        if case .permit(let connection) = verdict { connection } else { nil }
    }

    /// The rules that made the verdict what it is.
    var decisiveRules: Set<Rule> { Set(decisive.map(\.rule)) }
}
