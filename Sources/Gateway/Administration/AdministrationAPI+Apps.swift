import Authority
import Broker
import OAuth
import Registry
import Wire

extension AdministrationAPI {
    func listApps() async throws -> JSON {
        let ends = try await apps.ends(in: organization)
        let rotations = try await apps.rotations(in: organization)
        return [
            "apps": .array(
                try await apps.list(in: organization).map { app in
                    guard let rotation = rotations[app.subject] else { return json(app, ends[app.subject]) }
                    return json(app, ends[app.subject]).adding("automatic", rotation.json)
                })
        ]
    }

    func addApp(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(
            body,
            keys: [
                "provider", "client", "secret", "authentication", "replace", "key", "keyID", "file", "secretEnds",
                "agent", "app",
            ])
        if let text = try reader.text("key") { return try await addApp(signingWith: text, reader) }
        var secret = Array((try reader.text("secret") ?? "").utf8)
        return json(
            try await apps.add(
                ProviderID(try reader.required("provider")), in: organization,
                clientID: try reader.required("client"),
                authentication: try reader.word("authentication", of: ClientAuthentication.self), secret: &secret,
                ends: try time("secretEnds", reader), replaces: try reader.flag("replace"),
                of: try await appAgent(reader), appID: try reader.text("app"), by: administrator.text))
    }

    /// Whose own app it is about; nil for the home's.
    private func appAgent(_ reader: BodyReader) async throws -> AgentID? {
        guard let name = try reader.text("agent") else { return nil }
        return try await administration.agent(AgentID(name), in: organization).record.id
    }

    /// `POST /v1/apps/PROVIDER/rotate`: a second secret or key, which is used at once.
    func rotateApp(_ provider: ProviderID, _ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(
            body,
            keys: [
                "secret", "key", "keyID", "file", "secretEnds", "every", "agent", "automatic", "object", "tenant",
                "currentKey", "grace", "now",
            ])
        let agent = try await appAgent(reader)
        if try reader.flag("now") {
            return try await apps.goRoundNow(provider, in: organization, of: agent, by: administrator.text).json
        }
        if try reader.flag("automatic") { return try await rotateByItself(provider, agent, reader) }
        let ends = try time("secretEnds", reader)
        if body["every"] != nil {
            var object = schedule(
                try await apps.schedule(
                    provider, in: organization, of: agent, every: try days("every", reader), by: administrator.text))
            object["provider"] = .string(provider.raw)
            return .object(object)
        }
        if let text = try reader.text("key") {
            let app = try await apps.rotate(
                provider, in: organization, of: agent, key: try key(text, reader), ends: ends, by: administrator.text)
            return json(app, try await apps.ends(in: organization)[app.subject])
        }
        var secret = Array((try reader.text("secret") ?? "").utf8)
        let app = try await apps.rotate(
            provider, in: organization, of: agent, secret: &secret, ends: ends, by: administrator.text)
        return json(app, try await apps.ends(in: organization)[app.subject])
    }

    /// When a secret ends, and by what schedule it is replaced.
    func schedule(_ end: SecretEnd?) -> JSONObject {
        var object: JSONObject = [:]
        object["secret_ends"] = end?.said.map { .number(JSONNumber($0.microseconds)) }
        object["every_days"] = end?.every.map { .number(JSONNumber($0)) }
        if let end, end.every != nil { object["replace_by"] = .number(JSONNumber(end.ends.microseconds)) }
        return object
    }

    /// Days of a schedule; nil for `never`.
    func days(_ key: String, _ reader: BodyReader) throws -> Int64? {
        let text = try reader.required(key)
        if text == "never" { return nil }
        guard text.hasSuffix("d"), let days = Int64(text.dropLast()) else {
            throw BodyError(message: "`\(text)` isn't a number of days", hint: "write it as `90d`, or `never`")
        }
        return days
    }

    /// In microseconds since 1970; nil when it isn't given.
    func time(_ key: String, _ reader: BodyReader) throws -> Timestamp? {
        try reader.text(key).map { text in
            guard let number = Int64(text) else {
                throw BodyError(message: "`\(key)` isn't a time", hint: "give microseconds since 1970, as a string")
            }
            return Timestamp(microseconds: number)
        }
    }

    /// - Parameter text: of a PEM file with our private key, and with the certificate that the provider knows it by, if it
    ///   does so.
    private func addApp(signingWith text: String, _ reader: BodyReader) async throws -> JSON {
        json(
            try await apps.add(
                ProviderID(try reader.required("provider")), in: organization,
                clientID: try reader.required("client"), key: try key(text, reader),
                ends: try time("secretEnds", reader), replaces: try reader.flag("replace"),
                of: try await appAgent(reader), appID: try reader.text("app"), by: administrator.text))
    }

    private func key(_ text: String, _ reader: BodyReader) throws -> ClientKey {
        let (id, place) = (try reader.text("keyID"), try reader.text("file") ?? "the key")
        do throws(KeyFault) {
            return try ClientKey(pem: text, id: id, place: place)
        } catch {
            throw BodyError(message: "`\(error.place)`: \(error.message)", hint: error.hint)
        }
    }

    /// - Parameter agent: whose own it is; nil for the home's.
    func removeApp(_ provider: String, of agent: String?) async throws -> JSON {
        json(
            try await apps.remove(
                ProviderID(provider), in: organization, of: agent.map { AgentID($0) }, by: administrator.text))
    }

    /// Without the secret. With what the provider has to be told of us.
    private func json(_ app: AppRecord, _ end: SecretEnd? = nil) -> JSON {
        var object: JSONObject = [
            "provider": .string(app.provider.raw), "client": .string(app.clientID),
            "authentication": .string(app.authentication.rawValue),
        ]
        object["agent"] = app.agent.map { .string($0.raw) }
        object["app"] = app.appID.map { .string($0) }
        if app.isRotating { object["rotating"] = true }
        for (name, value) in schedule(end).members { object[name] = value }
        if let url = address() { object["redirect_uri"] = .string("\(url)/connect/callback/\(app.provider)") }
        return .object(object)
    }
}
