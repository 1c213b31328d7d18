import Authority
import Broker
import Definition
import Gate
import Registry
import Wire

/// So many people, so many agents of each identity, and by which rights each may have each do something. Nothing of the
/// product is asked here.
struct MatrixCast: Sendable {
    let people: Int
    /// Of each identity.
    let agents: Int

    static let organization = OrganizationID("acme")
    static let boss = PersonID("boss")
    static let providers = [ProviderID("gmail"), ProviderID("calendar")]
    static let identities: [ActsAs] = [.assistant, .claw, .delegate]

    /// One pair of a person and an agent.
    struct Pair: Sendable, Hashable {
        let person: Int
        let identity: ActsAs
        let agent: Int
    }

    var pairs: [Pair] {
        MatrixCast.identities.flatMap { identity in
            (0..<agents).flatMap { agent in (0..<people).map { Pair(person: $0, identity: identity, agent: agent) } }
        }
    }

    func person(_ number: Int) -> PersonID { PersonID("p\(number)") }
    func client(_ number: Int) -> ClientID { ClientID("client-p\(number)") }
    func agent(_ identity: ActsAs, _ number: Int) -> AgentID { AgentID("\(identity.rawValue)-\(number)") }

    var allAgents: [AgentID] {
        MatrixCast.identities.flatMap { identity in (0..<agents).map { agent(identity, $0) } }
    }

    /// Whose connection a call has to use.
    func owner(_ pair: Pair) -> Owner {
        switch pair.identity {
        case .assistant: .person(person(pair.person))
        case .claw, .delegate: .agent(agent(pair.identity, pair.agent))
        }
    }

    enum Right: Sendable, Hashable {
        case denied, asks, free
    }

    func right(_ pair: Pair) -> Right {
        guard !isSuspended(pair.person) else { return .denied }
        switch pair.identity {
        case .assistant, .claw: return isUser(pair.person, ofNumber: pair.agent) ? .free : .denied
        case .delegate:
            let principals = principals(pair.agent)
            if principals.contains(pair.person) { return .free }
            guard principals.count == 1, !principals.contains(where: isSuspended) else { return .denied }
            return isGranted(pair.person, pair.agent) ? .free : .asks
        }
    }

    private func isSuspended(_ person: Int) -> Bool { person % 20 == 19 }
    private func isUser(_ person: Int, ofNumber agent: Int) -> Bool { agent % 5 != 3 || person.isMultiple(of: 2) }
    private func isGranted(_ person: Int, _ agent: Int) -> Bool { (person + agent) % 3 != 0 }

    /// Every other delegate has one principal, and the others have several.
    private func principals(_ agent: Int) -> [Int] {
        agent.isMultiple(of: 2) ? [agent % people] : (0..<people).filter { $0 % 4 == agent % 4 }
    }
}

/// The cast as the registry has it.
extension MatrixCast {
    var records: [RegistryChange] {
        let nobody = PersonRecord(
            id: MatrixCast.boss, organization: MatrixCast.organization, name: "Boss", email: "boss@acme.test",
            subjects: [:], standing: .active)
        return [
            .addOrganization(
                OrganizationRecord(
                    id: MatrixCast.organization, name: "Acme", domains: ["acme.test"], standing: .active)),
            .addPerson(nobody),
        ]
            + (0..<people).flatMap { number -> [RegistryChange] in
                let record = PersonRecord(
                    id: person(number), organization: MatrixCast.organization, name: "P\(number)",
                    email: "p\(number)@acme.test", subjects: [:], standing: isSuspended(number) ? .suspended : .active)
                let token = TokenRecord(
                    id: client(number), organization: MatrixCast.organization, person: record.id,
                    agents: Set(allAgents), label: "", hash: Digest.sha256(of: Array("token \(number)".utf8)),
                    ceiling: .all, expires: Timestamp(microseconds: .max), state: .active,
                    created: Timestamp(microseconds: 0))
                return [.addPerson(record), .addToken(token)]
            }
    }

    func definition(_ identity: ActsAs, _ number: Int) -> AgentDefinition {
        var definition = AgentDefinition(
            organization: MatrixCast.organization, agent: agent(identity, number), owner: MatrixCast.boss)
        definition.actsAs = identity
        definition.users = .everyone
        definition.slots = MatrixCast.providers.map {
            Slot(provider: $0, owner: identity == .assistant ? .person : .agent)
        }
        switch identity {
        case .assistant, .claw:
            let users = (0..<people).filter { isUser($0, ofNumber: number) }
            if users.count < people { definition.users = .only(Set(users.map(person))) }
        case .delegate:
            definition.tier = .one
            let principals = principals(number)
            definition.principals = Set(principals.map(person))
            if principals.count == 1 {
                definition.grants = (0..<people).filter { isGranted($0, number) && $0 != principals[0] }.map {
                    NamedGrant(principal: person(principals[0]), person: person($0), tools: "*")
                }
            }
        }
        return definition
    }

    /// Everybody has agreed to every assistant.
    func agreements(_ catalogue: ToolCatalogue) throws -> [RegistryChange] {
        try (0..<agents).flatMap { number in
            let mandate = try Mandate(compiling: definition(.assistant, number), with: catalogue)
            return (0..<people).map { person in
                RegistryChange.agree(
                    AgreementRecord(
                        organization: MatrixCast.organization, person: self.person(person), agent: mandate.agent,
                        capabilities: mandate.capabilities, at: Timestamp(microseconds: 0)))
            }
        }
    }

    var claims: [PersonClaim] {
        (0..<people).map { number in
            PersonClaim(
                person: person(number), email: "p\(number)@acme.test",
                subjects: Dictionary(uniqueKeysWithValues: MatrixCast.providers.map { ($0, "p\(number)@home.test") }))
        }
    }
}
