public import Authority
import Definition
public import Gate
import OAuth
import Wire

extension ConnectionDesk {
    /// Revokes a connection: what holds a permit for it can't use it any more, and its secret is destroyed.
    public func revoke(
        _ id: ConnectionID, in organization: OrganizationID, by: String
    ) async throws(BrokerError) -> ConnectionRecord {
        guard let row = try await read({ try await store.connection(id) }), row.organization == organization else {
            throw BrokerError.noConnection(id)
        }
        let new = NewConnection(
            organization: organization, owner: row.owner, provider: row.provider, agentOwner: nil,
            isSharedWithOwner: false, people: [], by: by, under: [])
        // Tokens that are renewed meanwhile are others: their provider hears of those that are destroyed.
        for left in (0..<8).reversed() {
            do throws(BrokerError) {
                try await record(
                    "connection.revoked", id, new, account: row.account,
                    changes: (try await ending(row)) + ConnectionDesk.revoking(row, by: world),
                    bumping: [.connections(organization, row.owner, row.provider)], telling: try await told(of: row))
                break
            } catch {
                guard error == .crossed, left > 0 else { throw error }
            }
        }
        errands.forget(id)
        return row
    }

    /// A connection for whose sake the provider of one that was revoked isn't told.
    public func survivor(of row: ConnectionRecord) async throws(BrokerError) -> ConnectionID? {
        guard OwnGrant.hasTokens(row.kind),
            let server = try await services.manifest(of: row.provider, in: row.organization)?.oauth
        else { return nil }
        return try await survivor(of: row, at: server)?.id
    }

    /// What a connection was before it ends, and which writing its tokens were: 0 for none.
    func told(of row: ConnectionRecord) async throws(BrokerError) -> JSONObject {
        let generation = try await read { try await tokens.tokens(of: row.id)?.generation }
        return ["was": row.told, "of": .number(JSONNumber(generation ?? 0))]
    }

    /// What ends a connection for good.
    public static func revoking(_ row: ConnectionRecord, by world: World) -> [any StoredChange] {
        [
            BrokerChange.setHealth(row.id, .revoked), BrokerChange.shred(row.id),
            HealthChange.turn(row.use.turned(ConnectionStanding(.revoked, .revoked), by: world)),
            HealthChange.endless(.key(row.id), row.organization), RotationChange.drop(.key(row.id), row.organization),
        ]
    }
}
