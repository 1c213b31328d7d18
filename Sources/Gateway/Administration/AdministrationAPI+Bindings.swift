import Authority
import Definition
import Registry
import Wire

extension AdministrationAPI {
    func listBindings() async throws -> JSON {
        let routes = try await administration.routes(in: organization)
        return [
            "bindings": .array(routes.bindings.map(\.json)),
            "default": routes.otherwise.map { .string($0.raw) } ?? .null,
        ]
    }

    func explainBindings(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(
            body, keys: ["channel", "account", "peer", "parent", "guild", "team", "roles"])
        let channel = try reader.required("channel").lowercased()
        guard KnownNames.channels.contains(channel) else {
            throw BodyError(
                message: "no channel is called `\(channel)`",
                hint: suggestion(for: channel, among: KnownNames.channels)
                    ?? "channels: \(KnownNames.channels.joined(separator: ", "))")
        }
        let arrival = Arrival(
            channel: channel, account: try reader.required("account"),
            peer: try peer(reader.required("peer"), "peer"),
            parent: try reader.text("parent").map { text throws(BodyError) in try peer(text, "parent") },
            guild: try reader.text("guild"), team: try reader.text("team"), roles: Set(try reader.texts("roles")))
        let routes = try await administration.routes(in: organization)
        var answer: JSONObject = [:]
        do throws(RouteError) {
            let routed = try routes.route(arrival)
            answer["agent"] = .string(routed.agent.raw)
            answer["matchedBy"] = .string(routed.tier.rawValue)
            answer["binding"] = routed.binding?.json ?? .null
        } catch {
            answer["agent"] = .null
            answer["why"] = .string(error.sentence)
        }
        answer["bindings"] = .array(
            routes.explain(arrival).map { binding, standing in
                var object = binding.json.objectValue ?? [:]
                object["matchedBy"] = standing.tier.map { .string($0.rawValue) }
                object["why"] = .string(standing.sentence)
                return .object(object)
            })
        return .object(answer)
    }

    /// `channel:C1`, with everything behind the first colon as the id.
    private func peer(_ text: String, _ key: String) throws(BodyError) -> Peer {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let kind = Peer.Kind(rawValue: parts[0]), !parts[1].isEmpty else {
            throw BodyError(
                message: "`\(key)` can't be `\(text)`", hint: "`direct:ID`, `group:ID` or `channel:ID`")
        }
        return Peer(kind: kind, id: parts[1])
    }
}
