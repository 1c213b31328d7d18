import Authority
import Gate
import Ledger
import Synchronization
import Wire

extension ChannelReadership {
    /// Pages of members.
    private static let pages = 10
    /// Members about whom nothing is known yet, in one count. Those of a larger place are known after some counts.
    private static let mostNew = 80
    private static let atOnce = 8
    /// Seconds for which a platform isn't asked that says it is too much and not until when.
    private static let quiet: Int64 = 30

    private struct Silence: Error {
        let reason: String
    }

    func ask(_ place: Place, _ account: ChannelAccount) async -> PlaceReaders {
        guard let channel = channels.first(where: { $0.traits.kind == account.id.kind }),
            let connection = account.connection, let question = channel.request(aboutPlace: place.peer)
        else { return .unknown("nobody says who reads there") }
        do {
            try await commits.commit(Transaction(leaves: [try leaf(place, connection)]))
            if try found(channel.place(try await answer(question, account.id, connection))).isShared {
                return .outsiders
            }
            let members = try await members(of: place, account, channel, connection)
            return try await look(at: members, account, channel, connection)
        } catch let silence as Silence {
            return .unknown(silence.reason)
        } catch {
            return .unknown("the gateway can't write that it asks")
        }
    }

    private func leaf(_ place: Place, _ connection: ConnectionID) throws -> PlacedLeaf {
        let leaf = try Leaf(
            kind: .session, time: world.now().microseconds,
            fields: [
                "change": "readers.asked", "place": .string("\(place.account)/\(place.peer)"),
                "connection": .string(connection.raw),
            ])
        return PlacedLeaf(leaf, in: .organization(place.account.organization))
    }

    private func members(
        of place: Place, _ account: ChannelAccount, _ channel: any CensusChannel, _ connection: ConnectionID
    ) async throws -> [SenderID] {
        var members: [SenderID] = []
        var mark: String?
        for _ in 0..<ChannelReadership.pages {
            let page = channel.request(aboutMembersOf: place.peer, from: mark)
            let some = try found(channel.members(try await answer(page, account.id, connection), of: account))
            members += some.senders
            mark = some.next
            if mark == nil { return members }
        }
        throw Silence(reason: "it has too many members")
    }

    private func look(
        at members: [SenderID], _ account: ChannelAccount, _ channel: any CensusChannel, _ connection: ConnectionID
    ) async throws -> PlaceReaders {
        var new: [SenderID] = []
        for member in members {
            switch isForeign(Reader(account: account.id, sender: member)) {
            case true?: return .outsiders
            case false?: continue
            case nil: new.append(member)
            }
        }
        var rest = new.prefix(ChannelReadership.mostNew)[...]
        while !rest.isEmpty {
            let some = rest.prefix(ChannelReadership.atOnce)
            rest = rest.dropFirst(ChannelReadership.atOnce)
            let hasForeign = try await withThrowingTaskGroup(of: Bool.self) { group in
                for member in some {
                    group.addTask { try await self.look(at: member, account, channel, connection) }
                }
                var hasForeign = false
                for try await isForeign in group where isForeign { hasForeign = true }
                return hasForeign
            }
            if hasForeign { return .outsiders }
        }
        guard new.count <= ChannelReadership.mostNew else {
            throw Silence(reason: "\(new.count - ChannelReadership.mostNew) of its members haven't been looked at yet")
        }
        return .insiders
    }

    private func look(
        at member: SenderID, _ account: ChannelAccount, _ channel: any CensusChannel, _ connection: ConnectionID
    ) async throws -> Bool {
        let unsaid = Silence(reason: "the platform doesn't say who everybody there is")
        guard let question = channel.request(about: member) else { throw unsaid }
        let answer = try await answer(question, account.id, connection)
        guard let entry = channel.entry(answer, about: member, for: account) else { throw unsaid }
        note(entry.standing.isForeign, of: Reader(account: account.id, sender: member))
        return entry.standing.isForeign
    }

    private func answer(
        _ request: ChannelRequest, _ account: ChannelAccountID, _ connection: ConnectionID
    ) async throws(Silence) -> ChannelAnswer {
        let now = world.now()
        guard state.withLock({ $0.quiet[account].map { $0 <= now } ?? true }) else {
            throw Silence(reason: "the platform takes no more questions for now")
        }
        switch await transport.send(request, with: connection) {
        case .answered(let answer) where answer.status == 429:
            let until = now.adding(seconds: answer.retryAfter.map { Int64($0) } ?? ChannelReadership.quiet)
            state.withLock { $0.quiet[account] = until }
            throw Silence(reason: "the platform takes no more questions for now")
        case .answered(let answer): return answer
        case .notSent(let reason), .unknown(let reason): throw Silence(reason: reason)
        }
    }

    private func found<Value>(_ answer: CensusAnswer<Value>) throws(Silence) -> Value {
        switch answer {
        case .found(let value): return value
        case .refused(let reason): throw Silence(reason: reason)
        }
    }
}
