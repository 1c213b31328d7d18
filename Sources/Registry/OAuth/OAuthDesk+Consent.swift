public import Authority
import Gate
public import Wire

/// A person's answer to a consent question.
extension OAuthDesk {
    /// Allows the client some of what was asked. Of this the client has one code, for a minute.
    ///
    /// - Parameters:
    ///   - effects: what is allowed, of what was asked.
    ///   - shown: of the question that the person saw.
    /// - Returns: where the browser goes.
    public func allow(
        _ question: ConsentQuestion, _ effects: EffectSet, shown: Digest
    ) async throws(RegistryError) -> String {
        var question = question
        var isFirst = true
        return try await administration.again { () async throws(RegistryError) in
            if !isFirst { question = try await askedAgain(question) }
            isFirst = false
            return try await allowOnce(question, effects, shown: shown)
        }
    }

    private func allowOnce(
        _ question: ConsentQuestion, _ effects: EffectSet, shown: Digest
    ) async throws(RegistryError) -> String {
        guard Digest.constantTimeEqual(question.shown, shown) else { throw OAuthDesk.changed }
        guard !effects.isEmpty, question.effects.isSuperset(of: effects) else {
            throw RegistryError(.invalid, "allow something of what is asked for, or deny it")
        }
        let code = TokenSecret.made(TokenSecret.authorizationPrefix)
        let (grant, token) = records(question, effects)
        var transaction = Transaction(
            requires: question.unmoved,
            // The client's too: who revokes it just now would miss a grant that came after they looked.
            bumps: [
                .client(grant.id), .person(grant.organization, grant.person),
                .software(grant.organization, grant.client.raw),
            ],
            changes: [
                RegistryChange.addToken(token), OAuthChange.addGrant(grant),
                OAuthChange.addCode(
                    OAuthCode(
                        hash: code.hash, grant: grant.id, challenge: question.request.challenge,
                        nonce: question.request.nonce, signedIn: question.person.since, expires: token.expires,
                        isUsed: false)),
                OAuthChange.forget(until: now.adding(seconds: -OAuthDesk.rememberedSeconds), most: 100),
            ])
        try await keepDocument(of: question.request.client, in: &transaction)
        try await agree(question, effects, in: &transaction)
        transaction.leaves = [try administration.leaf(fields(grant, question), in: grant.organization)]
        try await administration.commit(transaction)
        return question.request.answer.url(with: code.text)
    }

    /// The same question as it is now: somebody else's yes to the client is no reason to ask this person once more.
    private func askedAgain(_ question: ConsentQuestion) async throws(RegistryError) -> ConsentQuestion {
        do throws(OAuthRefusal) {
            return try await self.question(question.request, for: question.person)
        } catch {
            guard error.code == .unavailable, error != OAuthDesk.changedClient else { throw OAuthDesk.changed }
            throw RegistryError(.unavailable, error.description)
        }
    }

    private static let changed = RegistryError(
        .refused, "what the client asks for has changed since you looked",
        hint: "go back to the client and begin anew")

    /// Codes and used refresh tokens are kept for so long after they died, so that a late second use is seen as one.
    static let rememberedSeconds: Int64 = 86_400

    public func deny(_ question: ConsentQuestion) -> String {
        question.request.answer.url(refusing: OAuthRefusal(.accessDenied, "the person said no"))
    }

    private func records(_ question: ConsentQuestion, _ effects: EffectSet) -> (OAuthGrant, TokenRecord) {
        let (request, person) = (question.request, question.person)
        let id = ClientID(administration.world.newID("grant"))
        let grant = OAuthGrant(
            id: id, organization: person.organization, person: person.person, client: request.client.id,
            agent: request.resource.agent, resource: request.resource.url(under: settings.issuer()),
            redirect: request.answer.redirect.text, effects: effects, isOpenID: request.scope.isOpenID,
            shown: question.shown, created: now)
        // The record's own hash is of a token that nobody has. It lives as long as its code until that is used.
        let token = TokenRecord(
            id: id, organization: person.organization, person: person.person, agents: [request.resource.agent],
            label: request.client.name, hash: TokenSecret.token().hash, ceiling: effects,
            expires: now.adding(seconds: OAuthDesk.codeSeconds), state: .active, created: now,
            surface: request.resource.surface)
        return (grant, token)
    }

    /// A client that is known by its document has a row from the first yes on, for its ceiling and its revocation.
    private func keepDocument(
        of client: OAuthClient, in transaction: inout Transaction
    ) async throws(RegistryError) {
        guard client.origin == .document else { return }
        let known = try await find(client.id, in: client.organization)
        guard known != client else { return }
        transaction.changes.append(known == nil ? OAuthChange.addClient(client) : .replaceClient(client))
    }

    /// A yes to a client of an assistant is a yes to what that assistant does with the person's accounts, as far as the
    /// client may make it.
    private func agree(
        _ question: ConsentQuestion, _ effects: EffectSet, in transaction: inout Transaction
    ) async throws(RegistryError) {
        guard question.agent.definition.actsAs == .assistant else { return }
        let (person, agent) = (question.person, question.request.resource.agent)
        let before = try await administration.read {
            try await administration.store.agreement(of: person.person, with: agent, in: person.organization)
        }
        let new = question.lines.filter { effects.contains($0.effect) }.flatMap(\.capabilities)
        transaction.changes.append(
            RegistryChange.agree(
                AgreementRecord(
                    organization: person.organization, person: person.person, agent: agent,
                    capabilities: (before?.capabilities ?? []).union(new), at: now)))
    }

    private func fields(_ grant: OAuthGrant, _ question: ConsentQuestion) -> JSONObject {
        [
            "change": "client.allowed", "by": .string("person:\(grant.person)"), "client": .string(grant.client.raw),
            "name": .string(question.request.client.name), "origin": .string(question.request.client.origin.rawValue),
            "redirect": .string(grant.redirect), "person": .string(grant.person.raw),
            "agent": .string(grant.agent.raw), "token": .string(grant.id.raw),
            "effects": .array(grant.effects.words.map { .string($0) }), "shown": .string(grant.shown.hex),
        ]
    }
}
