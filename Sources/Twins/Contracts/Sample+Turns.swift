import Authority
import Gate
import Turns
import Wire

extension Transaction {
    static func turn(_ changes: TurnChange...) -> Transaction { Transaction(changes: changes) }
}

extension Sample {
    static func account(_ name: String = "one") -> ChannelAccountID {
        ChannelAccountID(organization: acme, kind: .slack, name: name)
    }

    static func entry(
        _ id: String, event: String, in conversation: String = "cnv", account: String = "one", isStop: Bool = false,
        received: Int64 = 0
    ) -> InboxEntry {
        InboxEntry(
            id: InboxID(id), account: Sample.account(account), event: event,
            conversation: ConversationID(raw: conversation),
            isStop: isStop, received: time(received), writer: "slack:T1/U1")
    }

    static func turn(
        _ id: String, with message: String = "i1", by person: String = "alice", in conversation: String = "cnv",
        began: Int64 = 5
    ) -> Turn {
        Turn(
            id: TurnID(id), account: account(), conversation: ConversationID(raw: conversation),
            message: InboxID(message), agent: AgentID("onboarding"),
            requester: .person(PersonID(person)), sender: SenderID("slack:T1/U1"),
            place: Place(
                peer: Place.Peer(kind: .channel, id: "C1"), parent: Place.Peer(kind: .group, id: "G1"), thread: "1.2",
                guild: "g", team: "T1", roles: ["a", "b"], hasOutsiders: true), reply: ["thread": .string(awkward)],
            began: time(began), steps: 1, ceiling: [.read, .create])
    }

    static func said(_ id: String, in conversation: String = "cnv", created: Int64) -> OutboxEntry {
        OutboxEntry(
            id: OutboxID(id), account: account(), conversation: ConversationID(raw: conversation), turn: TurnID("t1"),
            created: time(created))
    }
}
