import Authority
import Glibc
import Mail
import Wire

extension Mailbox {
    func send(_ wanted: JSON) async throws(MailFailure) -> JSON {
        guard let server = access.smtp else { throw .refused("this provider sends no mail") }
        let letter = try Letter(wanted, from: account)
        guard let mail = OutgoingMail(from: letter.from, to: letter.recipients, bytes: letter.bytes) else {
            throw .refused("a mail needs a recipient")
        }
        try await SMTPClient.send(
            mail, as: login, helloName: letter.from.helloName, by: try await route(to: server))
        return letter.told
    }

    /// Whether a mail of this call is among those that were sent.
    func sent(_ wanted: JSON) async throws(MailFailure) -> JSON {
        let id = try Letter.messageID(wanted, from: try Letter.sender(account))
        var criteria = MailCriteria()
        criteria.messageID = "<\(id)>"
        let sought = criteria
        return try await session { session throws(MailFailure) in
            guard let folder = try await session.folders().first(where: { $0.use == "sent" }) else {
                throw .refused("the mailbox has no folder of what was sent")
            }
            _ = try await session.open(folder.name, forReading: true)
            guard try await !session.search(sought).isEmpty else { throw .refused("no such mail was sent") }
            return ["message_id": .string("<\(id)>")]
        }
    }

    func draft(_ wanted: JSON) async throws(MailFailure) -> JSON {
        let letter = try Letter(wanted, from: account)
        return try await session { session throws(MailFailure) in
            let folders = try await session.folders()
            guard
                let folder = folders.first(where: { $0.use == "drafts" })
                    ?? folders.first(where: { $0.name.text.lowercased() == "drafts" })
            else { throw .refused("the mailbox has no folder of drafts") }
            try await session.append(letter.bytes, to: folder.name, asDraft: true)
            return .object(
                JSONObject(
                    (letter.told.objectValue?.members ?? []).map { ($0.key, $0.value) } + [
                        ("folder", .string(folder.name.text))
                    ]))
        }
    }
}

/// A message that is written here: its author is the account, whatever anybody says.
struct Letter: Sendable {
    let from: MailAddress
    let recipients: [MailAddress]
    let bytes: [UInt8]
    private let id: String

    init(_ wanted: JSON, from account: String?) throws(MailFailure) {
        from = try Letter.sender(account)
        id = try Letter.messageID(wanted, from: from)
        var recipients: [MailAddress] = []
        for value in (wanted["to"]?.arrayValue ?? []) + (wanted["cc"]?.arrayValue ?? []) {
            guard let text = value.stringValue, let address = MailAddress(text) else {
                throw .refused("one of the recipients isn't an address")
            }
            if !recipients.contains(address) { recipients.append(address) }
        }
        self.recipients = recipients
        guard let raw = wanted["raw"]?.stringValue.flatMap({ Base64.decodeURL($0) }), raw.allSatisfy({ $0 < 0x80 })
        else {
            throw .refused("a header of the mail isn't ASCII")
        }
        let headers = [
            "From: <\(from)>", "Date: \(NoticeMail.date(Letter.now))", "Message-ID: <\(id)>",
        ]
        bytes = Array((headers.joined(separator: "\r\n") + "\r\n").utf8) + raw
        guard OutgoingMail.isWhole(bytes) else { throw .refused("the mail can't be written") }
    }

    var told: JSON {
        [
            "message_id": .string(messageID), "from": .string(from.text),
            "recipients": .array(recipients.map { .string($0.text) }),
        ]
    }

    var messageID: String { "<\(id)>" }

    static func sender(_ account: String?) throws(MailFailure) -> MailAddress {
        guard let address = account.flatMap({ MailAddress($0) }) else {
            throw .refused("the account has no address to write from: give its manifest a `domain`")
        }
        return address
    }

    /// The call's own id, so that a mail can be looked for whose fate isn't known.
    static func messageID(_ wanted: JSON, from: MailAddress) throws(MailFailure) -> String {
        guard let call = wanted["call"]?.stringValue, let domain = from.text.split(separator: "@").last else {
            throw .refused("the mail has no id")
        }
        let id = "\(call)@\(domain)"
        guard MailAddress(id) != nil else { throw .refused("the mail has no id") }
        return id
    }

    private static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000)
    }
}
