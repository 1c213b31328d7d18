public import Authority
public import Gate
import Wire

/// One conversation: what is written in one place of one account, apart from who writes there.
public struct ConversationID: Hashable, Sendable, CustomStringConvertible {
    public let raw: String

    public init(raw: String) {
        self.raw = raw
    }

    public init(in place: Place, of account: ChannelAccountID) {
        let parts: [String] = [
            account.organization.raw, account.kind.rawValue, account.name, place.peer.kind.rawValue, place.peer.id,
            place.thread ?? "",
        ]
        let digest = Digest.sha256(of: JSON.array(parts.map { .string($0) }).bytes())
        raw = "cnv_" + String(digest.hex.prefix(32))
    }

    public var description: String { raw }

    /// The session of one person or guest with one agent in this conversation. Whoever else writes in the same place has
    /// another one.
    public func session(of requester: Requester, with agent: AgentID, through account: ChannelAccountID) -> SessionKey {
        let client: ClientID =
            switch account.kind.nature.sessions {
            case .ofTokens: ClientID(account.name)
            case .ofConversations: .conversation(raw, through: account.description)
            }
        return SessionKey(organization: account.organization, agent: agent, requester: requester, client: client)
    }
}
