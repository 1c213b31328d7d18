public import Authority
import Definition
import Gate
public import Wire

extension Administration {
    /// Which messages go to which agent, as it is stored; nil when nothing was ever said.
    public func bindings(in organization: OrganizationID) async throws(RegistryError) -> JSON? {
        try await read { try await store.document("bindings", in: organization) }
    }

    /// Which messages go to which agent.
    public func routes(in organization: OrganizationID) async throws(RegistryError) -> Routes {
        let stored = try await bindings(in: organization)?.arrayValue ?? []
        let bindings = stored.compactMap { Binding(json: $0) }
        guard bindings.count == stored.count else {
            throw RegistryError(
                .unavailable, "the bindings can't be read", hint: "apply them again with `deputy apply`")
        }
        let agents = try await read { try await store.agents(in: organization) }
        let defaults = agents.filter(\.isDefault)
        // Two are refused wherever one is made; were there two, nobody would be guessed.
        return Routes(bindings, otherwise: defaults.count == 1 ? defaults[0].id : nil)
    }

    /// One agent gets what no binding matches.
    func requireOneDefault(
        _ about: JSONObject, of id: AgentID, in organization: OrganizationID
    ) async throws(RegistryError) {
        guard about["default"]?.boolValue == true else { return }
        let agents = try await read { try await store.agents(in: organization) }
        guard let other = agents.first(where: { $0.isDefault && $0.id != id }) else { return }
        throw RegistryError(
            .refused, "`\(id)` can't be the default agent: `\(other.id)` is",
            hint: "apply a definition in which `\(other.id)` isn't")
    }
}

extension AgentRecord {
    /// Whether it gets what no binding matches.
    public var isDefault: Bool { definition[AgentDefinition.aboutKey]?["default"]?.boolValue == true }
}

extension AgentView {
    var isDefault: Bool { record.isDefault }
}
