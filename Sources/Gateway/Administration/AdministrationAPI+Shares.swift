import Authority
public import Broker
import Gate
public import Registry
import Turns
import Wire

extension AdministrationAPI {
    func listShares(of agent: AgentID) async throws -> JSON {
        let view = try await administration.agent(agent, in: organization)
        let shares = try await administration.shares(of: agent, in: organization)
        return [
            "agent": .string(agent.raw), "users": view.record.definition["users"] ?? [],
            "owner": .string(view.definition.owner.raw),
            "shares": .array(
                shares.map { share in
                    var object: JSONObject = [
                        "with": .string(share.grantee.text), "rights": share.rightNames, "by": .string(share.by),
                        "at": .number(JSONNumber(share.at.microseconds)),
                    ]
                    object["channels"] = share.channels.map { .array($0.sorted().map { .string($0.text) }) }
                    return .object(object)
                }),
        ]
    }

    /// Computes who would gain what, and with `preflight` does nothing else.
    func share(_ agent: AgentID, _ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["with", "rights", "channels", "acknowledgeOwnAccount", "preflight"])
        let grantee = try grantee(reader)
        let rights = try rights(reader)
        let places = try places(reader)
        let channels = places.isEmpty ? nil : places
        let readers = try await count(places)
        if try reader.flag("preflight") {
            let found = try await administration.preflight(
                agent, with: grantee, rights: rights, channels: channels, in: organization)
            return json(found, grantee, rights, readers, isShared: false)
        }
        let found = try await administration.share(
            agent, with: grantee, rights: rights, channels: channels,
            acknowledged: try reader.flag("acknowledgeOwnAccount"), by: administrator, in: organization)
        return json(found, grantee, rights, readers, isShared: true)
    }

    func unshare(_ agent: AgentID, _ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["with", "rights", "channels"])
        let grantee = try grantee(reader)
        try await administration.unshare(
            agent, with: grantee, rights: try rights(reader), channels: try places(reader), by: administrator,
            in: organization)
        return ["agent": .string(agent.raw), "with": .string(grantee.text), "unshared": true]
    }

    func editAgent(_ id: AgentID, _ body: JSONObject) async throws -> JSON {
        let edit = try AgentEdit(body, of: id)
        return try await administration.editAgent(
            id, changes: edit.changes, about: edit.about, acknowledged: edit.acknowledged, expecting: edit.expecting,
            by: administrator, in: organization
        ).json
    }

    private func grantee(_ reader: BodyReader) throws -> Grantee {
        let text = try reader.required("with")
        guard let grantee = Grantee(text: text) else {
            throw BodyError(
                message: "an agent can't be shared with `\(text)`",
                hint: "one of `person:NAME`, `group:NAME`, `organization`")
        }
        return grantee
    }

    private func places(_ reader: BodyReader) throws -> Set<SharedPlace> {
        Set(
            try reader.texts("channels").map { text throws(BodyError) in
                if let place = SharedPlace(text: text) { return place }
                throw BodyError(
                    message: "`\(text)` isn't a place of a channel",
                    hint: "the channel, the account and the place's own id, such as `slack/help/C0123456789`")
            })
    }

    /// Who reads in each place, as things are now.
    private func count(_ places: Set<SharedPlace>) async throws -> [(SharedPlace, ChannelCensus)] {
        var readers: [(SharedPlace, ChannelCensus)] = []
        for place in places.sorted() { readers.append((place, try await census.count(place, in: organization))) }
        return readers
    }

    private func rights(_ reader: BodyReader) throws -> Set<ShareRight> {
        Set(
            try reader.texts("rights").map { text throws(BodyError) in
                if let right = ShareRight(rawValue: text) { return right }
                let known = ShareRight.allCases.map(\.rawValue)
                throw BodyError(
                    message: "no right is called `\(text)`",
                    hint: suggestion(for: text, among: known)
                        ?? "one of \(known.map { "`\($0)`" }.joined(separator: ", "))")
            })
    }

    private func json(
        _ preflight: Preflight, _ grantee: Grantee, _ rights: Set<ShareRight>,
        _ readers: [(SharedPlace, ChannelCensus)], isShared: Bool
    ) -> JSON {
        [
            "agent": .string(preflight.agent.raw), "with": .string(grantee.text), "shared": .bool(isShared),
            "rights": .array(rights.map(\.rawValue).sorted().map { .string($0) }),
            "gains": .array(
                preflight.gains.map { gain in
                    [
                        "people": .array(gain.people.map { .string($0.raw) }),
                        "reach": .array(gain.reach.map(\.json)),
                    ]
                }),
            "warnings": .array(
                preflight.warnings.map { warning in
                    [
                        "provider": .string(warning.provider.raw), "account": .string(warning.account),
                        "holder": .string(warning.holder.raw),
                        "people": .array(warning.people.map { .string($0.raw) }),
                        "message": .string(warning.sentence),
                    ]
                }),
            "channels": .array(readers.map { json($0, $1, preflight) }),
            "sentences": .array(preflight.sentences.map { .string($0) }),
        ]
    }
}

extension AdministrationAPI {
    /// Who reads in a place, and who of them gains something by the share.
    private func json(_ place: SharedPlace, _ census: ChannelCensus, _ preflight: Preflight) -> JSON {
        let gaining = Set(preflight.gains.flatMap(\.people)).intersection(census.known)
        return [
            "place": .string(place.text), "name": .string(census.name), "shared": .bool(census.isShared),
            "members": .number(JSONNumber(Int64(census.members))), "counted": .number(JSONNumber(Int64(census.looked))),
            "guests": .number(JSONNumber(Int64(census.guests))), "bots": .number(JSONNumber(Int64(census.bots))),
            "outsiders": .number(JSONNumber(Int64(census.outsiders))),
            "known": .array(census.known.sorted().map { .string($0.raw) }),
            "gaining": .array(gaining.sorted().map { .string($0.raw) }), "sentence": .string(census.sentence),
        ]
    }
}

extension Reach {
    fileprivate var json: JSON {
        var object: JSONObject = [
            "tool": .string(tool.name), "provider": .string(tool.provider.raw),
            "effect": .string(tool.effect.rawValue), "destinations": .string(destinations.rawValue),
            "verdict": .string(approvers == nil ? "permit" : "ask"),
        ]
        switch owner {
        case .person(let person): object["account_of"] = .string("person:\(person)")
        case .agent(let agent): object["account_of"] = .string("agent:\(agent)")
        case .none, .organization: break
        }
        if let approvers { object["approvers"] = .array(approvers.sorted().map { .string($0.raw) }) }
        return .object(object)
    }
}

extension ConnectionRecord {
    /// As the registry needs to know it.
    public var held: HeldAccount { HeldAccount(connection: use.facts, name: accountName, email: email?.lowercased()) }
}
