public import Authority
import Gate

/// What is a leaving person's own, for reading.
public protocol LeavingStore: Sendable {
    /// At most `limit` connections of theirs whose secret is still there, in no order: those that aren't revoked, or those
    /// that are.
    func connections(
        of person: PersonID, revoked: Bool, in organization: OrganizationID, limit: Int
    ) async throws -> [ConnectionRecord]
    /// At most `limit` agents' connections that hold an account of theirs and aren't revoked, in the order of their ids: the
    /// account has their address, or is their id at the provider, or is the account of a connection of their own.
    func connectionsHeld(
        for claim: PersonClaim, in organization: OrganizationID, limit: Int
    ) async throws -> [ConnectionRecord]
    /// How many connections they have at each provider that aren't revoked.
    func connectionCounts(of person: PersonID, in organization: OrganizationID) async throws -> [ProviderID: Int]
    /// Their ways to a connection on which something is under way.
    func openFlows(of person: PersonID, in organization: OrganizationID) async throws -> [ConnectFlow]
    /// How many tokens each provider is still to be told to end, for they left.
    func revocations(for person: PersonID, in organization: OrganizationID) async throws -> [ProviderID: Int]
}
