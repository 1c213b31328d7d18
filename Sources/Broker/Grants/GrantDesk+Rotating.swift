public import Authority
import Gate
public import OAuth
import Vault

extension GrantDesk {
    /// Puts a new key of the same service account in the place of the one that a connection was made with: the old one is
    /// kept until the provider has given a token for the new one. Whom it acts as and what it may stay as they are.
    ///
    /// - Parameters:
    ///   - new: of the connection's owner, as it is now.
    ///   - ends: when the key ends, where somebody knows.
    public func rotate(
        _ id: ConnectionID, to key: ServiceAccountKey, for new: NewConnection, ends: Timestamp?
    ) async throws(BrokerError) -> ConnectionRecord {
        let scope = EpochScope.connections(new.organization, new.owner, new.provider)
        let unmoved = await desk.commits.reading(scope)
        let record = try await earlier(id, new, OwnGrant.accountKind)
        try await desk.checkByHand(record)
        let grant = try await kept(by: record, new)
        guard case .account(let before, let subject, let scopes) = grant else { throw GrantDesk.otherKind(id) }
        guard before.email == key.email else {
            throw BrokerError(
                .refused, "the key is of `\(key.email)`, and the connection of `\(before.email)`",
                hint: "connect another account anew: `deputy connections add \(record.provider) --service-account FILE`"
            )
        }
        return try await add(
            .account(key, as: subject, scopes: scopes), new.also(under: unmoved), try place(of: new),
            as: .nobody(at: new.provider, in: new.organization), over: record, ends: ends)
    }

    /// - Parameter kind: that the connection must have.
    func earlier(
        _ id: ConnectionID, _ new: NewConnection, _ kind: String
    ) async throws(BrokerError) -> ConnectionRecord {
        guard let record = try await desk.read({ try await desk.store.connection(id) }),
            record.organization == new.organization, record.owner == new.owner, record.provider == new.provider
        else { throw BrokerError.noConnection(id) }
        guard record.kind == kind else {
            throw kind == OwnGrant.accountKind ? GrantDesk.otherKind(id) : GrantDesk.notOurselves(id)
        }
        guard record.health != .revoked else {
            throw BrokerError(.refused, "`\(id)` was revoked", hint: "connect anew")
        }
        return record
    }

    /// What new tokens are asked with.
    func kept(by record: ConnectionRecord, _ new: NewConnection) async throws(BrokerError) -> OwnGrant {
        guard let tokens = try await desk.read({ try await desk.tokens.tokens(of: record.id) }) else {
            throw BrokerError.noConnection(record.id)
        }
        let kept: TokenText?
        do throws(VaultError) {
            kept = try TokenSealing(keys: keys, fingerprints: desk.fingerprints).refresh(of: tokens, for: record.use)
        } catch {
            throw BrokerError(.unavailable, "the key can't be opened: \(error.message)", hint: error.hint)
        }
        guard let kept else { throw GrantDesk.otherKind(record.id) }
        do throws(OwnGrant.Fault) {
            return try OwnGrant(
                kind: record.kind, of: record.owner, kept: kept, people: new.people, subjects: new.subjects)
        } catch {
            throw BrokerError(
                .refused, "what `\(record.id)` was made with can't be used any more", hint: "connect anew")
        }
    }

    private static func otherKind(_ id: ConnectionID) -> BrokerError {
        BrokerError(
            .invalid, "`\(id)` isn't the connection of a service account", hint: "connect it again instead")
    }
}

extension NewConnection {
    func also(under reading: EpochReading) -> NewConnection {
        NewConnection(
            organization: organization, owner: owner, provider: provider, agentOwner: agentOwner,
            isSharedWithOwner: isSharedWithOwner, people: people, subjects: subjects, by: by, under: unmoved + [reading]
        )
    }
}
