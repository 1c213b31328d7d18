import Authority
import Gate
import Wire

extension TurnRunner {
    /// One call that a model wants, through the gate.
    ///
    /// - Parameter begun: the id under which it was begun before, in this process or another.
    func make(_ call: ModelToolCall, _ begun: CallID?, in open: inout OpenTurn) async throws {
        if open.tools == nil { open.tools = try await tools(for: open) }
        guard let tool = open.tools?.tool(call.name) else {
            return try await answer(call, "there is no tool `\(call.name)`", isError: true, in: &open)
        }
        guard let arguments = try? JSON.parse(Array(call.arguments.utf8)).objectValue else {
            return try await answer(call, "the arguments aren't a JSON object", isError: true, in: &open)
        }
        if let begun {
            let request = request(open, tool.spec.name, arguments, as: begun)
            switch try await gate.fate(of: begun, in: store) {
            case .neverBegan: try await take(await gate.perform(request), to: request, call, in: &open)
            case .running: await pause(.milliseconds(100))
            case .unknown:
                let answer = Answer.unknown(begun, "the gateway stopped while the call was under way")
                try await take(answer, to: request, call, in: &open)
            case .ended(let answer): try await take(answer, to: request, call, in: &open)
            }
            return
        }
        guard tool.spec.effect != .read else {
            let request = request(open, tool.spec.name, arguments)
            return try await take(await gate.perform(request), to: request, call, in: &open)
        }
        let id = CallID(world.newID("call"))
        try await keep(.calling(call.id, id), in: &open)
        let request = request(open, tool.spec.name, arguments, as: id)
        try await take(await gate.perform(request), to: request, call, in: &open)
    }

    private func tools(for open: OpenTurn) async throws -> SeenTools {
        switch await gate.list(for: request(open, "", [:])) {
        case .tools(let tools): SeenTools(shown(tools, in: open.turn))
        case .nothing, .noSuchAgent: SeenTools([])
        case .unavailable(let reason): throw CommitError.unavailable(reason)
        }
    }

    /// Where an answer can carry no file, a model isn't told of a tool that sends one.
    func shown(_ tools: [CallableTool], in turn: Turn) -> [CallableTool] {
        turn.isAnswered && carriesFiles(turn.account.kind) ? tools : tools.filter { $0.spec.name != FileTools.send }
    }

    /// What the gate said: kept for the model, or the turn waits for somebody.
    private func take(
        _ answer: Answer, to request: ToolCallRequest, _ call: ModelToolCall, in open: inout OpenTurn
    ) async throws {
        try Task.checkCancellation()
        switch answer {
        case .ask(_, let ticket?): return try await park(call, .approval(ticket.approval), answer, request, in: &open)
        case .connect: return try await park(call, .connection, answer, request, in: &open)
        case .unavailable(let reason): throw CommitError.unavailable(reason)
        case .ask, .done, .edited, .refused, .notSent, .unknown, .withheld, .pending, .declined, .tooManyAsks, .deny,
            .noSuchTool, .invalid:
            break
        }
        let text = await words.words(for: answer, to: request)
        let sends = open.tools?.tool(call.name)?.spec.effect == .send
        let sent = sends ? answer.sent.map { TurnChange.sent($0, by: open.turn.id) } : nil
        try await self.answer(
            call, text?.text ?? "there is no tool `\(call.name)`", isError: text?.isError ?? true,
            picture: request.tool == FileTools.open ? answer.picture : nil, in: &open, with: sent.map { [$0] } ?? [])
    }

    func answer(
        _ call: ModelToolCall, _ text: String, isError: Bool, picture: ModelPicture? = nil, in open: inout OpenTurn,
        with more: [any StoredChange] = []
    ) async throws {
        let scalars = text.unicodeScalars
        var shown = text
        if scalars.count > limits.resultLength {
            shown = String(scalars.prefix(limits.resultLength)) + "\n(cut: \(scalars.count) characters in all)"
        }
        try await keep(
            .answered(ModelToolResult(call: call.id, text: shown, isError: isError, picture: picture)), in: &open,
            with: more)
    }

    private func park(
        _ call: ModelToolCall, _ wait: TurnWait, _ answer: Answer, _ request: ToolCallRequest, in open: inout OpenTurn
    ) async throws {
        let text = await words.words(for: answer, to: request)
        let card = await card(for: answer, text, in: open)
        let changes = try saying(card, to: .sender, in: open.turn)
        try await keep(.waits(call.id, wait), then: .parked(wait), in: &open, with: changes)
        outbox.ring()
    }

    /// What whoever wrote is told of a wait. A guest sees neither request nor account.
    private func card(for answer: Answer, _ text: AnswerText?, in open: OpenTurn) async -> OutboundContent {
        guard let person = open.turn.requester.person else {
            return .notice("I've asked the person who is responsible for this, and go on when they agree.", link: nil)
        }
        switch answer {
        case .ask(_, let ticket?):
            if ticket.approvers.contains(person), let notice = await words.approval(ticket.approval, for: person) {
                return .approval(notice)
            }
            let names = ticket.approvers.sorted().map(\.raw).joined(separator: " or ")
            return .notice(
                "This needs the agreement of \(names), who has been asked. I go on when it is there.", link: nil)
        case .connect, .ask, .done, .edited, .refused, .notSent, .unknown, .withheld, .pending, .declined, .tooManyAsks,
            .deny, .noSuchTool, .invalid, .unavailable:
            let words = text?.told ?? text?.text ?? "Something has to be connected first."
            return .notice(words, link: text?.link)
        }
    }
}

extension Answer {
    /// What was opened, where it is a picture.
    fileprivate var picture: ModelPicture? {
        switch self {
        case .done(_, let result): result["picture"].flatMap(ModelPicture.init(json:))
        case .edited(_, _, let answer): answer.picture
        case .refused, .notSent, .unknown, .withheld, .pending, .ask, .declined, .tooManyAsks, .connect, .deny,
            .noSuchTool, .invalid, .unavailable:
            nil
        }
    }

    /// The call that has had its effect, or may have had it.
    fileprivate var sent: CallID? {
        switch self {
        case .done(let call, _), .unknown(let call, _), .withheld(let call): call
        case .edited(_, _, let answer): answer.sent
        case .refused, .notSent, .pending, .ask, .declined, .tooManyAsks, .connect, .deny, .noSuchTool, .invalid,
            .unavailable:
            nil
        }
    }
}
