import Authority
import Hummingbird
import Registry
import Turns
import Wire

extension APIServer {
    /// What a token is good for here.
    func describe(_ call: APICall) async throws -> Response {
        .json([
            "agent": .string(call.agent.raw), "person": .string(call.client.person.raw),
            "channel": ChannelTraits.own.first { $0.kind == .api }?.json ?? .null,
        ])
    }
}
