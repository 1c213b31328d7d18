import Authority
import Gate
import Registry
import Wire

/// What a client of 2025-11-25 said of itself in its handshake, carried by its session id: sealed by us, so that nothing is
/// kept here, and bound to the token and agent that it was made for. It says only whether the client opens links.
struct LegacySessions: Sendable {
    let gate: ActionGate

    /// The id for a client that opens links; nil for every other, which needs none.
    func id(_ capabilities: JSONObject, of client: AuthenticatedClient, at resource: MCPResource) -> String? {
        guard capabilities.opensLinks else { return nil }
        return try? gate.sealedLabel("links", for: name(client, resource))
    }

    /// Whether the session id says so. One that isn't ours, or was made for another token or agent, says nothing.
    func opensLinks(_ id: String?, of client: AuthenticatedClient, at resource: MCPResource) -> Bool {
        guard let id else { return false }
        return gate.openLabel(id, for: name(client, resource)) == "links"
    }

    private func name(_ client: AuthenticatedClient, _ resource: MCPResource) -> String {
        JSON.array([.string(client.organization.raw), .string(client.client.raw), .string(resource.agent.raw)]).text
    }
}
