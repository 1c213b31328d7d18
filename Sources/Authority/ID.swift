/// An identifier that can't be taken for another kind of identifier. Compared byte for byte, never case-folded.
public struct ID<Kind>: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let raw: String

    public init(_ raw: String) {
        self.raw = raw
    }

    public var description: String { raw }

    public static func < (left: ID, right: ID) -> Bool { left.raw < right.raw }
}

public enum OrganizationKind {}
public enum PersonKind {}
public enum SenderKind {}
public enum AgentKind {}
public enum ClientKind {}
public enum ConnectionKind {}
public enum ProviderKind {}

public typealias OrganizationID = ID<OrganizationKind>
public typealias PersonID = ID<PersonKind>
/// An external identity on a channel account, such as `mail:alice@acme.test`. Never a person by itself.
public typealias SenderID = ID<SenderKind>
public typealias AgentID = ID<AgentKind>
/// The software that spoke to us, by its token.
public typealias ClientID = ID<ClientKind>
public typealias ConnectionID = ID<ConnectionKind>
public typealias ProviderID = ID<ProviderKind>

/// Microseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Sendable, Comparable {
    public let microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The end of time where there is no such moment: what others ask us to wait mustn't end us.
    public func adding(seconds: Int64) -> Timestamp {
        let (added, isFar) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (moment, isBeyond) = microseconds.addingReportingOverflow(added)
        guard isFar || isBeyond else { return Timestamp(microseconds: moment) }
        return Timestamp(microseconds: seconds < 0 ? .min : .max)
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }
}
