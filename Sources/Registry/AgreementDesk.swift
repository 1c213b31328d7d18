public import Authority
import Gate
import Ledger
public import Wire

/// What a person agreed that an assistant does with their accounts, against what it would do now.
public struct AgreementDifference: Sendable {
    public let agent: AgentID
    public let agreed: [Capability]
    /// What it would do besides.
    public let new: [Capability]
    /// Over both: what a yes on a page is to.
    public let shown: Digest

    init(_ agent: AgentID, agreed: Set<Capability>, now: Set<Capability>) {
        self.agent = agent
        self.agreed = agreed.intersection(now).sorted()
        new = now.subtracting(agreed).sorted()
        let value: JSON = [
            "agent": .string(agent.raw), "agreed": .array(self.agreed.map { .string($0.sentence) }),
            "new": .array(new.map { .string($0.sentence) }),
        ]
        shown = value.digest
    }
}

extension Capability {
    /// `send at slack towards outsiders`, with the host that it goes to.
    public var sentence: String {
        let towards: String =
            switch destinations {
            case .nobody: ""
            case .insiders: " towards people of the organization"
            case .outsiders: " towards anybody outside"
            }
        return "\(effect.rawValue) at \(provider)\(towards) (\(host))"
    }
}

extension [Capability] {
    fileprivate func sorted() -> [Capability] { sorted { $0.sentence < $1.sentence } }
}

extension Set<Capability> {
    fileprivate func sorted() -> [Capability] { Array(self).sorted() }
}

/// Where a person agrees to what an assistant does with their accounts. Only in their own browser session.
public struct AgreementDesk: Sendable {
    let administration: Administration

    public init(administration: Administration) {
        self.administration = administration
    }

    /// The assistants that this person may use, each with what they agreed to.
    public func differences(
        for person: PersonID, in organization: OrganizationID
    ) async throws(RegistryError) -> [AgreementDifference] {
        var found: [AgreementDifference] = []
        for view in try await administration.agents(in: organization) {
            guard try await isAssistant(view, for: person, organization) else { continue }
            found.append(try await difference(view, person, organization))
        }
        return found
    }

    /// Agrees to exactly what was shown.
    ///
    /// - Throws: `refused` when the assistant has changed since.
    public func agree(
        to agent: AgentID, by person: PersonID, in organization: OrganizationID, shown: Digest
    ) async throws(RegistryError) {
        // What ends a person's use bumps their epoch: an agreement can't outlive it by coming later.
        let unmoved = await [
            administration.reading(.agent(organization, agent)), administration.reading(.person(organization, person)),
        ]
        let view = try await administration.agent(agent, in: organization)
        guard try await isAssistant(view, for: person, organization) else {
            throw RegistryError(.unknown, "there is no such assistant for you")
        }
        let difference = try await difference(view, person, organization)
        guard difference.shown == shown else {
            throw RegistryError(
                .refused, "`\(agent)` has changed since you looked", hint: "look at what is new, and answer again")
        }
        let record = AgreementRecord(
            organization: organization, person: person, agent: agent, capabilities: view.mandate.capabilities,
            at: administration.world.now())
        try await administration.commit(
            Transaction(
                requires: unmoved, bumps: [.person(organization, person)], changes: [RegistryChange.agree(record)],
                leaves: [
                    try administration.leaf(
                        [
                            "change": "agreement.widened", "by": .string("person:\(person)"),
                            "agent": .string(agent.raw), "shown": .string(shown.hex),
                            "new": .array(difference.new.map { .string($0.sentence) }),
                        ], in: organization)
                ]))
    }

    private func difference(
        _ view: AgentView, _ person: PersonID, _ organization: OrganizationID
    ) async throws(RegistryError) -> AgreementDifference {
        let agreed = try await administration.read {
            try await administration.store.agreement(of: person, with: view.record.id, in: organization)
        }
        return AgreementDifference(
            view.record.id, agreed: agreed?.capabilities ?? [], now: view.mandate.capabilities)
    }

    private func isAssistant(
        _ view: AgentView, for person: PersonID, _ organization: OrganizationID
    ) async throws(RegistryError) -> Bool {
        guard view.definition.actsAs == .assistant,
            try await administration.person(person, in: organization).standing == .active
        else { return false }
        return try await administration.rights(of: person, on: view.record.id, in: organization).contains(.use)
    }
}
