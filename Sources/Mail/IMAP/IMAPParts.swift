/// One part of a message.
public struct MailPartContent: Sendable, Hashable {
    public let part: MailPart
    /// Without its transfer encoding, a text in UTF-8; empty for what is too large.
    public let bytes: [UInt8]
    /// Octets; of what is too large as it is carried.
    public let size: Int
}

extension IMAPSession {
    /// A part of a message of the open folder; nil when it isn't there. The message stays unread if it was.
    ///
    /// - Parameters:
    ///   - section: as ``MailPart/section`` gave it.
    ///   - most: octets, without the transfer encoding.
    public func part(
        _ section: String, of number: UInt32, most: Int
    ) async throws(MailFailure) -> MailPartContent? {
        guard let data = try await fetched(IMAPCommand("UID FETCH \(number) (UID BODYSTRUCTURE)"), number),
            let part = MailPart.parts(of: data["BODYSTRUCTURE"] ?? .none).first(where: { $0.section == section })
        else { return nil }
        // Quoted-printable has three octets for one at the most, base64 fewer.
        let carried = most * 3 + 1_024
        guard Int(part.size) <= carried else {
            return MailPartContent(part: part, bytes: [], size: Int(part.size))
        }
        let asked = IMAPCommand("UID FETCH \(number) (UID BODY.PEEK[\(part.section)]<0.\(carried)>)")
        guard let body = try await fetched(asked, number)?.first(where: { $0.key.hasPrefix("BODY[") })?.value.bytes
        else { return nil }
        let bytes = part.content(of: Array(body.prefix(carried)))
        return MailPartContent(part: part, bytes: bytes.count <= most ? bytes : [], size: bytes.count)
    }
}
