public import Authority
import Definition
import Gate
import OAuth

/// What a connection may do at its provider and wasn't used for.
public struct UnusedScopes: Sendable {
    public let connection: ConnectionRecord
    /// Granted, and needed by no permitted call.
    public let scopes: [String]
    /// Since when that was looked at: the connection may be younger than what was asked for, and so may the record.
    public let since: Timestamp
}

extension ConnectionDesk {
    /// Connections that were granted more than permitted calls needed in the last `days` days. What a provider's server
    /// always wants counts as needed.
    ///
    /// - Parameters:
    ///   - uses: the store of what calls needed.
    ///   - scopes: what a tool needs, by its name; nil for one that isn't there any more.
    public func unusedScopes(
        in organization: OrganizationID, days: Int64, uses: any UseStore,
        needed scopes: (String) -> Set<String>?
    ) async throws(BrokerError) -> [UnusedScopes] {
        let start = world.now().adding(seconds: -days * 86_400)
        let kept = try await read { try await uses.toolUsesKeptSince() }
        let used = try await read { try await uses.toolUses(in: organization, since: start.day) }
        let needed = Dictionary(grouping: used, by: \.connection).mapValues { uses in
            uses.reduce(into: Set<String>()) { $0.formUnion(scopes($1.tool) ?? []) }
        }
        return try await list(in: organization, of: nil).compactMap { record in
            let always = Set(providers.manifest(of: record.provider)?.oauth?.scopes ?? [])
            let unused = record.scopes.subtracting(needed[record.id] ?? []).subtracting(always)
            guard record.health != .revoked, !unused.isEmpty else { return nil }
            return UnusedScopes(
                connection: record, scopes: unused.sorted(), since: max(start, kept, record.created))
        }
    }
}
