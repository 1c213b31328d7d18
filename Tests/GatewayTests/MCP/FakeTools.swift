import Authority
import Gate
import Wire

/// The tools of the fake home. What each comes to is in `Answering`.
enum FakeTool {
    static func all(executor: any ToolExecutor) throws -> [CallableTool] {
        let id: JSON = ["type": "object", "properties": ["id": ["type": "string"]], "required": ["id"]]
        let mail: JSON = [
            "type": "object", "properties": ["to": ["type": "string"], "body": ["type": "string"]],
            "required": ["to", "body"],
        ]
        let reads = ["get", "list", "hidden", "stuck", "refused", "unknown", "unsent"].map { ("notes.\($0)", "notes") }
        var tools = try (reads + [("calendar.get", "calendar")]).map { name, provider in
            try tool(name, provider, .read, id, ["id": .selector], executor)
        }
        tools.append(
            try tool("notes.send", "notes", .send, mail, ["to": .destination, "body": .content], executor))
        return tools
    }

    private static func tool(
        _ name: String, _ provider: String, _ effect: Effect, _ schema: JSON, _ roles: [String: Role],
        _ executor: any ToolExecutor
    ) throws -> CallableTool {
        CallableTool(
            spec: ToolSpec(name: name, provider: ProviderID(provider), effect: effect, host: "\(provider).test"),
            title: name, text: "does \(name)", schema: try JSONSchema(schema), roles: roles, planner: OneStep(),
            executor: executor)
    }
}

struct OneStep: RequestPlanner {
    func plan(_ arguments: JSONObject, call: CallID) throws(PlanError) -> RequestPlan {
        RequestPlan(effect: Step(kind: .effect, method: "GET", path: "/", query: ""))
    }
}

/// Answers with the account whose connection the permit names, and with the id that was asked for.
struct Answering: ToolExecutor {
    var home: FakeHome?

    func execute(_ permit: consuming Permit, through upstream: any Upstream) async -> ToolOutcome {
        let call = permit.call
        _ = permit.spend()
        home?.change { $0.calls.append(call) }
        return switch call.tool {
        case "notes.list":
            .done(["one", "two"], labels: .fresh)
        case "notes.refused":
            .refused(
                ProviderRefusal(
                    status: 404, code: "object_not_found", message: "no such page", retryAfter: 7,
                    isCredentialRefused: false), labels: .fresh)
        case "notes.unknown": .unknown("the connection broke")
        case "notes.unsent": .notSent("the host can't be reached")
        case _:
            .done(
                ["account": .string(call.connection?.facts.account ?? "none"), "id": call.arguments["id"] ?? .null],
                labels: .fresh)
        }
    }
}

/// An upstream that nothing may reach: the fake tools answer by themselves.
struct NoUpstream: Upstream {
    func probe(_ step: Step, under permit: borrowing Permit) async throws(UpstreamFailure) -> UpstreamAnswer {
        throw .notSent("nobody is there")
    }

    func effect(_ step: Step, spending permit: consuming Permit) async -> EffectReport {
        EffectReport(.failure(.notSent("nobody is there")), permit.spend())
    }

    func verify(_ step: Step, after spent: borrowing Spent) async throws(UpstreamFailure) -> UpstreamAnswer {
        throw .notSent("nobody is there")
    }
}
