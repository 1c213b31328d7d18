import Authority
public import Wire

extension HealthEvent {
    /// As it is stored, and posted to a webhook. No secret is in it, and no address or account.
    public var json: JSON {
        var object: JSONObject = [
            "id": .string(id), "organization": .string(organization.raw), "provider": .string(provider.raw),
            "state": .string(standing.state.rawValue), "cause": .string(standing.cause.rawValue),
            "count": .number(JSONNumber(Int64(count))), "at": .number(JSONNumber(at.microseconds)),
        ]
        switch subject {
        case .connection(let id): object["connection"] = .string(id.raw)
        case .provider(_, let cause):
            (object["about"], object["of"]) = ("provider", .string(cause.rawValue))
        case .app(_, of: let agent):
            object["about"] = "app"
            object["agent"] = agent.map { .string($0.raw) }
        case .server: object["about"] = "server"
        case .newTools: object["about"] = "new_tools"
        case .key(let id): (object["about"], object["connection"]) = ("key", .string(id.raw))
        }
        if !seen.isEmpty { object["seen"] = .array(seen.sorted().map { .string($0) }) }
        object["owner"] = owner.map { .string($0.text) }
        object["code"] = standing.code.map { .string($0) }
        object["until"] = standing.until.map { .number(JSONNumber($0.microseconds)) }
        return .object(object)
    }

    /// Nil when it isn't what `json` gives.
    public init?(json: JSON) {
        guard let id = json["id"]?.stringValue, let organization = json["organization"]?.stringValue,
            let provider = json["provider"]?.stringValue.map({ ProviderID($0) }),
            let state = json["state"]?.stringValue.flatMap(ConnectionState.init(rawValue:)),
            let cause = json["cause"]?.stringValue.flatMap(ConnectionCause.init(rawValue:)),
            let count = json["count"]?.integerValue, let at = json["at"]?.integerValue
        else { return nil }
        let subject: HealthSubject
        switch (json["connection"]?.stringValue, json["about"]?.stringValue) {
        case (let connection?, "key"): subject = .key(ConnectionID(connection))
        case (let connection?, _): subject = .connection(ConnectionID(connection))
        case (nil, "provider"):
            guard let of = json["of"]?.stringValue.flatMap(ConnectionCause.init(rawValue:)) else { return nil }
            subject = .provider(provider, of)
        case (nil, "app"): subject = .app(provider, of: json["agent"]?.stringValue.map { AgentID($0) })
        case (nil, "server"): subject = .server(provider)
        case (nil, "new_tools"): subject = .newTools(provider)
        case (nil, _): return nil
        }
        var owner: Owner?
        if let text = json["owner"]?.stringValue {
            guard let read = Owner(text: text) else { return nil }
            owner = read
        }
        self.init(
            id: id, organization: OrganizationID(organization), subject: subject, provider: provider, owner: owner,
            standing: ConnectionStanding(
                state, cause, code: json["code"]?.stringValue,
                until: json["until"]?.integerValue.map { Timestamp(microseconds: $0) }), count: Int(count),
            at: Timestamp(microseconds: at), seen: Set((json["seen"]?.arrayValue ?? []).compactMap(\.stringValue)))
    }
}
