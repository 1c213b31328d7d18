/// Why a step isn't taken. The raw value is how it is recorded and counted.
public enum ConnectRefusal: String, Error, Sendable, Hashable, CaseIterable {
    /// There is no such flow, or nothing was sent off with that handle.
    case unknown
    /// The flow is another person's.
    case somebodyElses = "somebody-elses"
    /// Nobody is signed in in the browser that brings the answer.
    case nobody = "not-signed-in"
    /// It is the right person, in another browser session than the one that was sent off.
    case anotherBrowser = "another-browser"
    /// More than ten minutes ago.
    case stale
    /// Nothing is at that stage: it was taken before, or begun again.
    case over
    /// What the person saw isn't what there is.
    case changed
    /// Another account than before, or the agent's owner's own, without the yes to that.
    case needsYes = "needs-yes"

    /// Whether somebody tried what they may not, which the ledger tells.
    public var isRecorded: Bool {
        switch self {
        case .somebodyElses, .nobody, .anotherBrowser: true
        case .unknown, .stale, .over, .changed, .needsYes: false
        }
    }
}
