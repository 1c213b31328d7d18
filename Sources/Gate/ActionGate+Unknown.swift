public import Authority
import Ledger
import Wire

extension ActionGate {
    /// Calls of which nobody knows whether they happened, oldest first. While one stands, an identical call isn't made.
    public func unknownCalls(in organization: OrganizationID, of calls: any OpenCalls) async throws -> [OpenCall] {
        try await calls.openCalls().filter { $0.organization == organization && $0.state == .unknown }
    }

    /// Somebody looked at the provider and says what became of a call. From then on an identical call is a new one. The record
    /// keeps both: that nobody knew, and who said what.
    ///
    /// - Parameters:
    ///   - by: as leaves name them, such as `person:dana`.
    ///   - under: what that right was read under, compared in the commit.
    /// - Throws: `CommitError.exists` when it isn't unknown, or isn't there.
    public func settle(
        _ call: CallID, happened: Bool, by somebody: String, in organization: OrganizationID,
        of calls: any OpenCalls, under: [EpochReading] = []
    ) async throws {
        guard let open = try await calls.openCall(call), open.organization == organization else {
            throw CommitError.exists(call.raw)
        }
        let leaf = try Leaf(
            kind: .authority, time: world.now().microseconds,
            fields: [
                "change": "call.settled", "by": .string(somebody), "call": .string(call.raw),
                "happened": .bool(happened),
            ])
        try await commits.commit(
            Transaction(
                requires: under, changes: [GateChange.settle(call)],
                leaves: [PlacedLeaf(leaf, in: .organization(organization))]))
    }
}
