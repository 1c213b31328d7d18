import Authority
import Gate
import OpenID
import Wire

/// Tokens that come of somebody's word, in the commit that finds it still to hold.
///
/// All that one client brings of one login for one agent is one grant, however often it comes: so its session keeps what it
/// has seen, and a person's narrowing stays.
extension OAuthDesk {
    /// For so long after its last token a grant stands, so that what waits for a yes can still be done.
    static let standsSeconds: Int64 = 86_400

    func handOut(
        _ word: BroughtWord, _ notes: inout ExchangeNotes
    ) async throws(OAuthRefusal) -> IssuedTokens {
        for _ in 0..<64 {
            do throws(OAuthRefusal) {
                return try await handOutOnce(word, &notes)
            } catch {
                guard error == OAuthDesk.crossed else { throw error }
            }
        }
        throw OAuthRefusal(.unavailable, "too much changed at the same time")
    }

    /// What is the same for every token of a grant.
    private struct Standing {
        let record: TokenRecord
        /// Nil for a grant that is made now.
        let isNew: Bool
        let unmoved: [EpochReading]
    }

    private func handOutOnce(
        _ word: BroughtWord, _ notes: inout ExchangeNotes
    ) async throws(OAuthRefusal) -> IssuedTokens {
        let (organization, agent) = (word.client.organization, word.resource.agent)
        var unmoved = await administration.readings(of: [
            .issuers(organization), .software(organization, word.client.id.raw), .agent(organization, agent),
        ])
        // Read under the epochs that the commit compares, so that what ended meanwhile stays ended.
        guard try await read({ try await exchanges.tokenIssuers(in: organization) }).contains(word.issuer) else {
            throw word.refused("the word of this issuer isn't taken any more")
        }
        guard try await read({ try await store.oauthClient(word.client.id, in: organization) }) == word.client else {
            throw OAuthDesk.changedClient
        }
        let (person, scope) = try await person(of: word)
        notes.person = person
        unmoved.append(scope)
        guard let view = try await view(of: agent, for: SignedInPerson(person, in: organization)) else {
            throw OAuthDesk.noSuchResource
        }
        let standing = try await standing(of: word, person)
        unmoved += standing.unmoved
        let doable = view.mandate.allowedTools.reduce(into: EffectSet()) { $0.formUnion(EffectSet($1.effect)) }
        let effects = (word.effects ?? .all).intersection(standing.record.ceiling).intersection(word.client.ceiling)
            .intersection(doable)
        guard !effects.isEmpty else {
            throw OAuthRefusal(.invalidScope, "this agent does nothing that is asked for and may be had")
        }
        return try await commit(word, person, standing, effects, under: unmoved)
    }

    /// Whose login it is, under the epoch that unlinking bumps. Nobody's, and one of somebody who left, answer alike.
    private func person(of word: BroughtWord) async throws(OAuthRefusal) -> (PersonID, EpochReading) {
        let organization = word.client.organization
        let unlinked = word.refused("the login that the token names is nobody's here who may sign in")
        guard let named = try await read({ try await logins.login(word.login, in: organization) })?.person else {
            throw unlinked
        }
        let scope = await administration.reading(.person(organization, named))
        let record = try await read { try await administration.store.person(named, in: organization) }
        guard try await read({ try await logins.login(word.login, in: organization) })?.person == named,
            record?.standing == .active
        else { throw unlinked }
        return (named, scope)
    }

