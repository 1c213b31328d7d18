import Authority
import Gate
import Hummingbird
import Registry
import Turns
import Wire

extension APIServer {
    /// Who asks, by a token of `/v1` that is for this agent. Counted under its token from here on.
    func verify(_ request: Request, _ context: GatewayContext) async throws -> APICall {
        let resource = resource(in: context)
        guard !request.namesTokenInQuery else {
            throw APIRefusal.badCredentials("a token never goes into the URL", challenge(resource, "invalid_request"))
        }
        let bearer: String
        switch BearerCredentials(request.headers) {
        case .token(let text): bearer = text
        case .none: throw APIRefusal.unauthenticated(challenge(resource))
        case .malformed: throw APIRefusal.invalidToken(challenge(resource, "invalid_token"))
        case .several:
            throw APIRefusal.badCredentials(
                "there must be one `Authorization` header", challenge(resource, "invalid_request"))
        }
        guard let client = try await client(bearing: bearer, for: resource) else {
            throw APIRefusal.invalidToken(challenge(resource, "invalid_token"))
        }
        guard let resource, client.organization == resource.organization else { throw APIRefusal.noSuchAgent }
        guard client.agents.contains(resource.agent) else {
            throw APIRefusal.otherAgent(challenge(resource, "insufficient_scope"))
        }
        do throws(MCPRefusal) {
            try traffic.enter(client.client, of: Visitor(client))
        } catch {
            gate.refusedForRate(in: client.organization)
            throw APIRefusal.tooMany(error.headers[.retryAfter].flatMap { Int($0) } ?? 1)
        }
        return APICall(client: client, agent: resource.agent, bearer: bearer, request: request, context: context)
    }

    /// Nil for a token that isn't one, isn't alive, or is for another place.
    private func client(bearing token: String, for resource: AgentResource?) async throws -> AuthenticatedClient? {
        guard let client = try await tokens.client(bearing: token), client.surface == .api else { return nil }
        guard let audience = client.audience else { return client }
        return audience == resource?.url(under: publicURL) ? client : nil
    }

    /// Whether the token is still good for this agent, asked again while a stream is open.
    func standing(of call: APICall) async -> StreamStanding {
        do {
            guard let client = try await client(bearing: call.bearer, for: resource(in: call.context)),
                client == call.client
            else { return .lost }
            switch await gate.list(for: presence(of: call)) {
            case .tools: return .good
            case .nothing(let findings): return findings.contains { $0.rule == .agentInactive } ? .lost : .good
            case .noSuchAgent: return .lost
            case .unavailable: return .unknown
            }
        } catch {
            return .unknown
        }
    }

    enum StreamStanding {
        case good
        /// The token ended, its person may not use the agent any more, or the agent was suspended.
        case lost
        /// The gateway can't read its own state.
        case unknown
    }

    /// An agent that isn't there and one that this person may not use answer alike.
    func requireAgent(_ call: APICall) async throws {
        switch await gate.list(for: presence(of: call)) {
        case .tools, .nothing: return
        case .noSuchAgent: throw APIRefusal.noSuchAgent
        case .unavailable: throw APIRefusal.unavailable
        }
    }

    private func presence(of call: APICall) -> ToolCallRequest {
        ToolCallRequest(
            organization: call.client.organization, agent: call.agent, requester: .person(call.client.person),
            client: call.client.client, ceiling: call.client.ceiling, trigger: .message, tool: "", arguments: [:])
    }

    /// The conversation of this name, of this token and nobody else's.
    func place(_ call: APICall) throws(APIRefusal) -> TalkPlace {
        guard let name = call.parameter("conversation"),
            let talk = TalkPlace(
                organization: call.client.organization, token: call.client.client, agent: call.agent, name: name)
        else { throw APIRefusal.badName("a conversation's name") }
        return talk
    }

    private func challenge(_ resource: AgentResource?, _ error: String? = nil) -> String {
        let isInvitation = error == nil || error == "invalid_token"
        return ResourceMetadata.challenge(
            resource, under: publicURL, error: error, scope: isInvitation ? .asked : nil)
    }
}
