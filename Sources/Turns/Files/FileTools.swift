public import Authority
public import Gate
import Wire

/// The tool that opens what came with a message. An agent has it when its definition names it.
public enum FileTools {
    public static let provider = ProviderID("attachments")
    public static let group = "group:attachments"
    static let open = "attachments.open"

    public static func all(_ desk: FileDesk) -> [CallableTool] {
        let schema: JSON = [
            "type": "object", "additionalProperties": false, "required": ["file"],
            "properties": ["file": ["type": "string", "minLength": 1, "maxLength": 100]],
        ]
        guard let checked = try? JSONSchema(schema) else { preconditionFailure("the schema of the files' tool is one") }
        return [
            CallableTool(
                spec: ToolSpec(
                    name: open, provider: provider, effect: .read, host: "attachments", needsConnection: false),
                title: "Open a file",
                text: "The words of a file that came with a message of this conversation, by the id that the message "
                    + "gives. Text only.",
                schema: checked, roles: ["file": .selector], planner: FilePlanner(), executor: FileExecutor(desk: desk))
        ]
    }
}

/// The plan names what is done, for the ledger.
private struct FilePlanner: RequestPlanner {
    func plan(_ arguments: JSONObject, call: CallID) throws(PlanError) -> RequestPlan {
        RequestPlan(effect: Step(kind: .effect, method: "FILE", path: "/" + FileTools.open, query: ""))
    }
}

private struct FileExecutor: ToolExecutor {
    let desk: FileDesk

    func execute(_ permit: consuming Permit, through upstream: any Upstream) async -> ToolOutcome {
        let call = permit.spend().call
        do {
            let opened = try await desk.open(call.arguments["file"]?.stringValue ?? "", in: call.session)
            return .done(
                [
                    "name": .string(opened.file.name), "type": .string(opened.file.mediaType),
                    "text": .string(opened.text),
                ], labels: opened.labels)
        } catch let error as TurnsError {
            return .refused(
                ProviderRefusal(
                    status: 409, code: error.code.rawValue, message: error.description, retryAfter: nil,
                    isCredentialRefused: false), labels: .fresh)
        } catch {
            return .notSent("the gateway can't read its own state")
        }
    }
}
