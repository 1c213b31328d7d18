public import Authority
public import Gate
import Ledger
import Wire

/// Says who senders are, by proof. One leaf for each change.
public struct SenderDesk: Sendable {
    let store: any SenderStore
    let commits: any Commits
    let people: any SenderPeople
    /// Senders that accounts of channels name as bots.
    let bots: @Sendable (OrganizationID) async throws -> Set<SenderID>
    let world: World

    public init(
        store: any SenderStore, commits: any Commits, people: any SenderPeople,
        bots: @escaping @Sendable (OrganizationID) async throws -> Set<SenderID>, world: World
    ) {
        self.store = store
        self.commits = commits
        self.people = people
        self.bots = bots
        self.world = world
    }

    private static let prefix = "dpy_sender_"
    static let seconds: Int64 = 600
    /// A sender isn't sent another link before this many seconds.
    static let pause: Int64 = 60

    public func links(in organization: OrganizationID) async throws(TurnsError) -> [SenderLink] {
        try await read { try await store.senderLinks(in: organization) }
    }

    /// Makes the secret of a link that is to be sent to this sender alone. Whoever opens it, signed in, may say that the sender
    /// is them, once, within ten minutes.
    ///
    /// - Returns: nil when it was sent one a moment ago, or can be nobody.
    public func offer(
        to sender: SenderID, _ standing: SenderStanding, in organization: OrganizationID
    ) async throws(TurnsError) -> String? {
        guard !standing.isBot, standing.proof != .none else { return nil }
        let now = world.now()
        let earlier = try await read { try await store.senderOffer(to: sender, in: organization) }
        if let earlier, now < earlier.made.adding(seconds: SenderDesk.pause) { return nil }
        let secret = SenderDesk.prefix + Base64.encodeURL(randomBytes(32))
        let offer = SenderOffer(
            organization: organization, sender: sender, hash: SenderDesk.hash(secret), made: now,
            expires: now.adding(seconds: SenderDesk.seconds))
        do throws(CommitError) {
            try await commits.commit(
                Transaction(changes: [SenderChange.forget(before: now), SenderChange.offer(offer)]))
        } catch {
            throw TurnsError(error)
        }
        return secret
    }

    /// Whom a link is about, and whose that sender is now. Looking changes nothing.
    public func offered(
        _ secret: String, in organization: OrganizationID
    ) async throws(TurnsError) -> (sender: SenderID, now: PersonID?) {
        let offer = try await usable(secret, in: organization)
        let link = try await read { try await store.senderLink(offer.sender, in: organization) }
        return (offer.sender, link?.person)
    }

    /// The sender is this person, who opened the link in their own session.
    ///
    /// - Parameter shown: the sender that they were shown.
    public func take(
        _ secret: String, as person: PersonID, shown: SenderID, in organization: OrganizationID
    ) async throws(TurnsError) {
        let offer = try await usable(secret, in: organization)
        guard offer.sender == shown else { throw SenderDesk.dead }
        try await link(
            offer.sender, to: person, .link, taking: offer.hash, by: "person:\(person)", in: organization)
    }

    /// An administrator says who a sender is.
    public func assert(
        _ sender: SenderID, is person: PersonID, by administrator: String, in organization: OrganizationID
    ) async throws(TurnsError) {
        try SenderDesk.check(sender)
        guard !sender.isUnproven else {
            throw TurnsError(
                .refused, "anybody can write as `\(sender)`, so it is nobody",
                hint: "link the address as a sender that is proved, such as `mail:alice@acme.test`")
        }
        let known = try await read { try await bots(organization) }
        guard !known.contains(sender) else {
            throw TurnsError(.refused, "`\(sender)` is a bot, and no bot is a person")
        }
        try await link(sender, to: person, .assertion, taking: nil, by: administrator, in: organization)
    }

    /// - Parameter person: whose it has to be; nil for whosever it is.
    public func unlink(
        _ sender: SenderID, of person: PersonID? = nil, by administrator: String, in organization: OrganizationID
    ) async throws(TurnsError) {
        let link = try await read { try await store.senderLink(sender, in: organization) }
        guard let link, person == nil || link.person == person else {
            throw TurnsError(.unknown, "`\(sender)` is nobody", hint: "list senders with `deputy senders list`")
        }
        try await commit(
            [.unlink(organization, sender, link.person)], of: [link.person], under: [], "sender.unlinked",
            ["sender": .string(sender.raw), "person": .string(link.person.raw)], by: administrator, in: organization,
            orElse: .crossed)
    }

