import Authority
import Console
import Gate
import HTTPTypes
import Hummingbird
import Registry
import Turns
import Wire

/// Conversations on pages. Whoever writes has signed in, so an agent acts for exactly this person.
extension PageServer {
    func addChats(to router: Router<GatewayContext>) {
        get("/chats", router, chats)
        get("/chats/:id", router, chat)
        post("/chats/:id", router, takesFiles: true, write)
        get("/chats/:id/events", router, chatEvents)
        get("/chats/:id/file", router, chatFile)
        get("/transcript", router, transcript)
        router.get("/chat.js") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/javascript; charset=utf-8", .cacheControl: "max-age=3600"],
                body: .init(byteBuffer: .init(bytes: Pages.chatScript)))
        }
    }

    @Sendable func chats(_ visit: Visit) async throws -> Response {
        var agents: [ChatsView.Agent] = []
        for agent in try await desks.administration.agents(in: visit.organization) {
            guard let kind = agent.definition.actsAs, let talk = talkPlace(agent.record.id, newName(), visit),
                await desks.mayUse(agent.record.id, visit.person, visit.organization) == true
            else { continue }
            agents.append(ChatsView.Agent(name: agent.record.id.raw, kind: kind.rawValue, path: path(of: talk)))
        }
        let earlier = try await desks.talk.conversations(of: visit.person, through: .web, in: visit.organization)
            .prefix(50).map { talk, last in
                ChatsView.Conversation(
                    agent: talk.agent.raw, path: path(of: talk), time: last.began.shown,
                    state: last.state.words ?? "answered")
            }
        return page(ChatsView(agents: agents, conversations: Array(earlier)), visit, place: "chats")
    }

    @Sendable func chat(_ visit: Visit) async throws -> Response {
        let talk = try talkPlace(visit)
        let turns = try await desks.talk.lines(in: talk, of: visit.person).map { line in
            ChatView.Turn(
                question: line.question.map { Inert.text($0, keepsLines: true) } ?? "(erased)",
                time: line.turn.began.shown,
                attached: line.attachments.map { "\(Inert.text($0.name)), \($0.size.bytesInWords)" },
                said: line.said.map { view($0, in: talk) }, state: line.turn.state.words)
        }
        var response = page(
            ChatView(title: "\(talk.agent)", path: path(of: talk), turns: turns, event: newName()), visit,
            place: "chats")
        if let policy = HTTPField.Name("Content-Security-Policy") {
            // Alone among the pages it runs a script: ours, which asks us alone.
            response.headers[policy] = PageServer.contentPolicy() + "; script-src 'self'; connect-src 'self'"
        }
        return response
    }

    @Sendable func write(_ visit: Visit) async throws -> Response {
        let talk = try talkPlace(visit)
        let text = (visit.form["text"] ?? "").replacing("\r\n", with: "\n")
        guard !text.allSatisfy(\.isWhitespace), text.unicodeScalars.count <= TalkDesk.longest,
            let event = visit.form["event"], (1...64).contains(event.utf8.count)
        else {
            throw PageRefusal(
                status: .badRequest, title: "That can't be sent",
                text: "A message has 1 to \(TalkDesk.longest) characters.")
        }
        if let problem = InboundFile.problem(of: visit.files) {
            settings.refusedFile(problem.refusal)
            throw PageRefusal(status: .contentTooLarge, title: "That is too much", text: problem.sentence)
        }
        if let wait = messages.take(of: visit.visitor) {
            throw PageRefusal.tooMany("You sent more messages than anybody writes.", wait: wait)
        }
        if let wait = files.take(visit.files, of: visit.visitor) {
            throw PageRefusal.tooMany("You sent more files than are kept for one person. Nothing was sent.", wait: wait)
        }
        _ = try await desks.talk.write(
            text, files: visit.files, in: talk, by: visit.person, event: event, at: settings.now())
        return redirect(to: path(of: talk))
    }

    func path(of talk: TalkPlace) -> String { "/chats/\(talk.agent).\(talk.name)" }

    /// Of the page's own address; whoever isn't allowed to use the agent is told so by the gate, as everywhere.
    func talkPlace(_ visit: Visit) throws(PageRefusal) -> TalkPlace {
        let parts = visit.parameter.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let talk = talkPlace(AgentID(parts[0]), parts[1], visit) else { throw .notFound }
        return talk
    }

    private func talkPlace(_ agent: AgentID, _ name: String, _ visit: Visit) -> TalkPlace? {
        TalkPlace(organization: visit.organization, kind: .web, agent: agent, name: name)
    }

    private func newName() -> String { Hex.encode(randomBytes(12)) }
}

extension TurnState {
    /// Nil once it was answered.
    var words: String? {
        switch self {
        case .ready: "working"
        case .parked(.approval): "waits for an agreement"
        case .parked(.connection): "waits for a connection"
        case .ended(.answered): nil
        case .ended(.stopped): "stopped"
        case .ended(.failed): "failed"
        case .ended(.expired): "waited too long"
        }
    }
}

extension PageServer {
    private func view(_ said: Said, in talk: TalkPlace) -> ChatView.Said {
        said.content.view(
            with: said.files.map { file in
                ChatView.File(
                    name: Inert.text(file.name), size: file.size.bytesInWords,
                    path: "\(path(of: talk))/file?call=\(file.call)")
            })
    }
}

extension OutboundContent {
    fileprivate func view(with files: [ChatView.File]) -> ChatView.Said {
        switch self {
        case .words(let text): ChatView.Said(text: Inert.text(text, keepsLines: true), isOurs: false, files: files)
        case .notice(let text, let link): ChatView.Said(text: Inert.text(text), isOurs: true, link: link)
        case .approval(let notice):
            ChatView.Said(
                text: "This needs your agreement: \(notice.title)", isOurs: true, lines: notice.lines,
                link: notice.link,
                linkName: "Look at it")
        }
    }
}
