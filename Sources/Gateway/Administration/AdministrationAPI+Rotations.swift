import Authority
import Broker
import Registry
import Wire

extension AdministrationAPI {
    /// Of `POST /v1/apps/PROVIDER/rotate` with `automatic`: the app's keys go round by themselves.
    func rotateByItself(_ provider: ProviderID, _ agent: AgentID?, _ reader: BodyReader) async throws -> JSON {
        guard let days = try days("every", reader) else {
            throw BodyError(message: "what goes round by itself has a schedule", hint: "write it as `90d`")
        }
        let place = RotationPlace(object: try reader.required("object"), tenant: try reader.text("tenant"))
        let rotation = try await apps.goRound(
            provider, in: organization, of: agent, every: days, at: place, keyID: try reader.text("currentKey"),
            grace: try seconds("grace", reader) ?? 86_400, by: administrator.text)
        return rotation.json.adding("every_days", .number(JSONNumber(days)))
    }

    /// Of `POST /v1/connections/ID/rotate` with `automatic`: the service account's keys go round by themselves.
    func rotateByItself(_ id: ConnectionID, _ reader: BodyReader) async throws -> JSON {
        guard let days = try days("every", reader) else {
            throw BodyError(message: "what goes round by itself has a schedule", hint: "write it as `90d`")
        }
        let rotation = try await desk.goRound(
            id, in: organization, every: days, removesFirst: try reader.flag("removeCurrent"),
            grace: try seconds("grace", reader) ?? 86_400, by: administrator.text)
        return rotation.json.adding("every_days", .number(JSONNumber(days))).adding("id", .string(id.raw))
    }

    /// `90s`, `10m`, `24h` or `7d`; nil when it isn't given.
    private func seconds(_ key: String, _ reader: BodyReader) throws -> Int64? {
        guard let text = try reader.text(key) else { return nil }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            (0...1_000_000).contains(count)
        else { throw BodyError(message: "`\(text)` isn't a time", hint: "write it as `90s`, `10m`, `24h` or `7d`") }
        return count * unit
    }
}

extension KeyRotation {
    /// As it is shown: no key is in it.
    var json: JSON {
        var object: JSONObject = [
            "provider": .string(provider.raw), "step": .string(step.rawValue),
            "next": .number(JSONNumber(due.microseconds)), "grace_seconds": .number(JSONNumber(grace)),
        ]
        object[connection == nil ? "object_id" : "account"] = .string(place.object)
        object["tenant"] = place.tenant.map { .string($0) }
        object["key_id"] = keyID.map { .string($0) }
        object["next_key_id"] = nextID.map { .string($0) }
        object["problem"] = problem.map { .string($0) }
        return .object(object)
    }
}

extension JSON {
    func adding(_ name: String, _ value: JSON) -> JSON {
        guard var object = objectValue else { return self }
        object[name] = value
        return .object(object)
    }
}
