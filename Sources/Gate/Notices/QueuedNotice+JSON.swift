import Authority
public import Wire

extension QueuedNotice {
    /// As it is stored. Reading it back gives an equal notice.
    public var json: JSON {
        var object: JSONObject = [
            "id": .string(id.raw), "organization": .string(organization.raw), "person": .string(person.raw),
            "subject": subject.json, "agent": .string(agent.raw), "source": .string(source),
            "created": .number(JSONNumber(created.microseconds)), "state": .string(state.rawValue),
            "closed": .array(closed.map(\.rawValue).sorted().map { .string($0) }),
            "attempts": .number(JSONNumber(Int64(attempts))),
            "notBefore": .number(JSONNumber(notBefore.microseconds)),
        ]
        if let message { object["message"] = .string(message.raw) }
        if let route { object["route"] = .string(route.rawValue) }
        if let settled { object["settled"] = .number(JSONNumber(settled.microseconds)) }
        if let reason { object["reason"] = .string(reason) }
        return .object(object)
    }

    /// Nil when it isn't a notice as `json` gives it.
    public init?(json: JSON) {
        guard let id = json["id"]?.stringValue, let organization = json["organization"]?.stringValue,
            let person = json["person"]?.stringValue, let subject = json["subject"].flatMap(NoticeSubject.init),
            let agent = json["agent"]?.stringValue, let source = json["source"]?.stringValue,
            let created = json["created"]?.integerValue,
            let state = json["state"]?.stringValue.flatMap(NoticeState.init(rawValue:)),
            let closed = json["closed"]?.arrayValue, let attempts = json["attempts"]?.integerValue,
            let notBefore = json["notBefore"]?.integerValue
        else { return nil }
        self.init(
            id: NoticeID(id), organization: OrganizationID(organization), person: PersonID(person), subject: subject,
            agent: AgentID(agent), source: source, created: Timestamp(microseconds: created))
        self.state = state
        self.closed = Set(closed.compactMap { $0.stringValue.flatMap(NoticeRoute.init(rawValue:)) })
        self.attempts = Int(attempts)
        self.notBefore = Timestamp(microseconds: notBefore)
        message = json["message"]?.stringValue.map { NoticeID($0) }
        route = json["route"]?.stringValue.flatMap(NoticeRoute.init(rawValue:))
        settled = json["settled"]?.integerValue.map { Timestamp(microseconds: $0) }
        reason = json["reason"]?.stringValue
    }
}

extension NoticeSubject {
    var json: JSON {
        switch self {
        case .approval(let id): ["approval": .string(id.raw)]
        case .connection(let provider): ["connection": .string(provider.raw)]
        case .agreement: ["agreement": true]
        case .trouble(let id): ["trouble": .string(id.raw)]
        case .tools(let server): ["tools": .string(server.raw)]
        case .schedule(let id): ["schedule": .string(id.raw)]
        }
    }

    init?(json: JSON) {
        if let id = json["approval"]?.stringValue {
            self = .approval(ApprovalID(id))
        } else if let provider = json["connection"]?.stringValue {
            self = .connection(ProviderID(provider))
        } else if let id = json["trouble"]?.stringValue {
            self = .trouble(ConnectionID(id))
        } else if let server = json["tools"]?.stringValue {
            self = .tools(ProviderID(server))
        } else if let id = json["schedule"]?.stringValue {
            self = .schedule(ScheduleID(id))
        } else if json["agreement"]?.boolValue == true {
            self = .agreement
        } else {
            return nil
        }
    }
}
