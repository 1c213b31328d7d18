import Authority
import Gate
import Registry
import Wire

extension AdministrationAPI {
    func listServers() async throws -> JSON {
        var listed: [JSON] = []
        let looks = try await servers.looks(in: organization)
        for server in try await servers.servers(in: organization) {
            let tools = try await servers.tools(in: organization).filter { $0.server == server.name }
            var object: JSONObject = [
                "name": .string(server.name), "url": .string(server.url),
                "protocol": .string(server.isModern ? "2026-07-28" : "2025-11-25"),
                "credential": .bool(server.needsConnection),
                "released": .number(JSONNumber(tools.count { $0.state == .released })),
                "quarantined": .number(JSONNumber(tools.count { $0.state == .quarantined })),
            ]
            if let look = looks.first(where: { $0.server == server.name }) {
                object["tried"] = .number(JSONNumber(look.tried.microseconds))
                object["compared"] = look.compared.map { .number(JSONNumber($0.microseconds)) }
                object["failure"] = look.failure.map { .string($0) }
                object["missing"] = .number(JSONNumber(look.missing))
            }
            if let authorization = server.authorization { object["authorization"] = json(authorization) }
            listed.append(.object(object))
        }
        return ["servers": .array(listed)]
    }

    func addServer(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["name", "url", "credential", "oauth", "issuer", "scopes", "register"])
        let server = try await servers.add(
            try reader.required("name"), url: try reader.required("url"),
            needsConnection: try reader.flag("credential"),
            authorizing: try reader.flag("oauth") ? try wish(reader) : nil, by: administrator, in: organization)
        if server.authorization != nil { return try await authorized(server, reader) }
        guard !server.needsConnection else { return ["name": .string(server.name), "tools": []] }
        do throws(RegistryError) {
            let tools = try await servers.refresh(server.name, by: administrator, in: organization)
            return ["name": .string(server.name), "tools": .array(tools.map(json))]
        } catch {
            throw RegistryError(
                error.code, error.message,
                hint: [error.hint, "it is added all the same: ask again with `deputy servers refresh \(server.name)`"]
                    .compactMap(\.self).joined(separator: "; "))
        }
    }

    func refreshServer(_ name: String, _ body: JSONObject = [:]) async throws -> JSON {
        let agent = try BodyReader(body, keys: ["as"]).text("as").map { text throws(RegistryError) -> AgentID in
            let prefix = "agent:"
            guard text.hasPrefix(prefix) else {
                throw RegistryError(
                    .refused, "a person's connection goes along when they ask themselves, and for nobody else",
                    hint: "`\(text)` asks on their own page"
                        + (publicURL().map { ": \($0)/connections" } ?? ", which a running gateway has"))
            }
            return AgentID(String(text.dropFirst(prefix.count)))
        }
        let tools = try await servers.refresh(name, as: agent, by: administrator, in: organization)
        return ["name": .string(name), "tools": .array(tools.map(json))]
    }

    func removeServer(_ name: String) async throws -> JSON {
        try await servers.remove(name, by: administrator, in: organization)
        return ["name": .string(name), "removed": true]
    }

    /// All tools: the bundled ones and those of remote servers, whatever their state.
    func listTools() async throws -> JSON {
        let remote = try await servers.tools(in: organization)
        let providers = Set(try await servers.servers(in: organization).map(\.name))
        let bundled = shelf.all.filter { !providers.contains($0.spec.provider.raw) }.map { tool -> JSON in
            [
                "name": .string(tool.spec.name), "provider": .string(tool.spec.provider.raw),
                "effect": .string(tool.spec.effect.rawValue), "state": "bundled",
            ]
        }
        return ["tools": .array(bundled + remote.map(json))]
    }

    func showTool(_ name: String) async throws -> JSON {
        if let (_, tool) = shelf.find(name),
            tool.spec.provider != ProviderID(String(name.prefix { $0 != "." }))
                || !shelf.catalogue.remote.contains(tool.spec.provider)
        {
            return [
                "name": .string(name), "provider": .string(tool.spec.provider.raw),
                "effect": .string(tool.spec.effect.rawValue), "state": "bundled",
                "definition": [
                    "title": .string(tool.title), "description": .string(tool.text), "inputSchema": tool.schema.source,
                ],
            ]
        }
        let remote = try await servers.tools(in: organization)
        guard let tool = remote.first(where: { "\($0.server).\($0.name)" == name }) else {
            let names = shelf.all.map(\.spec.name) + remote.map { "\($0.server).\($0.name)" }
            throw RegistryError(
                .unknown, "no tool is called `\(name)`",
                hint: suggestion(for: name, among: names) ?? "list them with `deputy tools list`")
        }
        var object = json(tool).objectValue ?? [:]
        object["definition"] = tool.definition
        object["hints"] = tool.definition["annotations"]
        object["diff"] = .array(
            tool.differences.flatMap { difference in
                [
                    difference.before.map { .string("- \(difference.part): \($0.text)") },
                    difference.after.map { .string("+ \(difference.part): \($0.text)") },
                ].compactMap(\.self)
            })
        return .object(object)
    }

    func releaseTool(_ name: String, _ body: JSONObject) async throws -> JSON {
        if try await showTool(name)["state"] == "bundled" {
            throw RegistryError(
                .refused, "`\(name)` comes with Deputy, so there is nothing to release",
                hint: "give it to an agent with `deputy agents edit AGENT --tool \(name)`")
        }
        let reader = try BodyReader(body, keys: ["effect", "roles"])
        guard let effect = try reader.word("effect", of: Effect.self) else {
            throw BodyError(
                message: "`effect` is missing",
                hint: "one of \(Effect.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        var roles: [String: Role] = [:]
        for (argument, value) in try reader.object("roles").members {
            guard let role = value.stringValue.flatMap(Role.init(rawValue:)) else {
                throw BodyError(
                    message: "`\(argument)` can't have the role `\(value.stringValue ?? value.text)`",
                    hint: "one of \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            roles[argument] = role
        }
        return json(
            try await servers.release(name, effect: effect, roles: roles, by: administrator, in: organization))
    }

    private func json(_ tool: PinnedTool) -> JSON {
        var object: JSONObject = [
            "name": .string("\(tool.server).\(tool.name)"), "provider": .string(tool.server),
            "state": .string(tool.state.rawValue), "digest": .string(tool.digest.hex),
        ]
        if let release = tool.release { object["effect"] = .string(release.effect.rawValue) }
        if let obstacle = tool.obstacle { object["obstacle"] = .string(obstacle) }
        object["changed"] = .bool(tool.state == .quarantined && tool.release != nil)
        return .object(object)
    }
}
