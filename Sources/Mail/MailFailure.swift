/// Why a mail server didn't do what it was asked, in words that may hold what it said.
public enum MailFailure: Error, Sendable, Hashable {
    /// Certainly nothing was done; it may be tried again.
    case notSent(String)
    /// The server said no.
    case refused(String)
    /// The server said no to the login itself.
    case denied(String)
    /// It may have been done.
    case unknown(String)

    public var reason: String {
        switch self {
        case .notSent(let reason), .refused(let reason), .denied(let reason), .unknown(let reason): reason
        }
    }
}

/// Bytes that break the protocol.
struct MailFault: Error, Hashable {
    let reason: String
}
