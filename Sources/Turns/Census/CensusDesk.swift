public import Authority
public import Gate
import Ledger
import Wire

/// Counts who reads in a place, before an agent is shared there.
public struct CensusDesk: Sendable {
    private let accounts: any ChannelAccountStore
    private let channels: [any CensusChannel]
    private let transport: any ChannelTransport
    private let senders: any Senders
    private let commits: any Commits
    private let world: World

    public init(
        accounts: any ChannelAccountStore, channels: [any CensusChannel], transport: any ChannelTransport,
        senders: any Senders, commits: any Commits, world: World
    ) {
        self.accounts = accounts
        self.channels = channels
        self.transport = transport
        self.senders = senders
        self.commits = commits
        self.world = world
    }

    /// Pages of members that are asked for.
    private static let pages = 10
    /// People who are looked at one by one: platforms answer a hundred such questions a minute.
    public static let most = 80

    /// Asks with the account's own connection, and leaves a leaf that it did.
    ///
    /// - Throws: `TurnsError` when it can't be counted: then nobody knows who would read there.
    public func count(_ place: SharedPlace, in organization: OrganizationID) async throws -> ChannelCensus {
        let (account, connection, channel) = try await route(place, organization)
        guard let question = channel.request(aboutPlace: place.peer) else {
            throw Self.refused(place, "it isn't a place there")
        }
        let leaf = try Leaf(
            kind: .session, time: world.now().microseconds,
            fields: [
                "change": "channel.counted", "place": .string(place.text), "connection": .string(connection.raw),
            ])
        try await commits.commit(Transaction(leaves: [PlacedLeaf(leaf, in: .organization(organization))]))
        let about = try found(channel.place(try await answer(question, place, connection)), place)
        var members: [SenderID] = []
        var mark: String?
        for _ in 0..<CensusDesk.pages {
            let page = channel.request(aboutMembersOf: place.peer, from: mark)
            let some = try found(channel.members(try await answer(page, place, connection), of: account), place)
            members += some.senders
            mark = some.next
            if mark == nil { break }
        }
        guard mark == nil else { throw Self.refused(place, "it has too many members to be counted") }
        var (bots, outsiders, guests, looked) = (0, 0, 0, 0)
        var known: Set<PersonID> = []
        for sender in members.prefix(CensusDesk.most) {
            guard let question = channel.request(about: sender) else { continue }
            let answer = try await answer(question, place, connection)
            guard let entry = channel.entry(answer, about: sender, for: account) else {
                throw Self.refused(place, "\(channel.traits.kind.rawValue) doesn't say who everybody there is")
            }
            looked += 1
            if entry.standing.isBot {
                bots += 1
            } else if channel.isGuest(answer, for: account) {
                guests += 1
            } else if entry.standing.isForeign {
                outsiders += 1
            }
            let person = try await senders.person(of: .external(sender, entry.standing), in: organization)
            if let person { known.insert(person.person) }
        }
        return ChannelCensus(
            name: about.name, isShared: about.isShared, members: members.count, looked: looked, bots: bots,
            outsiders: outsiders, guests: guests, known: known)
    }

    private func route(
        _ place: SharedPlace, _ organization: OrganizationID
    ) async throws -> (ChannelAccount, ConnectionID, any CensusChannel) {
        guard let kind = ChannelKind(rawValue: place.kind),
            let channel = channels.first(where: { $0.traits.kind == kind })
        else {
            let kinds = channels.map { "`\($0.traits.kind.rawValue)/ACCOUNT/ID`" }.joined(separator: ", ")
            throw TurnsError(.invalid, "`\(place.text)` isn't a place that can be counted", hint: "such as \(kinds)")
        }
        let id = ChannelAccountID(organization: organization, kind: kind, name: place.account)
        guard let account = try await accounts.channelAccount(id)?.account, let connection = account.connection else {
            throw TurnsError(.unknown, "there is no account `\(id)`", hint: "list them with `deputy channels list`")
        }
        return (account, connection, channel)
    }

    private func answer(
        _ request: ChannelRequest, _ place: SharedPlace, _ connection: ConnectionID
    ) async throws(TurnsError) -> ChannelAnswer {
        switch await transport.send(request, with: connection) {
        case .answered(let answer): return answer
        case .notSent(let reason), .unknown(let reason): throw Self.refused(place, reason)
        }
    }

    private func found<Value>(_ answer: CensusAnswer<Value>, _ place: SharedPlace) throws(TurnsError) -> Value {
        switch answer {
        case .found(let value): return value
        case .refused(let reason): throw Self.refused(place, reason)
        }
    }

    private static func refused(_ place: SharedPlace, _ reason: String) -> TurnsError {
        TurnsError(
            .unavailable, "who reads in `\(place.text)` can't be counted: \(reason)",
            hint: "invite the agent's app there, and see that it has the manifest's scopes")
    }
}
