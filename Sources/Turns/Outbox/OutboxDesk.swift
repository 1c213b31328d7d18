public import Authority
public import Gate
public import Wire

/// Says something in a conversation that no turn says.
public struct OutboxDesk: Sendable {
    private let commits: any Commits
    private let payloads: PayloadKeeper
    private let world: World
    private let bell: Bell

    /// - Parameter bell: rung when something is to be sent.
    public init(commits: any Commits, payloads: PayloadKeeper, world: World, bell: Bell) {
        self.commits = commits
        self.payloads = payloads
        self.world = world
        self.bell = bell
    }

    /// - Parameters:
    ///   - approval: messages about the same are sent in their order, and destroyed with it.
    ///   - replaced: the channel's own id of the message whose place it takes.
    public func say(
        _ content: OutboundContent, to sender: SenderID, from account: ChannelAccountID, about approval: ApprovalID,
        reply: JSONObject, replacing replaced: String? = nil
    ) async throws {
        let taken = replaced.map { [TurnChange.takeDownShown(account, $0)] } ?? []
        let changes =
            try OutboxEntry.saying(
                content, to: sender, from: account, in: ConversationID(raw: "press/\(approval)"), reply: reply,
                replacing: replaced, about: approval, turn: nil, payloads, world) + taken
        try await commits.commit(Transaction(changes: changes))
        bell.ring()
    }
}
