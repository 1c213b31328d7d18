public import Authority

/// How it went when a server was last asked for its tools.
public struct ServerLook: Sendable, Hashable {
    public let organization: OrganizationID
    public let server: String
    public let tried: Timestamp
    /// When an answer was last compared with the pins; nil if none ever was.
    public let compared: Timestamp?
    /// Why the last attempt brought no list; nil where it brought one.
    public let failure: String?
    /// How many pinned tools the last list lacked that nobody has taken away.
    public let missing: Int

    public init(
        organization: OrganizationID, server: String, tried: Timestamp, compared: Timestamp?, failure: String?,
        missing: Int
    ) {
        self.organization = organization
        self.server = server
        self.tried = tried
        self.compared = compared
        self.failure = failure
        self.missing = missing
    }
}
