import Authority
import Broker
import Definition
import Gate
import Ledger
import Registry
import Wire

/// Puts what the product writes into the oracle's words.
extension Oracle {
    /// A transaction became durable. Called in the order of the commits.
    ///
    /// - Parameters:
    ///   - gateway: whose commit it was, by its lease; nil for the only one.
    ///   - moment: the number of jobs that had run.
    func applied(_ transaction: Transaction, by gateway: Int64?, at moment: Int) {
        check(!picture.isEnded(gateway), .fenced, "\(gateway ?? 0)")
        let leaves = transaction.leaves.map { ($0, Oracle.fields(of: $0)) }
        for (placed, fields) in leaves {
            let text = fields.text
            said(text)
            check(!text.holds("words-of:"), .secret, "a provider's words in a leaf")
            switch placed.leaf.kind {
            case .intent: intent(fields, leaves.map(\.1), placed.leaf.time, placed.tree, gateway)
            case .outcome: outcome(fields)
            case .decision, .approval, .authority, .epoch, .session, .heartbeat, .model: break
            }
        }
        for change in transaction.changes { take(change, at: moment) }
    }

    private static func fields(of placed: PlacedLeaf) -> JSON {
        let body = placed.leaf.body
        return (try? JSON.parse([UInt8(ascii: "{")] + body.dropFirst(body.count > 1 ? 1 : 0))) ?? .null
    }

    private func intent(_ fields: JSON, _ all: [JSON], _ time: Int64, _ tree: TreeID, _ gateway: Int64?) {
        guard let id = fields["call"]?.stringValue,
            let decision = all.first(where: { $0["call"]?.stringValue == id && $0["verdict"] != nil }),
            case .organization(let organization) = tree
        else { return violate(.intentFirst, "an intent without a decision") }
        check(decision["verdict"]?.stringValue == "permit", .permitted, "\(id) without a permit")
        var call = Picture.Call(
            organization: organization.raw, agent: decision["agent"]?.stringValue ?? "",
            requester: Oracle.name(decision["requester"]?.stringValue), client: decision["client"]?.stringValue ?? "",
            tool: decision["tool"]?.stringValue ?? "", effect: decision["effect"]?.stringValue ?? "",
            approval: decision["approval"]?.stringValue, window: decision["window"]?.stringValue,
            connection: fields["credential"]?["connection"]?.stringValue, digest: fields["digest"]?.stringValue ?? "")
        (call.clearings, call.gateway) = (picture.clearings, gateway)
        check(picture.calls[id] == nil, .oneOutcome, "\(id) was intended twice")
        judge(id, call, at: time)
        picture.calls[id] = call
    }

    private func outcome(_ fields: JSON) {
        guard let id = fields["call"]?.stringValue, let name = fields["outcome"]?.stringValue else { return }
        check(picture.calls[id] != nil, .oneOutcome, "\(id) has an outcome and no intent")
        picture.calls[id]?.outcomes += 1
        check(picture.calls[id]?.outcomes == 1, .oneOutcome, "\(id) has two outcomes")
        picture.calls[id]?.outcome = name
        picture.calls[id]?.isWithheld = fields["withheld"]?.boolValue == true
    }

    /// `person:alice` without its kind.
    static func name(_ text: String?) -> String { String((text ?? "").split(separator: ":").last ?? "") }

    private func take(_ change: any StoredChange, at moment: Int) {
        switch change {
        case let change as RegistryChange: take(registry: change)
        case let change as BrokerChange: take(broker: change)
        case let change as ApprovalChange: take(approval: change, at: moment)
        case let change as SharingChange: take(sharing: change)
        case let change as GateChange: take(gate: change)
        default: break
        }
    }

    private func take(registry change: RegistryChange) {
        switch change {
        case .addOrganization(let record), .replaceOrganization(let record):
            picture.organizations[record.id.raw] = record.standing == .active
        case .addPerson(let record), .replacePerson(let record):
            picture.people["\(record.organization)/\(record.id)"] = record.standing == .active
        case .addAgent(let record), .replaceAgent(let record):
            picture.agents["\(record.organization)/\(record.id)"] = Picture.Agent(record)
        case .addToken(let record), .replaceToken(let record): take(token: record)
        case .agree(let record):
            picture.agreements["\(record.organization)/\(record.agent)/\(record.person)"] = Set(
                record.capabilities.map { "\($0.effect.rawValue)/\($0.destinations.rawValue)" })
        case .setDocument: break
        }
    }

