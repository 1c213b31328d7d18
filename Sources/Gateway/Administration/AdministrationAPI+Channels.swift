import Authority
import Registry
import Turns
import Wire

extension AdministrationAPI {
    /// - Parameter path: `channels`, `channels/pause`, `channels/KIND/NAME` or `channels/KIND/NAME/pause|resume`.
    func routeChannels(_ method: String, _ path: [String], _ body: JSONObject) async throws -> JSON? {
        switch (method, path.count) {
        case ("GET", 1): return ["channels": .array(try await channels.accounts(in: organization).map(json))]
        case ("POST", 1): return json(try await addChannel(body))
        case ("POST", 2) where path[1] == "pause":
            try await channels.pauseAll(by: administrator.text, in: organization)
            return ["channels": .array(try await channels.accounts(in: organization).map(json))]
        case ("DELETE", 3):
            let id = try account(path[1], path[2])
            try await channels.remove(id, by: administrator.text)
            return ["account": .string("\(id)"), "removed": true]
        case ("POST", 4) where path[3] == "pause":
            return json(try await channels.pause(try account(path[1], path[2]), true, by: administrator.text))
        case ("POST", 4) where path[3] == "resume":
            return json(try await channels.pause(try account(path[1], path[2]), false, by: administrator.text))
        default: return nil
        }
    }

    private func account(_ kind: String, _ name: String) throws(BodyError) -> ChannelAccountID {
        let known = ChannelKind.allCases.map(\.rawValue)
        guard let channel = ChannelKind(rawValue: kind) else {
            throw BodyError(
                message: "no channel is called `\(kind)`",
                hint: suggestion(for: kind, among: known) ?? "channels: \(known.joined(separator: ", "))")
        }
        return ChannelAccountID(organization: organization, kind: channel, name: name)
    }

    private func addChannel(_ body: JSONObject) async throws -> ChannelAccountRecord {
        let reader = try BodyReader(
            body,
            keys: [
                "kind", "name", "settings", "connection", "unknown", "matches_directory", "bots", "ceiling", "secret",
            ])
        var secret = Array((try reader.text("secret") ?? "").utf8)
        return try await channels.add(
            ChannelAccount(
                id: try account(reader.required("kind"), reader.required("name")),
                settings: try reader.object("settings"),
                connection: try reader.text("connection").map { ConnectionID($0) },
                unknown: try reader.word("unknown", of: ChannelAccount.Unknown.self) ?? .refuse,
                matchesDirectory: try reader.flag("matches_directory"),
                bots: Set(try reader.texts("bots").map { SenderID($0) }), ceiling: try effects(reader) ?? .all),
            secret: &secret, by: administrator.text)
    }

    /// How this gateway's sockets stand.
    private func json(_ standing: SocketStanding?) -> JSON {
        var object: JSONObject = ["open": .number(JSONNumber(Int64(standing?.open ?? 0)))]
        object["reason"] = standing?.reason.map { .string($0) }
        return .object(object)
    }

    private func json(_ record: ChannelAccountRecord) -> JSON {
        let account = record.account
        var object: JSONObject = [
            "kind": .string(account.id.kind.rawValue), "name": .string(account.id.name),
            "settings": .object(account.settings), "connection": account.connection.map { .string($0.raw) } ?? .null,
            "unknown": .string(account.unknown.rawValue), "matches_directory": .bool(account.matchesDirectory),
            "bots": .array(account.bots.sorted().map { .string($0.raw) }),
            "ceiling": .array(account.ceiling.words.map { .string($0) }), "paused": .bool(account.isPaused),
            "created": .number(JSONNumber(record.created.microseconds)),
            "can": channels.traits(of: account.id.kind)?.json ?? .null,
        ]
        switch account.delivery {
        case .hook where !record.sealed.isEmpty:
            object["hook"] = publicURL().map { .string("\($0)/hooks/\(account.id)") }
        case .socket: object["socket"] = json(sockets.all[account.id])
        case .hook: break
        }
        return .object(object)
    }
}
