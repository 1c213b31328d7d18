import Authority
public import Wire

extension OutboundMessage {
    /// As it is kept, sealed.
    public var json: JSON {
        var object: JSONObject = [
            "id": .string(id), "organization": .string(account.organization.raw),
            "channel": .string(account.kind.rawValue),
            "account": .string(account.name), "reply": .object(reply), "content": content.json,
        ]
        object["privately"] = privately.map { .string($0.raw) }
        object["insiders"] = insiders.map { ["peer": .string($0.peer), "asker": .string($0.asker.raw)] }
        object["replaces"] = replaces.map { .string($0) }
        if !files.isEmpty { object["files"] = .array(files.map(\.json)) }
        return .object(object)
    }

    /// Reads what ``json`` wrote; nil for anything else.
    public init?(json: JSON) {
        guard let id = json["id"]?.stringValue, let organization = json["organization"]?.stringValue,
            let kind = json["channel"]?.stringValue.flatMap(ChannelKind.init), let name = json["account"]?.stringValue,
            let reply = json["reply"]?.objectValue, let content = json["content"].flatMap(OutboundContent.init(json:))
        else { return nil }
        var insiders: Narrowing?
        if let narrowed = json["insiders"] {
            guard let peer = narrowed["peer"]?.stringValue, let asker = narrowed["asker"]?.stringValue else {
                return nil
            }
            insiders = Narrowing(peer: peer, asker: SenderID(asker))
        }
        self.init(
            id: id, account: ChannelAccountID(organization: OrganizationID(organization), kind: kind, name: name),
            reply: reply, privately: json["privately"]?.stringValue.map { SenderID($0) }, insiders: insiders,
            replaces: json["replaces"]?.stringValue, content: content,
            files: (json["files"]?.arrayValue ?? []).compactMap(OutboundFile.init(json:)))
    }
}

extension OutboundContent {
    public var json: JSON {
        switch self {
        case .words(let text): return ["words": .string(text)]
        case .notice(let text, let link):
            var object: JSONObject = ["notice": .string(text)]
            object["link"] = link.map { .string($0) }
            return .object(object)
        case .approval(let notice):
            return [
                "approval": .string(notice.approval), "title": .string(notice.title),
                "lines": .array(notice.lines.map { .string($0) }), "link": .string(notice.link),
                "hasButtons": .bool(notice.hasButtons),
            ]
        }
    }

    public init?(json: JSON) {
        if let words = json["words"]?.stringValue {
            self = .words(words)
        } else if let notice = json["notice"]?.stringValue {
            self = .notice(notice, link: json["link"]?.stringValue)
        } else if let approval = json["approval"]?.stringValue, let title = json["title"]?.stringValue,
            let lines = json["lines"]?.arrayValue, let link = json["link"]?.stringValue,
            let hasButtons = json["hasButtons"]?.boolValue
        {
            self = .approval(
                ApprovalNotice(
                    approval: approval, title: title, lines: lines.compactMap(\.stringValue), link: link,
                    hasButtons: hasButtons))
        } else {
            return nil
        }
    }
}
