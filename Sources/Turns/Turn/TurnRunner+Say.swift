import Authority
import Gate
import Wire

extension TurnRunner {
    /// The reply, to those who may read what went into it. Somebody who lost the agent while it was made isn't told it.
    func say(_ text: String, in open: inout OpenTurn) async throws {
        let turn = open.turn
        let listing = try await listing(for: open)
        if let refusal = listing.refusal { return try await fail(&open, refusal) }
        let labels = try await store.state(of: turn.session)?.labels(at: world.now()) ?? .fresh
        let profile = try await profiles.profile(of: turn.agent, in: turn.account.organization)
        let audience = Audience.of(labels, in: turn.place, isOpen: profile?.isOpen ?? false)
        let said = text.isEmpty ? "(The model said nothing.)" : text
        let files = try await files(of: open)
        try await end(
            &open, .answered, saying: .words(said), to: audience, with: files,
            and: try delivering(said, with: files, labels, isOpen: profile?.isOpen ?? false, in: turn))
    }

    /// What its calls kept to go with the answer.
    private func files(of open: OpenTurn) async throws -> [OutboundFile] {
        guard open.turn.isAnswered, open.log.hasCalled(FileTools.send) else { return [] }
        var files: [OutboundFile] = []
        for call in try await store.calls(sentBy: open.turn.id) {
            let kept = try await payloads.open(OutboundFile.payload(of: call))
            if let file = kept?["file"].flatMap(OutboundFile.init(json:)) { files.append(file) }
        }
        return files
    }

    /// The changes that put a message into the outbox. Where people read it in Deputy itself, it has arrived with that.
    func saying(
        _ content: OutboundContent, to audience: Audience, in turn: Turn, with files: [OutboundFile] = []
    ) throws -> [any StoredChange] {
        guard turn.isAnswered else { return [] }
        let sender: SenderID?
        let insiders: Narrowing?
        switch audience {
        case .everybody: (sender, insiders) = (nil, nil)
        case .sender: (sender, insiders) = (turn.sender, nil)
        case .insiders:
            (sender, insiders) = (nil, turn.sender.map { Narrowing(peer: turn.place.peer.id, asker: $0) })
        }
        return try OutboxEntry.saying(
            content, to: sender, if: insiders, from: turn.account, in: turn.conversation, reply: turn.reply,
            turn: turn.id, with: files, payloads, world)
    }
}

extension OutboxEntry {
    static func saying(
        _ content: OutboundContent, to sender: SenderID?, if insiders: Narrowing? = nil,
        from account: ChannelAccountID, in conversation: ConversationID,
        reply: JSONObject, replacing replaced: String? = nil, about approval: ApprovalID? = nil, turn: TurnID?,
        with files: [OutboundFile] = [],
        _ payloads: PayloadKeeper, _ world: World
    ) throws -> [any StoredChange] {
        let entry = OutboxEntry(
            id: OutboxID(world.newID("out")), account: account, conversation: conversation, turn: turn,
            created: world.now(), state: account.kind.nature.knowsPeople ? .delivered : .waiting,
            approval: content.approval, told: sender?.raw, about: approval ?? content.approval)
        let message = OutboundMessage(
            id: entry.id.raw, account: account, reply: reply, privately: sender, insiders: insiders, replaces: replaced,
            content: content, files: files)
        return [TurnChange.say(entry), try payloads.kept(message.json, id: entry.payload)]
    }
}
