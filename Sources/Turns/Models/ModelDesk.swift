public import Authority
public import Gate
import Ledger
import Wire

/// Where models are asked, for reading. Changing it is a transaction's.
public protocol ModelStore: Sendable {
    /// In the order of their names.
    func modelEndpoints(in organization: OrganizationID) async throws -> [ModelEndpoint]
    func modelChoice(of agent: AgentID, in organization: OrganizationID) async throws -> ModelChoice?
}

/// Which models an agent asks.
public struct ModelChoice: Sendable, Hashable {
    /// Names of endpoints, first choice first: the next one is asked when the one before doesn't answer.
    public let endpoints: [String]
    /// Of all its turns together; nil for no limit.
    public let tokensPerDay: Int?
    /// Of each person's turns, and each guest's; nil for no limit.
    public let tokensPerPersonPerDay: Int?

    public init(endpoints: [String], tokensPerDay: Int?, tokensPerPersonPerDay: Int? = nil) {
        self.endpoints = endpoints
        self.tokensPerDay = tokensPerDay
        self.tokensPerPersonPerDay = tokensPerPersonPerDay
    }
}

public enum ModelChange: StoredChange {
    /// Written over an earlier one of the same name.
    case put(ModelEndpoint, OrganizationID)
    case remove(String, OrganizationID)
    case choose(ModelChoice, AgentID, OrganizationID)
}

/// What administrators say of models. Each change leaves a leaf.
public struct ModelDesk: Sendable {
    private let store: any ModelStore
    private let commits: any Commits
    private let world: World

    public init(store: any ModelStore, commits: any Commits, world: World) {
        self.store = store
        self.commits = commits
        self.world = world
    }

    /// The endpoint that an agent without a choice of its own asks.
    public static let standard = "default"

    public func endpoints(in organization: OrganizationID) async throws -> [ModelEndpoint] {
        try await store.modelEndpoints(in: organization)
    }

    public func choice(of agent: AgentID, in organization: OrganizationID) async throws -> ModelChoice {
        try await store.modelChoice(of: agent, in: organization)
            ?? ModelChoice(endpoints: [ModelDesk.standard], tokensPerDay: nil)
    }

    /// The endpoints that an agent asks, first choice first. One that was removed is left out.
    public func endpoints(
        of agent: AgentID, in organization: OrganizationID
    ) async throws -> (endpoints: [ModelEndpoint], choice: ModelChoice) {
        let all = try await store.modelEndpoints(in: organization)
        let choice = try await choice(of: agent, in: organization)
        return (choice.endpoints.compactMap { name in all.first { $0.name == name } }, choice)
    }

    /// - Throws: `TurnsError` for a name, a base or a length that can't be; `CommitError`.
    public func put(_ endpoint: ModelEndpoint, by administrator: String, in organization: OrganizationID) async throws {
        try check(endpoint)
        try await commit(
            "model.put", [.put(endpoint, organization)],
            [
                "model": .string(endpoint.name), "speaks": .string(endpoint.speaks.rawValue),
                "base": .string(endpoint.base), "name": .string(endpoint.model),
                "classes": .array(endpoint.classes.names.map { .string($0) }),
                "connection": endpoint.connection.map { .string($0.raw) } ?? .null,
            ], administrator, organization)
    }

    /// - Throws: `TurnsError` when there is no such endpoint.
    public func remove(_ name: String, by administrator: String, in organization: OrganizationID) async throws {
        try await requireEndpoints([name], in: organization)
        try await commit(
            "model.removed", [.remove(name, organization)], ["model": .string(name)], administrator, organization)
    }

    /// - Throws: `TurnsError` when there is no such endpoint, or none is named.
    public func choose(
        _ choice: ModelChoice, for agent: AgentID, by administrator: String, in organization: OrganizationID
    ) async throws {
        guard !choice.endpoints.isEmpty else {
            throw TurnsError(
                .invalid, "no model is named", hint: "name one or more, first choice first")
        }
        for tokens in [choice.tokensPerDay, choice.tokensPerPersonPerDay].compactMap(\.self) where tokens < 1 {
            throw TurnsError(
                .invalid, "a limit of \(tokens) tokens lets nothing through")
        }
        try await requireEndpoints(choice.endpoints, in: organization)
        try await commit(
            "model.chosen", [.choose(choice, agent, organization)],
            [
                "agent": .string(agent.raw), "models": .array(choice.endpoints.map { .string($0) }),
                "tokens_per_day": choice.tokensPerDay.map { .number(JSONNumber($0)) } ?? .null,
                "tokens_per_person_per_day": choice.tokensPerPersonPerDay.map { .number(JSONNumber($0)) } ?? .null,
            ], administrator, organization)
    }

    private func check(_ endpoint: ModelEndpoint) throws(TurnsError) {
        try TurnsError.checkName(endpoint.name, of: "a model")
        switch endpoint.speaks {
        case .offline: return
        case .anthropic, .chat, .responses: break
        }
        guard endpoint.base.hasPrefix("https://") || endpoint.base.hasPrefix("http://"), !endpoint.base.hasSuffix("/")
        else {
            throw TurnsError(
                .invalid, "`\(endpoint.base)` isn't where a server is",
                hint: "write scheme, host and port, such as `https://api.anthropic.com`")
        }
        guard !endpoint.model.isEmpty else {
            throw TurnsError(
                .invalid, "no model is named", hint: "such as `--model claude-sonnet-4-5`")
        }
        guard (1...1_000_000).contains(endpoint.longestReply) else {
            throw TurnsError(
                .invalid, "a reply can't have \(endpoint.longestReply) tokens")
        }
        if let context = endpoint.context, context <= endpoint.longestReply || context > 100_000_000 {
            throw TurnsError(
                .invalid, "a model that takes \(context) tokens can't answer with \(endpoint.longestReply)",
                hint: "`--context` counts the question and its reply together")
        }
    }

    private func requireEndpoints(_ names: [String], in organization: OrganizationID) async throws {
        let all = try await store.modelEndpoints(in: organization).map(\.name)
        for name in names where !all.contains(name) {
            throw TurnsError(
                .unknown, "there is no model `\(name)`",
                hint: suggestion(for: name, among: all) ?? "`deputy models list` lists them")
        }
    }

    private func commit(
        _ change: String, _ changes: [ModelChange], _ fields: JSONObject, _ by: String, _ organization: OrganizationID
    ) async throws {
        var all: JSONObject = ["change": .string(change), "by": .string(by)]
        for (key, value) in fields.members { all[key] = value }
        let leaf = try Leaf(kind: .authority, time: world.now().microseconds, fields: all)
        try await commits.commit(
            Transaction(changes: changes, leaves: [PlacedLeaf(leaf, in: .organization(organization))]))
    }
}
