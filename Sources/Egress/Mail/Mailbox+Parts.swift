import Mail
import Wire

extension Mailbox {
    /// Octets of one part that are given at the most, whoever asks.
    private static let mostPart: Int64 = 1 << 20

    /// One file of a message, without its transfer encoding; a text in UTF-8.
    func part(_ wanted: JSON) async throws(MailFailure) -> JSON {
        let (name, id) = (try folder(wanted), try MailID(wanted))
        let section = wanted["part"]?.stringValue ?? ""
        let most = Int(min(wanted["most"]?.integerValue ?? Mailbox.mostPart, Mailbox.mostPart))
        return try await session { session throws(MailFailure) in
            try id.check(try await session.open(name, forReading: true))
            guard let found = try await session.part(section, of: id.number, most: most) else {
                throw .refused("the mail isn't in its mailbox any more, or has no such file")
            }
            return [
                "name": .string(found.part.fileName ?? "(no name)"), "type": .string(found.part.type),
                "size": .number(JSONNumber(found.size)), "bytes": .string(Base64.encodeURL(found.bytes)),
            ]
        }
    }
}
