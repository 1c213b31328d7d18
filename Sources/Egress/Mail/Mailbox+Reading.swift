import Mail
import Wire

extension Mailbox {
    func search(_ wanted: JSON) async throws(MailFailure) -> JSON {
        let name = try folder(wanted)
        var criteria = MailCriteria()
        criteria.text = wanted["text"]?.stringValue
        criteria.from = wanted["from"]?.stringValue
        criteria.to = wanted["to"]?.stringValue
        criteria.subject = wanted["subject"]?.stringValue
        criteria.since = wanted["since"]?.stringValue
        criteria.before = wanted["before"]?.stringValue
        criteria.isUnread = wanted["unread"]?.boolValue ?? false
        criteria.notMessageID = "<" + ApproverLetter.mark
        let (sought, most) = (criteria, Int(wanted["most"]?.integerValue ?? 20))
        return try await session { session throws(MailFailure) in
            let open = try await session.open(name, forReading: true)
            let found = try await session.search(sought)
            let all = try await session.summaries(of: found.suffix(most))
            // Also where a server doesn't look into that header.
            let newest = all.filter(\.isTold)
            return [
                "folder": .string(name.text),
                "found": .number(JSONNumber(found.count - (all.count - newest.count))),
                "messages": .array(
                    newest.reversed().map { summary in
                        var fields = summary.fields
                        fields["id"] = .string("\(MailID(validity: open.validity, number: summary.number))")
                        return .object(fields)
                    }),
            ]
        }
    }

    func read(_ wanted: JSON) async throws(MailFailure) -> JSON {
        let (name, id) = (try folder(wanted), try MailID(wanted))
        return try await session { session throws(MailFailure) in
            try id.check(try await session.open(name, forReading: true))
            guard let content = try await session.content(of: id.number, most: Mailbox.textBytes),
                content.summary.isTold
            else { throw MailID.missing(name) }
            let text = String(content.text.unicodeScalars.prefix(Mailbox.textCharacters))
            var fields = content.summary.fields
            fields["id"] = .string("\(id)")
            fields["text"] = .string(text)
            fields["type"] = content.textType.map { .string($0) }
            fields["cut"] = .bool(content.isCut || text.utf8.count < content.text.utf8.count)
            fields["attachments"] = .array(
                content.others.filter(\.isFile).map { part in
                    var fields: JSONObject = ["type": .string(part.type), "size": .number(JSONNumber(part.size))]
                    fields["name"] = part.fileName.map { .string($0) }
                    return .object(fields)
                })
            return .object(fields)
        }
    }

    func mark(_ wanted: JSON) async throws(MailFailure) -> JSON {
        let (name, id) = (try folder(wanted), try MailID(wanted))
        guard let mark = wanted["mark"]?.stringValue.flatMap(MailMark.init(rawValue:)) else {
            throw .refused("no such mark is known")
        }
        let isSet = wanted["set"]?.boolValue ?? true
        return try await session { session throws(MailFailure) in
            try await find(id, in: name, session)
            try await session.mark(id.number, mark, isSet)
            return ["id": .string("\(id)"), "mark": .string(mark.rawValue), "set": .bool(isSet)]
        }
    }

    func move(_ wanted: JSON) async throws(MailFailure) -> JSON {
        let (name, target, id) = (try folder(wanted), try folder(wanted, "target"), try MailID(wanted))
        return try await session { session throws(MailFailure) in
            try await find(id, in: name, session)
            try await session.move(id.number, to: target)
            return ["moved": .string("\(id)"), "folder": .string(target.text)]
        }
    }

    /// A server says yes to a change of a message that isn't there.
    private func find(
        _ id: MailID, in name: MailFolderName, _ session: IMAPSession
    ) async throws(MailFailure) {
        try id.check(try await session.open(name, forReading: false))
        guard try await session.summaries(of: [id.number]).first?.isTold ?? false else { throw MailID.missing(name) }
    }
}

extension MailSummary {
    /// Nothing is told of letters to approvers.
    var isTold: Bool { messageID.map { !ApproverLetter.hasID($0) } ?? true }

    var fields: JSONObject {
        var fields: JSONObject = [
            "from": people(from), "to": people(to), "subject": .string(subject), "date": .string(date),
            "unread": .bool(!isRead), "size": .number(JSONNumber(size)),
        ]
        if !cc.isEmpty { fields["cc"] = people(cc) }
        fields["message_id"] = messageID.map { .string($0) }
        fields["in_reply_to"] = inReplyTo.map { .string($0) }
        return fields
    }

    private func people(_ people: [Person]) -> JSON {
        .array(people.map { person in .string(person.name.map { "\($0) <\(person.address)>" } ?? person.address) })
    }
}
