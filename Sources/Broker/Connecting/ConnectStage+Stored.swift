import Authority
public import Wire

extension ConnectStage {
    /// As it is stored, without what is sealed. Reading it back with that gives an equal stage.
    public var json: JSON {
        switch self {
        case .waiting: ["stage": "waiting"]
        case .away(let departure): departure.json
        case .arrived(let until): ["stage": "arrived", "until": until.json]
        case .offered(let offer): offer.json
        case .kept(let account): ["stage": "kept", "account": account.json]
        case .ended(let problem): problem.json
        }
    }

    /// Nil when it isn't a stage as `json` gives it.
    public init?(json: JSON, sealed: [UInt8]) {
        switch json["stage"]?.stringValue {
        case "waiting": self = .waiting
        case "away":
            guard let departure = ConnectDeparture(json: json, verifier: sealed) else { return nil }
            self = .away(departure)
        case "arrived":
            guard let until = json["until"].flatMap(Timestamp.init(json:)) else { return nil }
            self = .arrived(until: until)
        case "offered":
            guard let offer = ConnectOffer(json: json, tokens: sealed) else { return nil }
            self = .offered(offer)
        case "kept":
            guard let account = json["account"].flatMap(OfferedAccount.init) else { return nil }
            self = .kept(account)
        case "ended":
            guard let problem = ConnectProblem(json: json) else { return nil }
            self = .ended(problem)
        case nil, _?: return nil
        }
    }
}

extension ConnectDeparture {
    fileprivate var json: JSON {
        var object: JSONObject = [
            "stage": "away", "session": .string(session),
            "redirectURI": .string(redirectURI), "client": .string(clientID), "scopes": JSON(scopes: scopes),
            "until": until.json,
        ]
        if let issuer { object["issuer"] = .string(issuer) }
        if let replaces { object["replaces"] = .string(replaces.raw) }
        return .object(object)
    }

    fileprivate init?(json: JSON, verifier: [UInt8]) {
        guard let session = json["session"]?.stringValue, let redirectURI = json["redirectURI"]?.stringValue,
            let client = json["client"]?.stringValue, let scopes = json["scopes"]?.scopes,
            let until = json["until"].flatMap(Timestamp.init(json:))
        else { return nil }
        self.init(
            session: session, issuer: json["issuer"]?.stringValue, redirectURI: redirectURI,
            clientID: client, scopes: scopes, replaces: json["replaces"]?.stringValue.map { ConnectionID($0) },
            until: until, verifier: verifier)
    }
}

extension ConnectOffer {
    fileprivate var json: JSON {
        var object: JSONObject = [
            "stage": "offered", "session": .string(session), "account": account.json, "asked": JSON(scopes: asked),
            "granted": JSON(scopes: granted), "isOwners": .bool(isOwners), "client": .string(clientID),
            "until": until.json,
        ]
        if let replaces { object["replaces"] = .string(replaces.raw) }
        if let before { object["before"] = before.json }
        if let knownAs { object["knownAs"] = .string(knownAs) }
        return .object(object)
    }

    fileprivate init?(json: JSON, tokens: [UInt8]) {
        guard let session = json["session"]?.stringValue, let account = json["account"].flatMap(OfferedAccount.init),
            let asked = json["asked"]?.scopes, let granted = json["granted"]?.scopes,
            let isOwners = json["isOwners"]?.boolValue, let client = json["client"]?.stringValue,
            let until = json["until"].flatMap(Timestamp.init(json:))
        else { return nil }
        self.init(
            session: session, account: account, asked: asked, granted: granted,
            replaces: json["replaces"]?.stringValue.map { ConnectionID($0) },
            before: json["before"].flatMap(OfferedAccount.init), knownAs: json["knownAs"]?.stringValue,
            isOwners: isOwners, clientID: client, until: until, tokens: tokens)
    }
}

extension ConnectProblem {
    fileprivate var json: JSON {
        var object: JSONObject = ["stage": "ended", "end": .string(end.rawValue)]
        if let reason { object["reason"] = .string(reason) }
        if let hint { object["hint"] = .string(hint) }
        if let claims { object["claims"] = .string(claims) }
        return .object(object)
    }

    fileprivate init?(json: JSON) {
        guard let end = json["end"]?.stringValue.flatMap(ConnectEnd.init) else { return nil }
        self.init(
            end, json["reason"]?.stringValue, hint: json["hint"]?.stringValue, claims: json["claims"]?.stringValue)
    }
}

extension OfferedAccount {
    fileprivate var json: JSON {
        var object: JSONObject = ["id": .string(id)]
        if let name { object["name"] = .string(name) }
        if let former { object["former"] = .string(former) }
        if let email { object["email"] = .string(email) }
        if !isVouched { object["vouched"] = .bool(false) }
        return .object(object)
    }

    fileprivate init?(json: JSON) {
        guard let id = json["id"]?.stringValue else { return nil }
        self.init(
            id: id, former: json["former"]?.stringValue, name: json["name"]?.stringValue,
            email: json["email"]?.stringValue, isVouched: json["vouched"]?.boolValue ?? true)
    }
}

extension Timestamp {
    fileprivate var json: JSON { .number(JSONNumber(microseconds)) }

    fileprivate init?(json: JSON) {
        guard let microseconds = json.integerValue else { return nil }
        self.init(microseconds: microseconds)
    }
}

extension JSON {
    fileprivate init(scopes: Set<String>) { self = .array(scopes.sorted().map { .string($0) }) }

    fileprivate var scopes: Set<String>? { arrayValue.map { Set($0.compactMap(\.stringValue)) } }
}
