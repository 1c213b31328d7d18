import Authority
import FoundationEssentials
import Gate
import Hummingbird
import Wire

/// A call that waits for a person, told in the way that its client understands: as a task, as input that is required, as
/// links to open, or as a tool's error with the link in it. None of these ways is an answer: that is the person's, on a
/// page of their own.
extension MCPExchange {
    /// Clients give up after ten rounds at the latest; before that they are told to come back later.
    static let rounds = 8

    /// The response to an answer that waits; nil when the tool's error says it.
    func waiting(
        _ answer: Answer, _ request: ToolCallRequest, _ id: RPCID, round: Int = 0
    ) async throws(MCPRefusal) -> Response? {
        let links = await links(for: answer)
        guard let reply = ToolReply(answer, links), let link = Self.link(answer, reply, links) else { return nil }
        switch message.version {
        case .november2025:
            guard server.legacy.opensLinks(sessionID, of: client, at: resource) else { return nil }
            var more = reply.structured?.objectValue ?? [:]
            if let receipt = server.gate.receipt(for: leaves) { more[MCPMeta.receipt] = .string(receipt) }
            throw MCPRefusal(.linksRequired([link], message: reply.text, more: more, id: id))
        case .july2026:
            if message.takesTasks, let approval = Self.approval(answer) {
                return try await task(approval.raw, isNew: true, id)
            }
            guard message.opensLinks, round < Self.rounds else { return nil }
            // Opened once, the page need not be opened again: from the second round on there is only the state.
            return .json(
                MCPAnswer.inputRequired(
                    round == 0 ? [link] : [],
                    state: try sealed(
                        RequestState(
                            call: digest(request), session: request.session, approval: Self.approval(answer),
                            round: round + 1, expires: server.gate.stateExpiry)), meta: meta(of: reply), id: id))
        }
    }

    /// The client came back with its state. It waits a while for the person; then the call is made again, as any repeat.
    func resumed(_ request: ToolCallRequest, _ state: String, _ id: RPCID) async throws(MCPRefusal) -> Response? {
        let taken: RequestState?
        do {
            taken = try await server.gate.take(state, of: request.session, for: digest(request))
        } catch {
            throw .unavailable("the gateway can't read its own state", id: id)
        }
        guard let taken else {
            throw MCPRefusal(
                .invalidParams("this `requestState` isn't one for this call", version: message.version, id: id))
        }
        let isDeclined = message.input.actions.values.contains { $0 != "accept" }
        if !isDeclined { await wait(for: taken, request) }
        let answer = await perform(request, id)
        guard !isDeclined else { return try await self.reply(answer, request, id) }
        if let response = try await waiting(answer, request, id, round: taken.round) { return response }
        return try await self.reply(answer, request, id)
    }

    /// Waits for the person, and no longer than the client does: closing the connection ends it.
    private func wait(for state: RequestState, _ request: ToolCallRequest) async {
        let (gate, patience) = (server.gate, server.settings.patience)
        let task = Task<Answer, Never> {
            if let approval = state.approval {
                _ = try? await gate.settled(approval, of: state.session, atMost: patience)
                return .noSuchTool
            }
            let end = ContinuousClock.now + patience
            while ContinuousClock.now < end, !Task.isCancelled {
                guard case .decision(let decision, _) = try? await gate.explain(request),
                    case .connect = decision.verdict
                else { break }
                try? await Task.sleep(for: .milliseconds(500))
            }
            return .noSuchTool
        }
        server.connections.add(task, on: channel)
        server.patience.add(task)
        defer {
            server.connections.remove(task, from: channel)
            server.patience.remove(task)
        }
        _ = await task.value
    }

    private func sealed(_ state: RequestState) throws(MCPRefusal) -> String {
        do {
            return try server.gate.sealed(state)
        } catch {
            throw .unavailable("the state can't be sealed")
        }
    }

    private func digest(_ request: ToolCallRequest) -> Digest {
        let value: JSON = [
            "method": "tools/call", "name": .string(request.tool), "arguments": .object(request.arguments),
        ]
        return value.digest
    }

    static func approval(_ answer: Answer) -> ApprovalID? {
        switch answer {
        case .ask(_, let ticket): ticket?.approval
        case .done, .edited, .refused, .notSent, .unknown, .withheld, .pending, .declined, .tooManyAsks, .connect,
            .deny,
            .noSuchTool, .invalid, .unavailable:
            nil
        }
    }

    /// The page where a person does what the call waits for.
    private static func link(_ answer: Answer, _ reply: ToolReply, _ links: PageLinks) -> MCPLink? {
        switch answer {
        case .ask(_, let ticket?):
            return MCPLink(
                key: ticket.approval.raw,
                message:
                    "Approve or deny on Deputy's page; \(ticket.approvers.sorted().map(\.raw).joined(separator: " or ")) can",
                url: links.approval(ticket.approval))
        case .connect(let findings):
            guard let url = findings.lazy.compactMap(links.page(for:)).first else { return nil }
            return MCPLink(
                key: "connect-" + Base64.encodeURL(Array(url.utf8)).suffix(16),
                message: "Connect your account on Deputy's page", url: url)
        case .ask(_, nil), .done, .edited, .refused, .notSent, .unknown, .withheld, .pending, .declined, .tooManyAsks,
            .deny, .noSuchTool, .invalid, .unavailable:
            return nil
        }
    }
}
