public import Authority
public import Wire

/// Where an answer goes: out by the account that the message came in by. There is no other way to make one, so no agent
/// can speak through another's account.
public struct ReturnAddress: Sendable, Hashable {
    public let account: ChannelAccountID
    /// What the inbound message gave for answering it.
    public let reply: JSONObject

    public init(of message: InboundMessage) {
        account = message.account
        reply = message.reply
    }
}

extension OutboundMessage {
    public init(id: String, to address: ReturnAddress, privately: SenderID? = nil, content: OutboundContent) {
        self.init(id: id, account: address.account, reply: address.reply, privately: privately, content: content)
    }
}

extension InboundMessage {
    /// What bindings look at.
    public var arrival: Arrival {
        Arrival(
            channel: account.kind.rawValue, account: account.name, peer: place.peer, parent: place.parent,
            guild: place.guild, team: place.team, roles: place.roles)
    }
}
