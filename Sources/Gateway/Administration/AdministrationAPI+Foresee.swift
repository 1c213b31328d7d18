import Authority
import Gate
import Registry
import Wire

/// What a call that nobody has made would come to.
struct Foreseen {
    let explanation: Explanation
    /// The token that it would come with; nil where the person has none, so that it is of one that they take up now.
    let token: ClientID?
}

extension AdministrationAPI {
    /// - Parameters:
    ///   - token: nil for the newest of the person's own that lasts and names the agent.
    ///   - tokens: all of the organization.
    ///   - rehearsal: what definition files would make of the agent; nil for the agent as it is.
    func foresee(
        _ call: PlannedCall, token: ClientID? = nil, among tokens: [TokenRecord], in rehearsal: Rehearsal?
    ) async throws -> Foreseen {
        let now = world.now()
        let own = tokens.last {
            $0.person == call.person && $0.agents.contains(call.agent) && $0.isAlive(at: now)
        }?.id
        let client = token ?? own
        let request = ToolCallRequest(
            organization: organization, agent: call.agent, requester: .person(call.person),
            client: client ?? ClientID("none"), trigger: .call, tool: call.tool, arguments: call.arguments)
        let planned = try await rehearsal?.facts(for: request)
        let found = if let planned { planned } else { try await gate.authority(for: request) }
        guard let found else { return Foreseen(explanation: .noSuchAgent, token: client) }
        let facts = client == nil ? found.withNewToken(for: request.requester) : found
        return Foreseen(explanation: try await gate.explain(request, assuming: facts), token: client)
    }
}
