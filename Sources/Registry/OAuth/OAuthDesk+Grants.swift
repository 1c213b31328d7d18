public import Authority
import Gate
import Wire

/// A grant that lives, with the token record that says what it may do now.
public struct LivingGrant: Sendable {
    public let grant: OAuthGrant
    public let token: TokenRecord
}

/// What people allowed to clients: seen, narrowed and taken back.
extension OAuthDesk {
    /// The living grants of one person, or to one client.
    public func grants(
        of person: PersonID?, by client: OAuthClientID?, in organization: OrganizationID
    ) async throws(RegistryError) -> [LivingGrant] {
        let all = try await administration.read {
            try await store.oauthGrants(in: organization, of: person, by: client)
        }
        var living: [LivingGrant] = []
        for grant in all {
            let token = try await administration.read { try await administration.store.token(grant.id) }
            if let token, token.isAlive(at: now) { living.append(LivingGrant(grant: grant, token: token)) }
        }
        return living
    }

    /// The ids of all that a person ever allowed: token records that no token was made by hand for.
    public func grantIDs(
        of person: PersonID, in organization: OrganizationID
    ) async throws(RegistryError) -> Set<ClientID> {
        Set(
            try await administration.read {
                try await store.oauthGrants(in: organization, of: person, by: nil)
            }.map(\.id))
    }

    /// Cuts back what a client may do for a person, at every agent. A wider one is asked for anew by the client.
    public func narrow(
        _ client: OAuthClientID, of person: PersonID, to effects: EffectSet, in organization: OrganizationID
    ) async throws(RegistryError) {
        try await administration.again { () async throws(RegistryError) in
            let unmoved = await [administration.reading(.software(organization, client.raw))]
            let grants = try await grants(of: person, by: client, in: organization)
            guard !grants.isEmpty else { throw RegistryError(.unknown, "you have allowed nothing to this client") }
            try await narrow(
                grants, to: effects, with: [], under: unmoved, bumping: [],
                [
                    "change": "client.narrowed", "by": .string("person:\(person)"), "client": .string(client.raw),
                    "person": .string(person.raw),
                ], in: organization)
        }
    }

    /// Takes back all that a person allowed to a client: it is signed out, and what was remembered is forgotten.
    public func signOut(
        _ client: OAuthClientID, of person: PersonID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) {
        try await administration.again { () async throws(RegistryError) in
            let unmoved = await [administration.reading(.software(organization, client.raw))]
            let grants = try await grants(of: person, by: client, in: organization)
            guard !grants.isEmpty else {
                throw RegistryError(
                    .unknown, "`\(person)` has allowed nothing to the client `\(client)`",
                    hint: "see `deputy clients list` and `deputy people list`")
            }
            try await end(
                grants.map(\.grant.id), because: "the client was signed out", under: unmoved,
                [
                    "change": "client.signed-out", "by": .string(administrator.text), "client": .string(client.raw),
                    "person": .string(person.raw),
                ], in: organization)
        }
    }

    func narrow(
        _ grants: [LivingGrant], to effects: EffectSet, with more: [any StoredChange], under unmoved: [EpochReading],
        bumping bumps: [EpochScope], _ fields: JSONObject, in organization: OrganizationID
    ) async throws(RegistryError) {
        var transaction = Transaction(requires: unmoved, bumps: bumps, changes: more)
        var touched: [ClientID] = []
        for living in grants {
            let scope = EpochScope.client(living.grant.id)
            transaction.requires.append(await administration.reading(scope))
            // Read again under the epoch.
            guard
                let token = try await administration.read({ try await administration.store.token(living.grant.id) }),
                token.isAlive(at: now), !effects.isSuperset(of: token.ceiling)
            else { continue }
            transaction.bumps.append(scope)
            transaction.changes.append(RegistryChange.replaceToken(token.narrowed(to: effects)))
            touched.append(token.id)
        }
        var fields = fields
        fields["ceiling"] = .array(effects.words.map { .string($0) })
        fields["tokens"] = .array(touched.map { .string($0.raw) })
        transaction.leaves = [try administration.leaf(fields, in: organization)]
        try await administration.commit(transaction)
    }
}
