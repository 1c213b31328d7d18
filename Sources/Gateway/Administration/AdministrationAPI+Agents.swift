import Authority
import Broker
import Definition
import Gate
import Registry
import Wire

extension AdministrationAPI {
    func listAgents() async throws -> JSON {
        ["agents": .array(try await administration.agents(in: organization).map(\.json))]
    }

    func showAgent(_ id: AgentID) async throws -> JSON { try await administration.agent(id, in: organization).json }

    func addAgent(_ body: JSONObject) async throws -> JSON {
        let keys = [
            "id", "owner", "actsAs", "tier", "principals", "users", "approvers", "slots", "tools", "allow", "deny",
            "guests", "ask", "lift", "grants", "budget", "restricted", "subjects", "about",
        ]
        let reader = try BodyReader(body, keys: keys)
        var definition = body
        definition["id"] = JSON?.none
        let view = try await administration.addAgent(
            AgentID(try reader.required("id")), owner: PersonID(try reader.required("owner")), definition: definition,
            by: administrator, in: organization
        )
        let report = workspaces.write(view.definition, false)
        var object = view.json.objectValue ?? [:]
        if !report.problems.isEmpty { object["workspaceProblems"] = report.problems.json }
        if !report.lacking.isEmpty { object["workspaceLacks"] = report.lacking.json }
        return .object(object)
    }

    /// Writes the documents that an agent's workspace lacks. One that is there without the hard blocks is left as it is,
    /// with what to add, unless they are to be put at its end.
    func writeWorkspace(_ id: AgentID, _ body: JSONObject) async throws -> JSON {
        let appends = try BodyReader(body, keys: ["appendHardBlocks"]).flag("appendHardBlocks")
        let view = try await administration.agent(id, in: organization)
        let report = workspaces.write(view.definition, appends)
        guard report.problems.isEmpty else {
            throw RegistryError(
                .refused, "the workspace of `\(id)` can't be used: " + report.problems.joined(separator: "; "),
                hint: "it is made of plain files in plain folders of the home")
        }
        return [
            "agent": .string(id.raw), "written": report.written.json, "lacking": report.lacking.json,
            "add": report.lacking.isEmpty ? .null : .string(Workspace.hardBlocks),
            "missing": .array(view.hardeningGaps(workspaces.read(id)).map { .string($0.what) }),
        ]
    }

    func setIdentity(of id: AgentID, _ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["actsAs", "tier", "principals"])
        guard let actsAs = try reader.word("actsAs", of: ActsAs.self) else {
            throw BodyError(message: "`actsAs` is missing", hint: "one of `assistant`, `claw`, `delegate`")
        }
        return try await administration.setIdentity(
            actsAs, of: id, tier: try reader.tier(), principals: Set(try reader.texts("principals").map(PersonID.init)),
            by: administrator, in: organization
        ).json
    }

    func explain(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(
            body, keys: ["agent", "person", "tool", "arguments", "token", "files", "asAgent", "owner"])
        let agent = AgentID(try reader.required("agent"))
        let person = PersonID(try reader.required("person"))
        let tool = try reader.required("tool")
        let rehearsal = try await rehearsal(
            of: JSONObject(body.members.filter { ["files", "asAgent", "owner"].contains($0.key) }))
        if rehearsal?.knows(person) != true { _ = try await administration.person(person, in: organization) }
        let foreseen = try await foresee(
            PlannedCall(agent: agent, person: person, tool: tool, arguments: try reader.object("arguments")),
            token: try reader.text("token").map { ClientID($0) },
            among: try await administration.tokens(in: organization), in: rehearsal)
        switch foreseen.explanation {
        case .noSuchAgent:
            _ = try await administration.agent(agent, in: organization)
            throw RegistryError(.unknown, "no agent is called `\(agent)`")
        case .noSuchTool:
            throw RegistryError(
                .unknown, "no tool is called `\(tool)`",
                hint: suggestion(for: tool, among: shelf.catalogue.tools.map(\.name))
                    ?? "list them with `deputy tools list`")
        case .invalid(let violations):
            throw RegistryError(
                .invalid, "the arguments don't fit: " + violations.map(\.description).joined(separator: "; "),
                hint: "see what it takes with `deputy tools show \(tool)`")
        case .decision(let decision, let spec):
            var answer = json(decision, spec).objectValue ?? [:]
            // Of what is only planned there is nothing yet.
            if rehearsal == nil, let found = try await standing(behind: decision, of: spec, agent, person) {
                answer["connection_state"] = .object(found.standingJSON)
            }
            if foreseen.token == nil {
                answer["note"] = .string(
                    "`\(person)` has no token for `\(agent)`, so this is of a call with one that they take up now")
            }
            return .object(answer)
        }
    }

    /// The connection that the call would go through; of one that it lacks, the one that doesn't do.
    private func standing(
        behind decision: Decision, of tool: ToolSpec, _ agent: AgentID, _ person: PersonID
    ) async throws -> StandingConnection? {
        switch decision.verdict {
        case .permit(let connection?): return try await desk.standing(of: connection, in: organization)
        case .connect: return await guide.way(to: tool.provider, for: agent, by: person, in: organization).why
        case .permit(nil), .ask, .deny: return nil
        }
    }

    private func json(_ decision: Decision, _ tool: ToolSpec) -> JSON {
        var object: JSONObject = [
            "verdict": .string(decision.verdict.name), "tool": .string(tool.name),
            "effect": .string(tool.effect.rawValue),
            "findings": .array(decision.findings.map(\.json)),
        ]
        if let principal = decision.principal { object["on_behalf_of"] = .string(principal.raw) }
        switch decision.verdict {
        case .permit(let connection): object["connection"] = connection.map { .string($0.raw) }
        case .ask, .connect, .deny: break
        }
        return .object(object)
    }
}

extension [String] {
    fileprivate var json: JSON { .array(map { .string($0) }) }
}

extension Finding {
    /// As errors and explanations show it.
    var json: JSON {
        var object: JSONObject = [
            "layer": .number(JSONNumber(layer.rawValue)), "rule": .string(rule.rawValue), "message": .string(sentence),
        ]
        object["way_out"] = wayOut.map { .string($0) }
        switch kind {
        case .denial: object["kind"] = "denial"
        case .need: object["kind"] = "need"
        case .obligation(let obligation):
            object["kind"] = "obligation"
            object["approvers"] = .array(obligation.approvers.sorted().map { .string($0.raw) })
        }
        return .object(object)
    }
}

extension AgentView {
    var json: JSON {
        var object = record.definition.objectValue ?? [:]
        object["id"] = .string(record.id.raw)
        object["actsAs"] = definition.actsAs.map { .string($0.rawValue) } ?? .null
        object["standing"] = .string(record.standing.rawValue)
        object["allowedTools"] = .array(tools.map { .string($0) })
        object["digest"] = .string(record.definition.digest.hex)
        return .object(object)
    }
}
