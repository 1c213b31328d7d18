public import Authority
public import Gate

/// What was said to somebody, and the files that went with it.
public struct Said: Sendable, Hashable {
    public let content: OutboundContent
    /// Without their bytes.
    public let files: [OutboundFile]

    public init(_ content: OutboundContent, files: [OutboundFile] = []) {
        self.content = content
        self.files = files
    }
}

extension TalkDesk {
    /// A file that went with an answer in this conversation, with its bytes: for whoever it was said to. Nil for every other, and
    /// when it was erased.
    public func file(_ call: CallID, in talk: TalkPlace, of person: PersonID) async throws -> OutboundFile? {
        guard let turn = try await store.turn(sending: call), turn.session == talk.session(of: person),
            turn.conversation == talk.conversation(of: person),
            try await said(in: turn).contains(where: { $0?.files.contains { $0.call == call } ?? false })
        else { return nil }
        return try await payloads.open(OutboundFile.payload(of: call)).flatMap(OutboundFile.init(kept:))
    }
}
