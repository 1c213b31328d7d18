public import Authority
import Definition
import Gate
import OAuth
import Vault

// Where our app is itself, nobody consents: what an agent's tools need besides is asked for as the first token was.
extension GrantDesk {
    /// Asks anew for a connection of our app itself, for what it has and what is wanted besides. The token before is kept until
    /// the provider has given another.
    ///
    /// - Parameters:
    ///   - wanted: no more than the agent's own tools need.
    ///   - new: of the connection's owner, as it is now.
    /// - Returns: the connection with what was granted, which may be less than what was asked for.
    /// - Throws: `invalid` for a connection of another kind, `refused` where it was made through another app than the one that
    ///   is kept now.
    public func widen(
        _ id: ConnectionID, to wanted: Set<String>, for new: NewConnection
    ) async throws(BrokerError) -> ConnectionRecord {
        let unmoved = await desk.commits.reading(.connections(new.organization, new.owner, new.provider))
        let record = try await earlier(id, new, OwnGrant.ourselvesKind)
        guard case .ourselves(let before) = try await kept(by: record, new) else { throw GrantDesk.notOurselves(id) }
        let more = wanted.union(record.scopes).subtracting(before)
        guard !wanted.isSubset(of: record.scopes) else { return record }
        let place = try await place(of: new, orRemote: true)
        if place.server.resource != nil { try await connecting.verify(new.provider, new.organization) }
        let registration = try await desk.read { try await desk.tokens.tokens(of: id)?.clientID } ?? ""
        let app = try await apps.app(
            thatGot: registration, at: new.provider, in: new.organization, for: new.owner)
        guard app.registration == registration else {
            throw BrokerError(
                .refused, "`\(id)` was made through another app than the one that is kept now", hint: "connect it again"
            )
        }
        return try await add(
            .ourselves(scopes: before + more.sorted()), new.also(under: unmoved), place, as: app, over: record)
    }

    static func notOurselves(_ id: ConnectionID) -> BrokerError {
        BrokerError(
            .invalid, "`\(id)` isn't a connection of our app itself",
            hint: "somebody consents to more where it is connected: `deputy connections connect`")
    }
}
