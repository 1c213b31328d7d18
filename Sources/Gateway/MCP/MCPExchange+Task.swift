import Authority
import FoundationEssentials
import Gate
import Hummingbird
import Wire

/// A call that waits for a person as a task (extension `io.modelcontextprotocol/tasks`). The task's id is the approval's:
/// a name, which means something to the client that asked and to nobody else.
extension MCPExchange {
    func answerTask(_ call: MCPTaskCall, _ task: String, _ id: RPCID) async throws(MCPRefusal) -> Response {
        guard message.takesTasks else {
            throw MCPRefusal(.missingCapabilities(["extensions": [MCPMeta.tasks: [:]]], id: id))
        }
        switch call {
        case .get:
            return try await self.task(task, isNew: false, id)
        case .update:
            // That a page was opened changes nothing here.
            _ = try await approval(task, id)
            return .json(MCPAnswer.empty(id: id, version: message.version))
        case .cancel:
            let approval = try await approval(task, id)
            do {
                try await server.gate.withdraw(approval)
            } catch {
                throw .unavailable("the gateway can't write its own state", id: id)
            }
            return .json(MCPAnswer.empty(id: id, version: message.version))
        }
    }

    func task(_ name: String, isNew: Bool, _ id: RPCID) async throws(MCPRefusal) -> Response {
        let approval = try await approval(name, id)
        let status = try await status(of: approval, id)
        let now = server.gate.stateExpiry.adding(seconds: -900)
        return .json(
            MCPAnswer.task(
                MCPTask(
                    id: name, status: status, message: approval.state.sentence, created: approval.created.text,
                    updated: now.text, ttl: (approval.expires.microseconds - approval.created.microseconds) / 1_000 * 2),
                isNew: isNew, meta: isNew ? receipt : nil, id: id))
    }

    /// For how the call was asked. What came of it has its own, in the task's result.
    private var receipt: JSONObject? {
        server.gate.receipt(for: leaves).map { [MCPMeta.receipt: .string($0)] }
    }

    private func approval(_ name: String, _ id: RPCID) async throws(MCPRefusal) -> Approval {
        let found: Approval?
        do {
            found = try await server.gate.ask(ApprovalID(name), of: request(for: "", [:]).session)
        } catch {
            throw .unavailable("the gateway can't read its own state", id: id)
        }
        guard let found else {
            throw MCPRefusal(.invalidParams("there is no such task", version: message.version, id: id))
        }
        return found
    }

    private func status(of approval: Approval, _ id: RPCID) async throws(MCPRefusal) -> MCPTask.Status {
        switch approval.state {
        case .waiting:
            guard message.opensLinks else { return .working }
            return .inputRequired([
                MCPLink(
                    key: approval.id.raw, message: "Approve or deny on Deputy's page",
                    url: server.links.approval(approval.id))
            ])
        case .approved, .spent, .replaced:
            return .working
        case .answered, .delivered:
            do {
                guard let answer = try await leaves.gathering({ try await server.gate.answer(to: approval) }) else {
                    return .working
                }
                return completed(answer)
            } catch {
                throw .unavailable("the gateway can't read its own state", id: id)
            }
        case .denied(let person, let reason):
            return completed(.declined(approval.id, by: person, reason: reason))
        case .expired:
            return failed("expired", approval.state.sentence)
        case .void(let reason):
            return reason == "the client withdrew it" ? .cancelled : failed("void", approval.state.sentence)
        }
    }

    private func completed(_ answer: Answer) -> MCPTask.Status {
        guard let reply = ToolReply(answer, server.links) else { return failed("unavailable", "there is no result") }
        return .completed(
            .object(
                MCPAnswer.toolOutcome(
                    text: reply.text, structured: reply.structured, isError: reply.isError, meta: meta(of: reply),
                    version: message.version)))
    }

    private func failed(_ kind: String, _ text: String) -> MCPTask.Status {
        .completed(
            .object(
                MCPAnswer.toolOutcome(
                    text: text, structured: ["error": ["kind": .string(kind), "message": .string(text)]], isError: true,
                    version: message.version)))
    }
}

extension Timestamp {
    /// RFC 3339, in UTC.
    var text: String {
        Date(timeIntervalSince1970: Double(microseconds) / 1_000_000).formatted(.iso8601)
    }
}
