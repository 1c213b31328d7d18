extension Oracle {
    /// Somebody answered an approval.
    ///
    /// - Parameters:
    ///   - isTaken: nil when they weren't told.
    ///   - begun, ended: by the number of jobs that had run.
    func answered(_ approval: String, _ verb: ApprovalRegister.Verb, isTaken: Bool?, begun: Int, ended: Int) {
        note(
            approval,
            Operation(
                ApprovalRegister.Action(verb, isTaken: isTaken), begun: begun, ended: isTaken == nil ? nil : ended))
    }

    /// It became durable that something happened to an approval by itself.
    func happened(to approval: String, _ verb: ApprovalRegister.Verb, at moment: Int) {
        note(approval, Operation(ApprovalRegister.Action(verb, isTaken: true), begun: moment, ended: moment))
    }

    /// Something was taken away on which approvals of this organization may have stood.
    func mayHaveEnded(in organization: String, at moment: Int) {
        for (id, ask) in picture.approvals where ask.organization == organization {
            note(id, Operation(ApprovalRegister.Action(.end, isTaken: nil), begun: moment, ended: nil))
        }
    }

    private func note(_ approval: String, _ operation: Operation<ApprovalRegister.Action>) {
        picture.histories[approval, default: []].append(operation)
    }

    /// Whether some order explains what everybody was told of each approval.
    func checkHistories() {
        for (id, history) in picture.histories {
            guard let ask = picture.approvals[id], ask.needs.count == 1, history.count <= 64 else { continue }
            let first: ApprovalRegister = ask.wasAgreed ? .approved : .waiting
            check(isLinearizable(history, from: first), .linear, "\(id): \(history)")
        }
    }
}
