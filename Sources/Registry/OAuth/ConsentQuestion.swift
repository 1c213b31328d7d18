public import Authority
import Gate
public import Wire

/// Who answers, in their own browser session.
public struct SignedInPerson: Sendable, Hashable {
    public let person: PersonID
    public let organization: OrganizationID
    /// When they signed in.
    public let since: Timestamp?

    public init(_ person: PersonID, in organization: OrganizationID, since: Timestamp? = nil) {
        self.person = person
        self.organization = organization
        self.since = since
    }
}

/// What a person is asked: may this client do that at this agent, in your name?
public struct ConsentQuestion: Sendable {
    /// One effect that the client would be allowed, and what that comes to at this agent.
    public struct Line: Sendable {
        public let effect: Effect
        public let capabilities: [Capability]
    }

    public let request: AuthorizationRequest
    public let person: SignedInPerson
    public let agent: AgentView
    /// What the agent's mandate, the client's ceiling and the scope have in common.
    public let lines: [Line]
    /// When the person allowed exactly this before; nil for the first time, and for a client whose place could be anybody's.
    public let remembered: Timestamp?
    /// What is ticked at first: what was allowed then, else all of it.
    public let chosen: EffectSet
    /// Over all of it: what a yes on a page is to.
    public let shown: Digest
    let unmoved: [EpochReading]

    /// How many seconds ago the client wants its person to have signed in, where this person did so before; nil where it
    /// doesn't care, or they didn't.
    public func staleness(at now: Timestamp) -> Int64? {
        guard let maxAge = request.maxAge else { return nil }
        return person.since.map { now > $0.adding(seconds: maxAge) } ?? true ? maxAge : nil
    }

    public var effects: EffectSet { lines.reduce(into: EffectSet()) { $0.formUnion(EffectSet($1.effect)) } }

    static func digest(_ request: AuthorizationRequest, _ person: SignedInPerson, _ lines: [Line]) -> Digest {
        let value: JSON = [
            "organization": .string(person.organization.raw), "person": .string(person.person.raw),
            "client": .string(request.client.id.raw), "name": .string(request.client.name),
            "redirect": .string(request.answer.redirect.text), "agent": .string(request.resource.agent.raw),
            "path": .string(request.resource.path), "openid": .bool(request.scope.isOpenID),
            "lines": .array(
                lines.map { line in
                    [
                        "effect": .string(line.effect.rawValue),
                        "capabilities": .array(line.capabilities.map { .string($0.sentence) }),
                    ]
                }),
        ]
        return value.digest
    }
}

extension OAuthDesk {
    /// What to ask the person. Looking changes nothing.
    public func question(
        _ parameters: OAuthParameters, for person: SignedInPerson
    ) async throws(AuthorizationProblem) -> ConsentQuestion {
        let request = try await request(parameters, in: person)
        do throws(OAuthRefusal) {
            return try await question(request, for: person)
        } catch {
            throw .answered(error, request.answer, request.client)
        }
    }

    func question(
        _ request: AuthorizationRequest, for person: SignedInPerson
    ) async throws(OAuthRefusal) -> ConsentQuestion {
        let (agent, organization) = (request.resource.agent, person.organization)
        // Read first: what changes after that makes the commit fail. Whatever ends a person's use bumps their epoch.
        let unmoved = await administration.readings(of: [
            .person(organization, person.person), .agent(organization, agent),
            .software(organization, request.client.id.raw),
        ])
        // The client was read before its epoch was: once more.
        let known = try await read { try await store.oauthClient(request.client.id, in: organization) }
        guard known?.isRevoked != true, known?.ceiling ?? .all == request.client.ceiling else {
            throw OAuthDesk.changedClient
        }
        guard let view = try await view(of: agent, for: person) else { throw OAuthDesk.noSuchResource }
        let ceiling = request.client.ceiling.intersection(request.scope.effects ?? .all)
        let doable = view.mandate.allowedTools.reduce(into: EffectSet()) { $0.formUnion(EffectSet($1.effect)) }
        let lines = Effect.allCases.filter { doable.contains($0) && ceiling.contains($0) }.map { effect in
            ConsentQuestion.Line(
                effect: effect,
                capabilities: view.mandate.capabilities.filter { $0.effect == effect }.sorted {
                    $0.sentence < $1.sentence
                })
        }
        guard !lines.isEmpty else {
            throw OAuthRefusal(.invalidScope, "this agent does nothing that the client asks for and may have")
        }
        let shown = ConsentQuestion.digest(request, person, lines)
        let before = try await remembered(request, person, shown)
        return ConsentQuestion(
            request: request, person: person, agent: view, lines: lines, remembered: before?.created,
            chosen: before?.effects ?? ceiling, shown: shown, unmoved: unmoved)
    }

    static let changedClient = OAuthRefusal(.unavailable, "the client was changed just now")

    /// Nil for an agent that there isn't and for one that isn't for this person, alike.
    func view(of agent: AgentID, for person: SignedInPerson) async throws(OAuthRefusal) -> AgentView? {
        do throws(RegistryError) {
            guard try await administration.person(person.person, in: person.organization).standing == .active else {
                return nil
            }
            let view = try await administration.agent(agent, in: person.organization)
            return try await administration.usesEverywhere(person.person, agent, in: person.organization) ? view : nil
        } catch {
            guard error.code == .unavailable else { return nil }
            throw OAuthRefusal(error)
        }
    }

    /// A yes counts again for exactly what it was to. A client on the person's own machine is asked about in full each time:
    /// any program there can take its place (RFC 8252 section 8.6).
    private func remembered(
        _ request: AuthorizationRequest, _ person: SignedInPerson, _ shown: Digest
    ) async throws(OAuthRefusal) -> OAuthGrant? {
        guard !request.answer.redirect.isThisMachine else { return nil }
        let living: [LivingGrant]
        do throws(RegistryError) {
            living = try await grants(of: person.person, by: request.client.id, in: person.organization)
        } catch {
            throw OAuthRefusal(error)
        }
        return living.last { living in
            living.grant.shown == shown && living.token.ceiling == living.grant.effects
                && living.grant.agent == request.resource.agent
        }?.grant
    }
}
