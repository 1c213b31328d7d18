import Authority
import Gate
import Wire

extension Stage {
    /// Somebody looks at what waits for them, and answers one of them: perhaps slowly, perhaps twice.
    func beginAnswer(at gateway: Gateway, _ given: inout SeededGenerator) {
        let (organization, person) = somebodyAsked(&given)
        let generator = Choices(given)
        let (universe, edits) = (universe, pursuit.edits)
        act(.answering) {
            let cards = try await gateway.desk.waiting(for: person, in: organization)
            guard !cards.isEmpty else { return }
            let card = cards[generator.below(cards.count)]
            for _ in 0..<generator.below(20) { await Task.yield() }
            let shown = JSON.object(JSONObject(card.arguments.map { ($0.name, $0.value) }))
            let (id, digest) = (card.approval.id, card.approval.digest)
            switch edits ? 1 : generator.below(8) {
            case 0:
                try await universe.answering(id, .deny) { () async throws(ApprovalError) in
                    try await gateway.desk.deny(id, by: person, in: organization, shown: digest, reason: "no")
                }
            case 1 where card.approval.call.tool == "gmail.tell":
                let arguments: JSONObject = ["to": .string("dana@\(organization).test"), "text": "edited"]
                let other = try await gateway.desk.edit(
                    id, by: person, in: organization, shown: digest, arguments: arguments)
                universe.oracle.shown(other, .object(arguments))
            case 2, 3:
                let window = WindowRequest(
                    scope: generator.pick([.arguments, .destinations]), uses: generator.pick([1, 2, nil]),
                    seconds: generator.pick([60, 600, 86_400]))
                universe.oracle.shown(id, shown)
                try await universe.answering(id, .agree) { () async throws(ApprovalError) in
                    try await gateway.desk.approve(
                        id, by: person, in: organization, shown: digest, window: window)
                }
            case 4:
                // Somebody else, who may not be asked at all, with what they can have guessed.
                let other = generator.pick(Cast.people(of: organization))
                try await universe.answering(id, .agree) { () async throws(ApprovalError) in
                    try await gateway.desk.approve(id, by: other, in: organization, shown: digest)
                }
            case _:
                universe.oracle.shown(id, shown)
                try await universe.answering(id, .agree) { () async throws(ApprovalError) in
                    try await gateway.desk.approve(id, by: person, in: organization, shown: digest)
                }
            }
            universe.note("\(person) answered \(id)")
        }
    }

    /// Mostly somebody for whom something waits.
    private func somebodyAsked(_ given: inout SeededGenerator) -> (OrganizationID, PersonID) {
        let organization = given.pick(Cast.organizations)
        let anybody = given.pick(Cast.people(of: organization))
        let number = given.below(1_000)
        let waiting = universe.oracle.picture.approvals.filter { !$0.value.isSpent && $0.value.yes.isEmpty }
            .sorted { $0.key < $1.key }
        guard number % 4 != 0, !waiting.isEmpty else { return (organization, anybody) }
        let ask = waiting[number % waiting.count].value
        guard let person = ask.needs.first?.sorted().first else { return (organization, anybody) }
        return (OrganizationID(ask.organization), PersonID(person))
    }

    func beginRevoking(at gateway: Gateway, _ given: inout SeededGenerator) {
        let organization = given.pick(Cast.organizations)
        let person = given.pick(Cast.people(of: organization))
        act(.answering) {
            let windows = try await gateway.desk.windows(of: person, in: organization)
            guard let open = windows.first(where: { $0.state == .open }) else { return }
            try await gateway.desk.revoke(open.id, by: person, in: organization)
        }
    }
}

extension Universe {
    /// Keeps what somebody did to an approval and was told.
    func answering(
        _ id: ApprovalID, _ verb: ApprovalRegister.Verb, _ body: () async throws(ApprovalError) -> Void
    ) async throws(ApprovalError) {
        let begun = queue.ran
        do throws(ApprovalError) {
            try await body()
            oracle.answered(id.raw, verb, isTaken: true, begun: begun, ended: queue.ran)
        } catch {
            switch error {
            case .decided: oracle.answered(id.raw, verb, isTaken: false, begun: begun, ended: queue.ran)
            case .unavailable: oracle.answered(id.raw, verb, isTaken: nil, begun: begun, ended: queue.ran)
            case .unknown, .changed, .void, .notEntitled, .noWindow, .invalid, .refused, .tooManyAsks: break
            }
            throw error
        }
    }
}