    func link(
        _ sender: SenderID, to person: PersonID, _ proof: SenderLink.Proof, taking offer: Digest?, by: String,
        in organization: OrganizationID
    ) async throws(TurnsError) {
        let unmoved = await commits.reading(.person(organization, person))
        let standing = try await read { try await people.standing(of: person, in: organization) }
        switch standing {
        case .active?: break
        case .suspended?, .removed?, .expired?: throw TurnsError(.refused, "`\(person)` isn't active here")
        case nil:
            throw TurnsError(.unknown, "no person is called `\(person)`", hint: "list them with `deputy people list`")
        }
        // What crosses this has one of the two refused, the unlinking or the linking.
        let before = try await read { try await store.senderLink(sender, in: organization) }
        let link = SenderLink(
            organization: organization, sender: sender, person: person, proof: proof, by: by, at: world.now())
        var fields: JSONObject = [
            "sender": .string(sender.raw), "person": .string(person.raw), "proof": .string(proof.rawValue),
        ]
        fields["before"] = before.map { .string($0.person.raw) }
        let gone: [SenderChange] = before.map { [.unlink(organization, sender, $0.person)] } ?? []
        try await commit(
            (offer.map { [.take($0)] } ?? []) + gone + [.link(link)],
            of: Set([person] + (before.map { [$0.person] } ?? [])), under: [unmoved], "sender.linked", fields, by: by,
            in: organization, orElse: offer == nil ? .crossed : SenderDesk.dead)
    }

    private func usable(_ secret: String, in organization: OrganizationID) async throws(TurnsError) -> SenderOffer {
        let offer = try await read { try await store.senderOffer(SenderDesk.hash(secret)) }
        guard let offer, offer.organization == organization, world.now() < offer.expires else { throw SenderDesk.dead }
        return offer
    }

    private func commit(
        _ changes: [SenderChange], of people: Set<PersonID>, under unmoved: [EpochReading], _ what: String,
        _ fields: JSONObject, by administrator: String, in organization: OrganizationID, orElse refusal: TurnsError
    ) async throws(TurnsError) {
        var fields = fields
        fields["change"] = .string(what)
        fields["by"] = .string(administrator)
        let leaf: Leaf
        do throws(LedgerError) {
            leaf = try Leaf(kind: .authority, time: world.now().microseconds, fields: fields)
        } catch {
            throw TurnsError(.invalid, "the change is too large to be recorded")
        }
        do throws(CommitError) {
            try await commits.commit(
                Transaction(
                    requires: unmoved, bumps: people.sorted().map { .person(organization, $0) }, changes: changes,
                    leaves: [PlacedLeaf(leaf, in: .organization(organization))]))
        } catch {
            guard case .exists = error else { throw TurnsError(error) }
            throw refusal
        }
    }

    func read<Value>(_ body: () async throws -> Value) async throws(TurnsError) -> Value {
        do {
            return try await body()
        } catch {
            throw TurnsError(.unavailable, "the gateway can't read its own state", hint: "see `deputy doctor`")
        }
    }

    private static func hash(_ secret: String) -> Digest { .sha256(of: Array(secret.utf8)) }

    static let dead = TurnsError(
        .unknown, "this link was used, is older than ten minutes, or was replaced by another one",
        hint: "write to the agent again for a new one")

    /// `KIND:ID`, of a channel that doesn't know people by itself.
    static func check(_ sender: SenderID) throws(TurnsError) {
        let parts = sender.raw.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let isPlain = sender.raw.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && $0.value > 0x20 && $0.value != 0x7F
        }
        guard parts.count == 2, let kind = ChannelKind(rawValue: String(parts[0])), !kind.nature.knowsPeople,
            !parts[1].isEmpty,
            isPlain, sender.raw.utf8.count <= 320
        else {
            throw TurnsError(
                .invalid, "`\(sender)` isn't a sender", hint: "such as `slack:T1/U7` or `mail:alice@acme.test`")
        }
        // As whoever writes is read: otherwise nobody would ever be this sender.
        guard kind != .mail || sender.raw == sender.raw.lowercased() else {
            throw TurnsError(
                .invalid, "`\(sender)` has capital letters, and addresses are known in small ones",
                hint: "write `\(sender.raw.lowercased())`")
        }
    }
}
