public import Authority
public import Gate
public import Wire

/// The flows, for reading.
public protocol ConnectFlowStore: Sendable {
    func connectFlow(_ id: ConnectFlowID) async throws -> ConnectFlow?
    /// The one row of this aim.
    func connectFlow(for aim: ConnectAim) async throws -> ConnectFlow?
    /// The one whose browser was sent off with this state.
    func connectFlow(state: Digest) async throws -> ConnectFlow?
    /// Those that hold something sealed which ran out at this moment or before, oldest first.
    func connectFlows(expiredAt now: Timestamp, most: Int) async throws -> [ConnectFlow]
}

/// What connecting changes in the store.
public enum ConnectChange: StoredChange {
    /// Refused as `exists` when there is one for the same aim.
    case open(ConnectFlow)
    /// Takes the place of the revision before. Refused as `exists` when that isn't the one that is there: somebody else was
    /// first.
    case step(ConnectFlow)
    /// Every flow of a person who leaves.
    case drop(OrganizationID, PersonID)
}
