import Authority
import Hummingbird
import Registry
import Turns
import Wire

extension ChannelTraits {
    /// The API knows a message that is sent twice, in both ways: by the program's id and by the events' ids.
    static let api = ChannelTraits(
        kind: .api, longest: TalkDesk.longest, hasThreads: false, hasButtons: false, canEdit: false, knowsRepeats: true,
        carriesFiles: true)
}

extension APIServer {
    /// What a token is good for here.
    func describe(_ call: APICall) async throws -> Response {
        let traits = ChannelTraits.api
        return .json([
            "agent": .string(call.agent.raw), "person": .string(call.client.person.raw),
            "channel": [
                "kind": .string(traits.kind.rawValue), "longest": .number(JSONNumber(traits.longest)),
                "hasThreads": .bool(traits.hasThreads), "hasButtons": .bool(traits.hasButtons),
                "canEdit": .bool(traits.canEdit), "knowsRepeats": .bool(traits.knowsRepeats),
                "carriesFiles": .bool(traits.carriesFiles),
            ],
        ])
    }
}