    /// The grant that this client has for this login and agent, or one that is made now.
    private func standing(of word: BroughtWord, _ person: PersonID) async throws(OAuthRefusal) -> Standing {
        let organization = word.client.organization
        let known = Set(
            try await read { try await exchanges.exchangedGrants(of: word.login, in: organization) }
                .filter { $0.issuer == word.issuer.name }.map(\.id))
        let url = word.resource.url(under: settings.issuer())
        let grants = try await read {
            try await store.oauthGrants(in: organization, of: person, by: word.client.id)
        }
        for grant in grants.reversed() where known.contains(grant.id) && grant.resource == url {
            let reading = await administration.reading(.client(grant.id))
            let record = try await read { try await administration.store.token(grant.id) }
            if let record, record.state == .active {
                return Standing(record: record, isNew: false, unmoved: [reading])
            }
        }
        let record = TokenRecord(
            id: ClientID(administration.world.newID("grant")), organization: organization, person: person,
            agents: [word.resource.agent], label: word.client.name, hash: TokenSecret.token().hash,
            ceiling: word.client.ceiling, expires: now.adding(seconds: OAuthDesk.standsSeconds), state: .active,
            created: now, surface: word.resource.surface)
        return Standing(record: record, isNew: true, unmoved: [])
    }

    private func commit(
        _ word: BroughtWord, _ person: PersonID, _ standing: Standing, _ effects: EffectSet,
        under unmoved: [EpochReading]
    ) async throws(OAuthRefusal) -> IssuedTokens {
        let (organization, record) = (word.client.organization, standing.record)
        let access = TokenSecret.made(TokenSecret.accessPrefix)
        let token = OAuthToken(
            hash: access.hash, kind: .access, grant: record.id, expires: word.until, isUsed: false, effects: effects,
            actors: TokenActor.claim(word.history))
        var transaction = Transaction(
            requires: unmoved,
            changes: [
                OAuthChange.addToken(token),
                OAuthChange.forget(until: now.adding(seconds: -OAuthDesk.rememberedSeconds), most: 100),
            ])
        if let spending = word.spending { transaction.changes.append(spending.change) }
        if standing.isNew {
            // Who ends the client's grants, the issuer's or the login's just now would miss one that came after they looked.
            transaction.bumps = [
                .client(record.id), .software(organization, word.client.id.raw), .issuers(organization),
            ]
            transaction.changes += [
                RegistryChange.addToken(record), OAuthChange.addGrant(grant(word, record)),
                ExchangeChange.addGrant(
                    ExchangedGrant(
                        id: record.id, organization: organization, issuer: word.issuer.name, login: word.login)),
            ]
        } else if record.expires < now.adding(seconds: OAuthDesk.standsSeconds / 2) {
            transaction.bumps = [.client(record.id)]
            transaction.changes.append(
                RegistryChange.replaceToken(record.lasting(until: now.adding(seconds: OAuthDesk.standsSeconds))))
        }
        do throws(RegistryError) {
            transaction.leaves = [try administration.leaf(fields(word, person, record, token), in: organization)]
            try await administration.commit(transaction)
        } catch {
            guard error != .crossed else { throw OAuthDesk.crossed }
            guard error.code != .exists else { throw word.refused("the token was brought before") }
            throw OAuthRefusal(error)
        }
        let lasts = max(1, (word.until.microseconds - now.microseconds) / 1_000_000)
        return IssuedTokens(
            access: access.text, refresh: nil, lasts: lasts, effects: effects, idToken: nil, type: word.type)
    }

    private func grant(_ word: BroughtWord, _ record: TokenRecord) -> OAuthGrant {
        OAuthGrant(
            id: record.id, organization: record.organization, person: record.person, client: word.client.id,
            agent: word.resource.agent, resource: word.resource.url(under: settings.issuer()), redirect: "",
            effects: record.ceiling, isOpenID: false, shown: .sha256(of: []), created: record.created)
    }

    private func fields(
        _ word: BroughtWord, _ person: PersonID, _ record: TokenRecord, _ token: OAuthToken
    ) -> JSONObject {
        var fields: JSONObject = [
            "change": .string(word.change), "by": .string("client:\(word.client.id)"),
            "client": .string(word.client.id.raw), "token": .string(record.id.raw), "person": .string(person.raw),
            "agent": .string(word.resource.agent.raw), "issuer": .string(word.issuer.name),
            "subject": .string(word.login.subject),
            "effects": .array((token.effects ?? []).words.map { .string($0) }),
            "expires": .number(JSONNumber(token.expires.microseconds)),
        ]
        if let actors = token.actors { fields["actors"] = actors }
        return fields
    }
}
