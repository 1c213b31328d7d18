public import Authority
public import Gate
import Wire

/// The tools that open what came with a message, and that send a file with an answer. An agent has those that its definition
/// names.
public enum FileTools {
    public static let provider = ProviderID("attachments")
    public static let group = "group:attachments"
    static let open = "attachments.open"
    static let send = "attachments.send"
    /// Of base64, for as many octets as a file may have.
    private static let longestBase64 = (OutboundFile.longest + 2) / 3 * 4

    public static func all(_ desk: FileDesk, _ sender: FileSender) -> [CallableTool] {
        [
            tool(
                open, .read, "Open a file",
                "The words of a file that came with a message of this conversation, or the picture that it is, by the "
                    + "id that the message gives. Text and pictures only.",
                ["file": .selector], ["file": ["type": "string", "minLength": 1, "maxLength": 100]],
                required: ["file"], FileExecutor(desk: desk)),
            tool(
                send, .send, "Send a file",
                "Sends a file with your answer in this conversation, to whoever reads that. Give its name and one of: "
                    + "`text`, `base64`, or `file`, the id of one that came with a message here.",
                ["name": .content, "text": .content, "base64": .content, "file": .selector, "type": .content],
                [
                    "name": ["type": "string", "minLength": 1, "maxLength": 150],
                    "text": [
                        "type": "string", "minLength": 1, "maxLength": .number(JSONNumber(OutboundFile.longest)),
                    ],
                    "base64": [
                        "type": "string", "minLength": 1, "maxLength": .number(JSONNumber(longestBase64)),
                    ],
                    "file": ["type": "string", "minLength": 1, "maxLength": 100],
                    "type": ["type": "string", "minLength": 3, "maxLength": 121],
                ],
                required: ["name"], SendingExecutor(sender: sender)),
        ]
    }

    private static func tool(
        _ name: String, _ effect: Effect, _ title: String, _ text: String, _ roles: [String: Role],
        _ properties: JSON, required: [JSON], _ executor: any ToolExecutor
    ) -> CallableTool {
        let schema: JSON = [
            "type": "object", "additionalProperties": false, "required": .array(required), "properties": properties,
        ]
        guard let checked = try? JSONSchema(schema) else { preconditionFailure("the schema of a files' tool is one") }
        return CallableTool(
            spec: ToolSpec(
                name: name, provider: provider, effect: effect, host: "attachments", needsConnection: false),
            title: title, text: text, schema: checked, roles: roles, planner: FilePlanner(tool: name),
            executor: executor)
    }
}

/// The plan names what is done, for the ledger.
private struct FilePlanner: RequestPlanner {
    let tool: String

    func plan(_ arguments: JSONObject, call: CallID) throws(PlanError) -> RequestPlan {
        if tool == FileTools.send {
            let sources = ["text", "base64", "file"].filter { arguments[$0] != nil }
            guard sources.count == 1 else {
                throw PlanError(argument: "text", message: "give one of `text`, `base64` and `file`")
            }
        }
        return RequestPlan(effect: Step(kind: .effect, method: "FILE", path: "/" + tool, query: ""))
    }
}

private struct FileExecutor: ToolExecutor {
    let desk: FileDesk

    func execute(_ permit: consuming Permit, through upstream: any Upstream) async -> ToolOutcome {
        let call = permit.spend().call
        return await FileOutcome.of { () async throws -> (JSON, Labels) in
            let opened = try await desk.open(call.arguments["file"]?.stringValue ?? "", in: call.session)
            return (opened.json, opened.labels)
        }
    }
}

extension FileDesk.Opened {
    /// As the call's answer has it, without a picture's bytes.
    fileprivate var json: JSON {
        switch content {
        case .text(let text):
            ["name": .string(file.name), "type": .string(file.mediaType), "text": .string(text)]
        case .picture(let picture):
            ["name": .string(file.name), "type": .string(picture.mediaType), "picture": picture.json]
        }
    }
}

private struct SendingExecutor: ToolExecutor {
    let sender: FileSender

    func execute(_ permit: consuming Permit, through upstream: any Upstream) async -> ToolOutcome {
        let call = permit.spend().call
        return await FileOutcome.of { () async throws -> (JSON, Labels) in
            let (file, labels) = try await sender.keep(call)
            return (
                [
                    "name": .string(file.name), "type": .string(file.mediaType),
                    "size": .number(JSONNumber(file.size)), "sent": "with your answer, when you have said it",
                ], labels
            )
        }
    }
}

private enum FileOutcome {
    static func of(_ body: () async throws -> (JSON, Labels)) async -> ToolOutcome {
        do {
            let (result, labels) = try await body()
            return .done(result, labels: labels)
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
