import Authority
public import Wire

extension ModelEndpoint {
    /// As it is kept, and shown to administrators.
    public var json: JSON {
        [
            "name": .string(name), "speaks": .string(speaks.rawValue), "model": .string(model),
            "longest_reply": .number(JSONNumber(longestReply)),
            "context": context.map { .number(JSONNumber($0)) } ?? .null, "base": .string(base),
            "connection": connection.map { .string($0.raw) } ?? .null,
            "classes": .array(classes.names.map { .string($0) }),
        ]
    }

    /// Reads what ``json`` wrote; nil for anything else.
    public init?(json: JSON) {
        guard let name = json["name"]?.stringValue,
            let speaks = json["speaks"]?.stringValue.flatMap(ModelProtocol.init),
            let model = json["model"]?.stringValue,
            let longest = json["longest_reply"]?.integerValue.flatMap({ Int(exactly: $0) }),
            let base = json["base"]?.stringValue, let names = json["classes"]?.arrayValue?.compactMap(\.stringValue)
        else { return nil }
        self.init(
            name: name, speaks: speaks, model: model, longestReply: longest,
            context: json["context"]?.integerValue.flatMap { Int(exactly: $0) },
            connection: json["connection"]?.stringValue.map { ConnectionID($0) }, base: base,
            classes: DataClasses(DataClasses.named.filter { names.contains($0.name) }.map(\.value)))
    }
}

extension ModelChoice {
    public var json: JSON {
        [
            "models": .array(endpoints.map { .string($0) }),
            "tokens_per_day": tokensPerDay.map { .number(JSONNumber($0)) } ?? .null,
            "tokens_per_person_per_day": tokensPerPersonPerDay.map { .number(JSONNumber($0)) } ?? .null,
        ]
    }

    public init?(json: JSON) {
        guard let endpoints = json["models"]?.arrayValue?.compactMap(\.stringValue) else { return nil }
        func limit(_ key: String) -> Int? { json[key]?.integerValue.flatMap { Int(exactly: $0) } }
        self.init(
            endpoints: endpoints, tokensPerDay: limit("tokens_per_day"),
            tokensPerPersonPerDay: limit("tokens_per_person_per_day"))
    }
}
