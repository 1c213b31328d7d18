public import Authority
public import Broker
import Definition
import Gate
public import Registry
import Wire

/// Which connections an agent needs of whom, and with which permissions: what the registry knows, for the ways that lead to
/// a provider.
public struct ConnectGuide: Sendable {
    public let desk: ConnectDesk
    let administration: Administration
    let workspaces: Workspaces

    public init(desk: ConnectDesk, administration: Administration, workspaces: Workspaces) {
        self.desk = desk
        self.administration = administration
        self.workspaces = workspaces
    }

    /// The connection that fills a slot for this person; nil where it isn't theirs to make.
    func aim(of slot: Slot, at view: AgentView, for person: PersonID) -> ConnectAim? {
        let owner: Owner
        switch slot.owner {
        case .agent:
            guard view.definition.owner == person else { return nil }
            owner = .agent(view.record.id)
        case .person:
            guard view.mandate.owner(of: slot, for: .person(person)) == .person(person) else { return nil }
            owner = .person(person)
        }
        return ConnectAim(
            organization: view.record.organization, person: person, owner: owner, agent: view.record.id,
            provider: slot.provider)
    }

    /// What a connection must fit, read now.
    ///
    /// - Throws: `RegistryError` for an agent that gets no account yet.
    func party(of aim: ConnectAim) async throws -> ConnectParty {
        let unmoved = await administration.readings(of: NewConnection.scopes(of: aim.owner, in: aim.organization))
        var agentOwner: PersonID?
        switch aim.owner {
        case .person, .organization: break
        case .agent(let agent):
            let view = try await administration.agent(agent, in: aim.organization)
            try requireFit(view)
            guard view.definition.owner == aim.person else {
                throw RegistryError(
                    .refused, "`\(agent)` has another owner now", hint: "its owner connects its accounts")
            }
            agentOwner = view.definition.owner
        }
        let people = try await administration.people(in: aim.organization)
        return ConnectParty(
            agentOwner: agentOwner,
            people: people.map { PersonClaim(person: $0.id, email: $0.email, subjects: $0.subjects) }, under: unmoved)
    }

    /// Else an account could come first, and the delegate's identity after it.
    func requireFit(_ view: AgentView) throws(RegistryError) {
        let agent = view.record.id
        guard view.definition.actsAs != nil else {
            throw RegistryError(
                .refused, "`\(agent)` has no identity, so it gets no account",
                hint: "`deputy agents set-identity \(agent) assistant|claw|delegate`")
        }
        let gaps = view.hardeningGaps(workspaces.read(agent))
        guard gaps.isEmpty else {
            throw RegistryError(
                .refused,
                "`\(agent)` is a delegate and gets no account yet: " + gaps.map(\.what).joined(separator: "; "),
                hint: gaps.map(\.wayOut).joined(separator: "; "))
        }
    }

    /// The permissions that the tools need which go through this connection: of the agent that it is for, or of every agent
    /// that the person may use.
    func needed(for aim: ConnectAim) async throws(RegistryError) -> Set<String> {
        let views: [AgentView]
        switch (aim.agent, aim.owner) {
        case (nil, .organization): views = []
        case (let agent?, _), (nil, .agent(let agent)):
            views = [try await administration.agent(agent, in: aim.organization)]
        case (nil, .person): views = try await usable(by: aim.person, in: aim.organization)
        }
        let lacked = try await lacked(aim)
        return views.reduce(into: []) { scopes, view in
            for tool in view.mandate.allowedTools where tool.provider == aim.provider {
                guard let index = view.mandate.catalogue.index(of: tool.name), let slot = view.mandate.slot(of: index),
                    self.aim(of: slot, at: view, for: aim.person)?.owner == aim.owner
                else { continue }
                scopes.formUnion(tool.scopes)
                scopes.formUnion(lacked.intersection(tool.mayNeed))
            }
        }
    }

    /// What the provider has said that calls through the owner's connections lack.
    private func lacked(_ aim: ConnectAim) async throws(RegistryError) -> Set<String> {
        do throws(ConnectError) {
            return try await desk.current(aim).reduce(into: []) { $0.formUnion($1.lacks.all) }
        } catch {
            throw RegistryError(.unavailable, "the gateway can't read its own state", hint: "see `deputy doctor`")
        }
    }

    func usable(by person: PersonID, in organization: OrganizationID) async throws(RegistryError) -> [AgentView] {
        var usable: [AgentView] = []
        for view in try await administration.agents(in: organization)
        where try await administration.rights(of: person, on: view.record.id, in: organization).contains(.use) {
            usable.append(view)
        }
        return usable
    }

    /// How a person gets the connection that a call lacks.
    public func way(
        to provider: ProviderID, for agent: AgentID, by person: PersonID, in organization: OrganizationID
    ) async -> ConnectWay {
        guard let view = try? await administration.agent(agent, in: organization),
            let slot = view.definition.slots.first(where: { $0.provider == provider })
        else { return ConnectWay(path: nil, why: nil) }
        if slot.owner == .agent, let lacking = await lacking(agent, provider, organization) {
            return ConnectWay(path: nil, why: lacking, hasNoPage: true)
        }
        guard let aim = aim(of: slot, at: view, for: person) else {
            let isAgents = slot.owner == .agent
            return ConnectWay(
                path: nil, why: nil, hasNoPage: isAgents, waitsFor: isAgents ? view.definition.owner : nil)
        }
        let why = try? await desk.connections.trouble(of: aim.owner, at: provider, in: organization)
        guard (try? await desk.service(for: aim)) != nil, let flow = try? await desk.open(aim)
        else { return ConnectWay(path: nil, why: why ?? nil) }
        return ConnectWay(path: flow.path, why: why ?? nil)
    }

    /// An agent's connection that works, and that nobody could consent to more for.
    private func lacking(
        _ agent: AgentID, _ provider: ProviderID, _ organization: OrganizationID
    ) async -> StandingConnection? {
        let all = try? await desk.connections.standings(in: organization, of: .agent(agent))
        guard let found = all?.last(where: { $0.record.provider == provider && $0.record.health == .healthy }),
            found.record.isOurselves
        else { return nil }
        return found.standing.state.needsSomebody ? found : .givenLess(found.record)
    }
}

/// How somebody gets a connection, and why the one that is there doesn't do.
public struct ConnectWay: Sendable {
    /// The page on which they make it, a path of ours; nil where they can't, or not by going there.
    public let path: String?
    /// The connection that doesn't do; nil where there is none, or nothing wrong with it.
    public let why: StandingConnection?
    /// Whether nobody mends it on a page of theirs: it is the operator's to mend, or somebody else's.
    public let hasNoPage: Bool
    /// Who makes it instead, and is told.
    public let waitsFor: PersonID?

    public init(path: String?, why: StandingConnection?, hasNoPage: Bool = false, waitsFor: PersonID? = nil) {
        self.hasNoPage = hasNoPage
        self.waitsFor = waitsFor
        self.path = path
        self.why = why
    }
}

extension ConnectFlow {
    /// Names the flow, and nothing of whom it is for.
    var path: String { "/connect/\(id)" }
}
