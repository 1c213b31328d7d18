import Authority
import Channels
import Definition
import Gate
import Registry
import Storage
import Turns
import Wire

/// What schedules of this home go by.
struct ScheduleAuthority: Sendable {
    let store: SQLStore
    let routes: @Sendable (OrganizationID) async throws -> Routes

    var terms: ScheduleTerms {
        ScheduleTerms(
            read: Schedule.read,
            lacks: { try await ScheduleAuthority.lacks($0, in: store) },
            place: { try await place($1, of: $0) },
            owner: { try await ScheduleAuthority.owner(of: $0, in: $1, store) })
    }

    /// Why the author of a schedule may not have it run any more; nil while they may.
    static func lacks(_ record: ScheduleRecord, in store: any RegistryStore) async throws -> String? {
        guard let agent = try await store.agent(record.agent, in: record.organization) else {
            return "there is no agent `\(record.agent)` any more"
        }
        guard agent.standing == .active else { return "`\(record.agent)` is \(agent.standing.rawValue)" }
        guard agent.definition["owner"]?.stringValue == record.author.raw else {
            return "`\(record.author)`, who answers for it, doesn't own `\(record.agent)` any more"
        }
        let author = try await store.person(record.author, in: record.organization)
        guard author?.standing == .active else {
            return
                "the account of `\(record.author)`, who answers for it, is \((author?.standing ?? .removed).rawValue)"
        }
        return nil
    }

    private static func owner(
        of agent: AgentID, in organization: OrganizationID, _ store: any RegistryStore
    ) async throws -> PersonID? {
        try await store.agent(agent, in: organization)?.definition["owner"]?.stringValue.map { PersonID($0) }
    }

    private func place(_ wanted: Schedule.Place, of record: ScheduleRecord) async throws -> ScheduleDelivery.Found {
        let parts = wanted.channel.split(separator: "/").map(String.init)
        guard parts.count == 2, let kind = ChannelKind(rawValue: parts[0]),
            let channel = ServedChannels.all.first(where: { $0.traits.kind == kind }),
            let account = try await store.channelAccount(
                ChannelAccountID(organization: record.organization, kind: kind, name: parts[1]))?.account
        else { return .nowhere("there is no account `\(wanted.channel)`") }
        guard let place = channel.place(wanted.to, from: account) else {
            return .nowhere("`\(wanted.to)` isn't a place of `\(wanted.channel)` that several read")
        }
        let arrival = Arrival(channel: parts[0], account: parts[1], peer: place.peer)
        guard let route = try? await routes(record.organization).route(arrival), route.agent == record.agent else {
            return .nowhere("no binding gives `\(wanted.to)` of `\(wanted.channel)` to `\(record.agent)`")
        }
        return .there(ScheduleDelivery(account: account.id, place: place))
    }
}
