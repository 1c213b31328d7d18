import Authority
public import Wire

extension InboundMessage {
    /// As it is kept, sealed.
    public var json: JSON {
        var object: JSONObject = [
            "organization": .string(account.organization.raw), "channel": .string(account.kind.rawValue),
            "account": .string(account.name), "event": .string(event), "place": place.json, "sender": sender.json,
            "text": .string(text), "sent": .number(JSONNumber(sent.microseconds)), "isAddressed": .bool(isAddressed),
            "reply": .object(reply),
            "attachments": .array(attachments.map(\.json)),
        ]
        if let agent { object["agent"] = .string(agent.raw) }
        if ceiling != .all { object["ceiling"] = .number(JSONNumber(Int64(ceiling.rawValue))) }
        object["note"] = note.map { .string($0) }
        object["quoted"] = quoted.map { .string($0) }
        object["forwarded"] = forwarded.map { .string($0) }
        return .object(object)
    }

    /// Reads what ``json`` wrote; nil for anything else.
    public init?(json: JSON) {
        guard let organization = json["organization"]?.stringValue,
            let kind = json["channel"]?.stringValue.flatMap(ChannelKind.init), let name = json["account"]?.stringValue,
            let event = json["event"]?.stringValue, let place = json["place"].flatMap(Place.init(json:)),
            let sender = json["sender"].flatMap(Sender.init(json:)), let text = json["text"]?.stringValue,
            let sent = json["sent"]?.integerValue, let isAddressed = json["isAddressed"]?.boolValue,
            let reply = json["reply"]?.objectValue, let attachments = json["attachments"]?.arrayValue
        else { return nil }
        self.init(
            account: ChannelAccountID(organization: OrganizationID(organization), kind: kind, name: name), event: event,
            place: place, sender: sender, agent: json["agent"]?.stringValue.map { AgentID($0) }, text: text,
            attachments: attachments.compactMap(Attachment.init(json:)), sent: Timestamp(microseconds: sent),
            isAddressed: isAddressed, reply: reply,
            ceiling: json["ceiling"]?.integerValue.map { EffectSet(rawValue: UInt16(clamping: $0)) } ?? .all,
            note: json["note"]?.stringValue, quoted: json["quoted"]?.stringValue,
            forwarded: json["forwarded"]?.stringValue)
    }
}

extension Attachment {
    fileprivate init?(json: JSON) {
        guard let id = json["id"]?.stringValue, let name = json["name"]?.stringValue,
            let mediaType = json["mediaType"]?.stringValue,
            let size = json["size"]?.integerValue.flatMap({ Int(exactly: $0) })
        else { return nil }
        self.init(
            id: id, name: name, mediaType: mediaType, size: size,
            digest: json["digest"]?.stringValue.flatMap(Digest.init(hex:)))
    }

    fileprivate var json: JSON {
        var object: JSONObject = [
            "id": .string(id), "name": .string(name), "mediaType": .string(mediaType),
            "size": .number(JSONNumber(size)),
        ]
        object["digest"] = digest.map { .string($0.hex) }
        return .object(object)
    }
}

extension Place {
    public var json: JSON {
        var object: JSONObject = [
            "peer": peer.json, "roles": .array(roles.sorted().map { .string($0) }), "hasOutsiders": .bool(hasOutsiders),
        ]
        object["parent"] = parent?.json
        object["thread"] = thread.map { .string($0) }
        object["guild"] = guild.map { .string($0) }
        object["team"] = team.map { .string($0) }
        return .object(object)
    }

    public init?(json: JSON) {
        guard let peer = json["peer"].flatMap(Peer.init(json:)), let roles = json["roles"]?.arrayValue,
            let hasOutsiders = json["hasOutsiders"]?.boolValue
        else { return nil }
        self.init(
            peer: peer, parent: json["parent"].flatMap(Peer.init(json:)), thread: json["thread"]?.stringValue,
            guild: json["guild"]?.stringValue, team: json["team"]?.stringValue,
            roles: Set(roles.compactMap(\.stringValue)), hasOutsiders: hasOutsiders)
    }
}

extension Place.Peer {
    var json: JSON { ["kind": .string(kind.rawValue), "id": .string(id)] }

    init?(json: JSON) {
        guard let kind = json["kind"]?.stringValue.flatMap(Place.PeerKind.init), let id = json["id"]?.stringValue else {
            return nil
        }
        self.init(kind: kind, id: id)
    }
}

extension Sender {
    fileprivate var json: JSON {
        switch self {
        case .person(let person): ["person": .string(person.raw)]
        case .external(let id, let standing):
            [
                "sender": .string(id.raw), "proof": .string(standing.proof.rawValue), "isBot": .bool(standing.isBot),
                "isForeign": .bool(standing.isForeign),
            ]
        }
    }

    fileprivate init?(json: JSON) {
        if let person = json["person"]?.stringValue {
            self = .person(PersonID(person))
        } else if let id = json["sender"]?.stringValue,
            let proof = json["proof"]?.stringValue.flatMap(SenderStanding.Proof.init),
            let isBot = json["isBot"]?.boolValue, let isForeign = json["isForeign"]?.boolValue
        {
            self = .external(SenderID(id), SenderStanding(proof: proof, isBot: isBot, isForeign: isForeign))
        } else {
            return nil
        }
    }
}
