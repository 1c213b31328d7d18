import Authority
import Gate
import Registry
import Wire

/// Calls of which nobody knows whether they happened, and somebody's word on them.
extension AdministrationAPI {
    func listUnknownCalls() async throws -> JSON {
        let unknown = try await gate.unknownCalls(in: organization, of: openCalls)
        return [
            "calls": .array(
                unknown.map { call in
                    [
                        "id": .string(call.id.raw), "agent": .string(call.agent.raw), "tool": .string(call.tool),
                        "effect": .string(call.effect.rawValue), "requester": .string(call.requester),
                        "opened": .number(JSONNumber(call.opened.microseconds)),
                    ]
                })
        ]
    }

    func settleCall(_ id: String, _ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["happened"])
        guard body["happened"]?.boolValue != nil else {
            throw BodyError(message: "`happened` must be true or false", hint: "look at the provider first")
        }
        let happened = try reader.flag("happened")
        let unknown = try await gate.unknownCalls(in: organization, of: openCalls)
        guard unknown.contains(where: { $0.id.raw == id }) else {
            throw RegistryError(
                .unknown, "of no call `\(id)` it is unknown whether it happened",
                hint: suggestion(for: id, among: unknown.map(\.id.raw)) ?? "list them with `deputy calls unknown`")
        }
        do {
            try await gate.settle(
                CallID(id), happened: happened, by: administrator.text, in: organization, of: openCalls)
        } catch CommitError.exists {
            throw RegistryError(.unavailable, "somebody else said it at the same time", hint: "look again")
        }
        return ["id": .string(id), "happened": .bool(happened)]
    }
}
