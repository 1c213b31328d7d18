public import Authority
public import Gate
import Wire

/// Tools of remote MCP servers, ready to be called.
public enum RemoteTools {
    /// Nil when the pinned definition has no schema that can be enforced.
    ///
    /// - Parameter heard: is told of each call that its server has answered.
    public static func callable(
        _ tool: RemoteTool, heard: @escaping @Sendable (AnsweredCall) -> Void = { _ in }
    ) -> CallableTool? {
        guard let schema = try? JSONSchema(enforceable(tool.definition["inputSchema"] ?? ["type": "object"])) else {
            return nil
        }
        return CallableTool(
            spec: ToolSpec(
                name: tool.name, provider: ProviderID(tool.server), effect: tool.effect, scopes: tool.scopes,
                host: tool.place, needsConnection: tool.needsConnection),
            title: tool.definition["title"]?.stringValue ?? tool.ownName,
            text: tool.definition["description"]?.stringValue ?? "", schema: schema, roles: tool.roles,
            definition: tool.definition.digest, planner: RemotePlanner(tool: tool),
            executor: RemoteExecutor(tool: tool, heard: heard))
    }

    /// The part of a schema that is enforced here. What it says besides (references, alternatives, patterns) is left to the
    /// server; objects stay closed, so that nothing unknown gets through.
    static func enforceable(_ schema: JSON) -> JSON {
        guard let object = schema.objectValue else { return [:] }
        let enforced = [
            "type", "required", "enum", "const", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems",
            "uniqueItems", "title", "description", "default",
        ]
        let opaque = ["$ref", "anyOf", "oneOf", "allOf", "not", "if", "patternProperties", "$dynamicRef"]
        var kept: JSONObject = [:]
        // What is opaque is anything, with its words.
        let isOpaque = opaque.contains { object[$0] != nil }
        for (key, value) in object.members {
            switch key {
            case "properties" where !isOpaque:
                kept[key] = .object(
                    JSONObject((value.objectValue?.members ?? []).map { ($0.key, enforceable($0.value)) }))
            case "items" where !isOpaque: kept[key] = enforceable(value)
            case "title", "description": kept[key] = value
            case _ where enforced.contains(key) && !isOpaque: kept[key] = value
            default: continue
            }
        }
        return .object(kept)
    }
}

/// A call that a remote server has answered, whatever it said.
public struct AnsweredCall: Sendable, Hashable {
    public let organization: OrganizationID
    public let server: String
    public let call: CallID
    /// With which it went out; nil where the server wants none.
    public let connection: ConnectionFacts?
    /// The server told on the answer's stream that its tools aren't what they were.
    public let saysToolsChanged: Bool
}

/// One `tools/call`, with exactly the arguments that were judged.
struct RemotePlanner: RequestPlanner {
    let tool: RemoteTool

    func plan(_ arguments: JSONObject, call: CallID) throws(PlanError) -> RequestPlan {
        let message = MCPClientMessage.callTool(tool.ownName, arguments, id: call.raw, isModern: tool.isModern)
        return RequestPlan(
            effect: Step(
                kind: .effect, method: "POST", path: tool.path, query: "",
                headers: MCPClientMessage.headers("tools/call", name: tool.ownName, isModern: tool.isModern)
                    .map { Step.Header($0.name, $0.value) }, body: message.bytes(),
                transport: .mcp(MCPCarriage(id: call.raw, isModern: tool.isModern, origin: tool.origin))))
    }
}

/// Sends the message, once, and reads what came of it. What a remote server says are an outsider's words.
struct RemoteExecutor: ToolExecutor {
    let tool: RemoteTool
    let heard: @Sendable (AnsweredCall) -> Void

    func execute(_ permit: consuming Permit, through upstream: any Upstream) async -> ToolOutcome {
        let call = permit.call
        let report = await upstream.effect(call.plan.effect, spending: permit)
        switch report.result {
        case .success(let answer):
            heard(
                AnsweredCall(
                    organization: call.organization, server: tool.server, call: call.id,
                    connection: call.connection?.facts,
                    saysToolsChanged: MCPServerMessage.saysToolsChanged(
                        in: answer.body, mediaType: answer.header("content-type") ?? "")))
            return outcome(of: answer, for: call)
        case .failure(.notSent(let reason)): return .notSent(reason)
        case .failure(.unknown(let reason)): return .unknown(reason)
        }
    }

    private func outcome(of answer: UpstreamAnswer, for call: JudgedCall) -> ToolOutcome {
        let labels = Labels(integrity: .outsider, readers: call.readers, classes: [])
        let response = MCPServerMessage.response(
            in: answer.body, mediaType: answer.header("content-type") ?? "", id: call.id.raw)
        guard let response else {
            if answer.status == 401 || answer.status == 403 {
                return .refused(
                    refusal(answer, "http_\(answer.status)", "the server refuses the credential"), labels: labels)
            }
            let isAmbiguous = tool.effect != .read && (answer.status < 300 || answer.status >= 500)
            return isAmbiguous
                ? .unknown("the server's answer can't be read (\(answer.status))")
                : .refused(
                    refusal(answer, "http_\(answer.status)", "the server answered \(answer.status)"), labels: labels)
        }
        if let error = response["error"] {
            return .refused(
                refusal(
                    answer, error["code"].map(\.text) ?? "error", error["message"]?.stringValue ?? "the server refuses"),
                labels: labels)
        }
        let result = response["result"] ?? .null
        switch result["resultType"]?.stringValue ?? "complete" {
        case "complete": break
        // It wants something of a person, or more time: neither is passed on.
        case let other:
            return .refused(
                refusal(answer, other, "the server wants `\(other)`, which isn't passed on"), labels: labels)
        }
        if result["isError"]?.boolValue == true {
            return .refused(refusal(answer, "tool_error", text(of: result)), labels: labels)
        }
        return .done(inert(result), labels: labels)
    }

    private func refusal(_ answer: UpstreamAnswer, _ code: String, _ message: String) -> ProviderRefusal {
        ProviderRefusal(
            status: answer.status, code: code, message: String(message.prefix(2_000)), retryAfter: answer.retryAfter,
            isCredentialRefused: answer.status == 401,
            lack: answer.status == 403 ? answer.header("www-authenticate").map { .challenge($0) } : nil)
    }

    /// Text and structure as they are. Links, images and resources are named and not passed on: nobody here follows them.
    private func inert(_ result: JSON) -> JSON {
        if let structured = result["structuredContent"]?.objectValue { return .object(structured) }
        return ["text": .string(text(of: result))]
    }

    private func text(of result: JSON) -> String {
        (result["content"]?.arrayValue ?? []).map { part in
            switch part["type"]?.stringValue {
            case "text": part["text"]?.stringValue ?? ""
            case let type: "[\(type ?? "something") that isn't passed on]"
            }
        }.joined(separator: "\n")
    }
}
