public import Authority
public import Wire

/// Where a person says what became of a call of which nobody knows whether it happened: whoever could have agreed to it, for
/// they can look at the account that it was made with.
public struct UnknownCallDesk: Sendable {
    let gate: ActionGate
    let calls: any OpenCalls
    let mandate: @Sendable (AgentID, OrganizationID) async throws -> Mandate?

    /// - Parameter mandate: an agent's, as it is now; nil when there is no such agent.
    public init(
        gate: ActionGate, calls: any OpenCalls,
        mandate: @escaping @Sendable (AgentID, OrganizationID) async throws -> Mandate?
    ) {
        self.gate = gate
        self.calls = calls
        self.mandate = mandate
    }

    /// Those that this person can say something of, oldest first.
    public func cards(
        for person: PersonID, in organization: OrganizationID
    ) async throws(ApprovalError) -> [UnknownCallCard] {
        var cards: [UnknownCallCard] = []
        do {
            for call in try await gate.unknownCalls(in: organization, of: calls) {
                guard let requester = try await requester(of: call, askedBy: person) else { continue }
                let arguments = try await gate.payloads.open("\(call.id)/arguments")?.objectValue
                cards.append(
                    UnknownCallCard(
                        call: call, requester: requester,
                        title: gate.shelves.current.find(call.tool)?.1.title ?? call.tool,
                        arguments: arguments))
            }
        } catch {
            throw .unavailable("the gateway can't read its own state")
        }
        return cards
    }

    /// From then on an identical call is a new one.
    ///
    /// - Throws: ``ApprovalError/unknown`` for what isn't theirs to say, or is said already.
    public func settle(
        _ id: CallID, happened: Bool, by person: PersonID, in organization: OrganizationID
    ) async throws(ApprovalError) {
        do {
            guard let call = try await calls.openCall(id), call.organization == organization, call.state == .unknown
            else { throw ApprovalError.unknown }
            let unmoved = await gate.commits.readings(
                of: [.agent(organization, call.agent), .person(organization, person)])
            guard try await requester(of: call, askedBy: person) != nil else { throw ApprovalError.unknown }
            try await gate.settle(
                id, happened: happened, by: Requester.person(person).text, in: organization, of: calls, under: unmoved)
        } catch let error as ApprovalError {
            throw error
        } catch CommitError.exists {
            throw .unknown
        } catch CommitError.moved {
            throw .changed
        } catch {
            throw .unavailable("the store can't write")
        }
    }

    /// Nil for a person who isn't told of this call.
    private func requester(of call: OpenCall, askedBy person: PersonID) async throws -> Requester? {
        guard let requester = Requester(text: call.requester),
            let mandate = try await mandate(call.agent, call.organization)
        else { return nil }
        return mandate.approvers(for: requester).contains(person) ? requester : nil
    }
}

/// A call of which nobody knows whether it happened, as somebody is shown it who can look.
public struct UnknownCallCard: Sendable {
    public let call: OpenCall
    public let requester: Requester
    public let title: String
    /// Nil when they were erased.
    public let arguments: JSONObject?
}
