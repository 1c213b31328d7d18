public import Authority

/// Who is shown a reply.
public enum Audience: Sendable, Hashable {
    /// Everybody in the place that the message came from.
    case everybody
    /// Whoever wrote, and nobody else.
    case sender

    /// Before a reply: those who would read it, against those who may read what the turn has seen. Whoever wrote may: the
    /// gate has judged each reading as theirs.
    ///
    /// - Parameters:
    ///   - labels: of everything that the session has seen.
    ///   - isOpen: ``AgentProfile/isOpen``.
    public static func of(_ labels: Labels, in place: Place, isOpen: Bool) -> Audience {
        if place.isPrivate { return .everybody }
        if place.hasOutsiders { return .sender }
        switch labels.readers {
        case .organization: return .everybody
        case .only: return .sender
        case .account: return isOpen ? .everybody : .sender
        }
    }
}
