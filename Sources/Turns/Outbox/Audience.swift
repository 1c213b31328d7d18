public import Authority

/// Who is shown a reply.
public enum Audience: Sendable, Hashable {
    /// Everybody in the place that the message came from, whoever that is.
    case everybody
    /// Everybody in it, if only people of the organization read there when it is sent; else whoever wrote.
    case insiders
    /// Whoever wrote, and nobody else.
    case sender

    /// Before a reply: those who would read it, against those who may read what the turn has seen. Whoever wrote may: the
    /// gate has judged each reading as theirs. What nothing was seen for is no secret.
    ///
    /// - Parameters:
    ///   - labels: of everything that the session has seen.
    ///   - isOpen: ``AgentProfile/isOpen``.
    public static func of(_ labels: Labels, in place: Place, isOpen: Bool) -> Audience {
        if place.isPrivate { return .everybody }
        if place.hasOutsiders { return .sender }
        switch labels.readers {
        case .organization: return labels == .fresh ? .everybody : .insiders
        case .only: return .sender
        case .account: return isOpen ? .insiders : .sender
        }
    }
}