    private func take(token record: TokenRecord) {
        picture.tokens[record.id.raw] = Picture.Token(
            organization: record.organization.raw, person: record.person.raw, agents: Set(record.agents.map(\.raw)),
            isActive: record.state == .active, expires: record.expires.microseconds)
    }

    private func take(broker change: BrokerChange) {
        switch change {
        case .add(let record), .reconnect(let record):
            picture.connections[record.id.raw] = Picture.Connection(
                organization: record.organization.raw, owner: name(record.owner),
                isHealthy: record.health == .healthy)
        case .setScopes, .lack: break
        case .setHealth(let id, let health): picture.connections[id.raw]?.isHealthy = health == .healthy
        case .shred(let id): picture.connections[id.raw]?.isHealthy = false
        case .revokeAll(let organization, let owner):
            for (id, one) in picture.connections
            where one.organization == organization.raw && one.owner == name(owner) {
                picture.connections[id]?.isHealthy = false
            }
        }
    }

    private func name(_ owner: Owner) -> String {
        switch owner {
        case .person(let person): "person:\(person)"
        case .agent(let agent): "agent:\(agent)"
        case .organization: "organization"
        }
    }

    private func take(sharing change: SharingChange) {
        switch change {
        case .forgetUse(let organization, let agent, let person):
            picture.agreements["\(organization)/\(agent)/\(person)"] = nil
            picture.clear { $0.hasPrefix("\(organization)/\(agent)/\(person)/") }
        case .forgetPerson(let organization, let person):
            let end = "/\(person)"
            picture.agreements = picture.agreements.filter {
                !($0.key.hasPrefix("\(organization)/") && $0.key.hasSuffix(end))
            }
            for (id, token) in picture.tokens where token.organization == organization.raw && token.person == person.raw
            {
                picture.tokens[id] = Picture.Token(
                    organization: token.organization, person: token.person, agents: token.agents, isActive: false,
                    expires: token.expires)
            }
            picture.clear { $0.hasPrefix("\(organization)/") && $0.contains("/\(person)/") }
        case .addGroup, .replaceGroup, .removeGroup, .share, .unshare: break
        }
    }

    private func take(gate change: GateChange) {
        switch change {
        case .saw(let key, let labels, let time):
            let name = Oracle.session(key)
            var seen = picture.labels[name] ?? Picture.Labels()
            if seen.isForgotten(at: time.microseconds) { seen = Picture.Labels() }
            seen.lastUsed = time.microseconds
            if labels.integrity == .outsider { seen.isOutsider = true }
            let people: Set<PersonID>? =
                switch labels.readers {
                case .organization: nil
                case .only(let people): people
                case .account(let owner): [owner]
                }
            if let people {
                let names = Set(people.map(\.raw))
                seen.readers = seen.readers.map { $0.intersection(names) } ?? names
            }
            picture.labels[name] = seen
        case .clearSession(let key): picture.clear { $0 == Oracle.session(key) }
        case .clearSessions(let organization, let agent, let person):
            picture.clear { $0.hasPrefix("\(organization)/\(agent)/\(person)/") }
        case .endGateway(let gateway): picture.ended.insert(gateway)
        case .open, .noneOpen, .close, .markUnknown, .settle, .keep, .spendOnce: break
        }
    }

    static func session(_ key: SessionKey) -> String {
        "\(key.organization)/\(key.agent)/\(key.requester.person?.raw ?? "")/\(key.client)"
    }
}

extension Picture {
    mutating func clear(_ covers: (String) -> Bool) {
        labels = labels.filter { !covers($0.key) }
        clearings += 1
    }
}

extension Picture.Agent {
    /// From the definition as it is stored.
    init(_ record: AgentRecord) {
        func texts(_ key: String) -> Set<String> {
            Set((record.definition[key]?.arrayValue ?? []).compactMap(\.stringValue))
        }
        let budget = record.definition["budget"]
        self.init(
            isActive: record.standing == .active, kind: record.definition["actsAs"]?.stringValue ?? "",
            owner: record.definition["owner"]?.stringValue ?? "", denied: texts("deny"), asked: texts("ask"),
            approvers: texts("approvers"), principals: texts("principals"), granted: [],
            perMinute: budget?["callsPerMinute"]?.integerValue.map { Int($0) },
            perDay: budget?["callsPerDay"]?.integerValue.map { Int($0) })
    }
}
