import Authority
import Gate
import Wire

/// Where a run's answer goes besides its record: a place that its author named, and that bindings give to this very agent.
public struct ScheduleDelivery: Sendable, Hashable {
    public enum Found: Sendable, Hashable {
        case there(ScheduleDelivery)
        /// For this reason.
        case nowhere(String)
    }

    let account: ChannelAccountID
    let place: ChannelPlace

    public init(account: ChannelAccountID, place: ChannelPlace) {
        self.account = account
        self.place = place
    }

    /// What it is called in a message's reply.
    static let key = "deliver"

    /// In whose name a schedule's message comes: nobody's, on any channel.
    static func sender(of schedule: ScheduleID) -> SenderID { SenderID("schedule:\(schedule)") }

    var json: JSON {
        [
            "channel": .string(account.kind.rawValue), "account": .string(account.name),
            "kind": .string(place.peer.kind.rawValue), "peer": .string(place.peer.id), "reply": .object(place.reply),
        ]
    }

    /// Reads what ``json`` gave.
    init?(_ json: JSON?, in organization: OrganizationID) {
        guard let json, let kind = json["channel"]?.stringValue.flatMap(ChannelKind.init),
            let name = json["account"]?.stringValue, let peerKind = json["kind"]?.stringValue.flatMap(Peer.Kind.init),
            let peer = json["peer"]?.stringValue, let reply = json["reply"]?.objectValue
        else { return nil }
        self.init(
            account: ChannelAccountID(organization: organization, kind: kind, name: name),
            place: ChannelPlace(peer: Peer(kind: peerKind, id: peer), reply: reply))
    }
}

extension TurnRunner {
    /// What a schedule's turn says elsewhere, as far as everybody there may read it. Nothing where not: nobody asked, so there is
    /// nobody to tell alone.
    func delivering(
        _ text: String, with files: [OutboundFile], _ labels: Labels, isOpen: Bool, in turn: Turn
    ) throws -> [any StoredChange] {
        guard turn.account.kind == .schedule,
            let delivery = ScheduleDelivery(turn.reply[ScheduleDelivery.key], in: turn.account.organization)
        else { return [] }
        let place = Place(peer: delivery.place.peer)
        let insiders: Narrowing?
        switch Audience.of(labels, in: place, isOpen: isOpen) {
        case .everybody: insiders = nil
        case .insiders:
            let nobody = ScheduleDelivery.sender(of: ScheduleID(turn.account.name))
            insiders = Narrowing(peer: place.peer.id, asker: nobody)
        case .sender: return []
        }
        return try OutboxEntry.saying(
            .words(text), to: nil, if: insiders, from: delivery.account,
            in: ConversationID(in: place, of: delivery.account), reply: delivery.place.reply, turn: turn.id,
            with: files, payloads, world)
    }
}
