public import Authority
public import Wire

extension ModelSlot {
    /// As it is stored and exported.
    public var json: JSON {
        var object: JSONObject = ["name": .string(name), "speaks": .string(speaks.rawValue)]
        if !model.isEmpty { object["model"] = .string(model) }
        object["base"] = base.map { .string($0) }
        object["key"] = key.map { .string($0.text) }
        if !classes.isEmpty { object["mayRead"] = .array(classes.names.map { .string($0) }) }
        if longestReply != ModelSlot.usualReply { object["longestReply"] = .number(JSONNumber(longestReply)) }
        object["context"] = context.map { .number(JSONNumber($0)) }
        if seesPictures { object[ModelSlot.sensesKey] = [.string(ModelSlot.pictures)] }
        return .object(object)
    }

    /// What such a list is called, in an agent and in an organization.
    public static let listKey = "models"
    static let sensesKey = "sees"
    static let pictures = "pictures"

    public static func json(_ slots: [ModelSlot]) -> JSON { .array(slots.map(\.json)) }

    /// Reads what ``json(_:)`` gives, or a file.
    ///
    /// - Throws: everything that is wrong, each at a place such as `models[1].base`.
    public static func list(_ value: JSON) throws(DefinitionProblems) -> [ModelSlot] {
        guard let items = value.arrayValue else {
            throw DefinitionProblems([
                DefinitionProblem(place: listKey, message: "`\(listKey)` must be a list of objects", hint: nil)
            ])
        }
        var reading = ModelSlotReading()
        let slots = items.enumerated().compactMap { reading.slot($0.element, at: "\(listKey)[\($0.offset)]") }
        guard reading.problems.isEmpty else { throw DefinitionProblems(reading.problems) }
        return slots
    }
}

extension ModelKey {
    /// Reads `anthropic:agent`.
    public init(parsing text: String) throws(DefinitionProblem) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, parts[1] == SlotOwner.person.rawValue {
            throw DefinitionProblem(
                place: ModelSlot.listKey, message: "a model's key is never a person's: everybody is answered with it",
                hint: "write `\(parts[0]):agent` or `\(parts[0]):organization`")
        }
        guard parts.count == 2, !parts[0].isEmpty, let owner = ModelKeyOwner(rawValue: parts[1]) else {
            throw DefinitionProblem(
                place: ModelSlot.listKey, message: "`\(text)` isn't a slot of a model's key",
                hint: "write `provider:agent` or `provider:organization`, such as `anthropic:agent`")
        }
        self.init(provider: ProviderID(parts[0]), owner: owner)
    }
}
