import Authority
import Wire

/// Reads a list of places for models, strictly, and collects what is wrong.
struct ModelSlotReading {
    private(set) var problems: [DefinitionProblem] = []
    private var names: Set<String> = []

    private mutating func problem(_ place: String, _ message: String, hint: String? = nil) {
        problems.append(DefinitionProblem(place: place, message: message, hint: hint))
    }

    mutating func slot(_ value: JSON, at place: String) -> ModelSlot? {
        guard let object = value.objectValue else {
            problem(place, "a model must be an object")
            return nil
        }
        let known = DefinitionKeys.names(of: .model)
        for key in object.keys where !known.contains(key) {
            problem(
                "\(place).\(key)", "unknown key `\(key)` in a model",
                hint: suggestion(for: key, among: known) ?? "known keys: " + known.quoted)
        }
        let count = problems.count
        let name = name(object, at: place)
        let speaks = word(text(object, "speaks", at: place, isRequired: true), at: "\(place).speaks")
        let slot = ModelSlot(
            name: name, speaks: speaks ?? .offline, model: text(object, "model", at: place) ?? "",
            base: text(object, "base", at: place), key: key(object, at: place), classes: classes(object, at: place),
            longestReply: number(object, "longestReply", at: place) ?? ModelSlot.usualReply,
            context: number(object, "context", at: place), seesPictures: seesPictures(object, at: place))
        guard problems.count == count else { return nil }
        check(slot, at: place)
        return problems.count == count ? slot : nil
    }

    private mutating func check(_ slot: ModelSlot, at place: String) {
        switch slot.speaks {
        case .offline:
            if slot.key != nil || slot.base != nil || !slot.model.isEmpty {
                problem(place, "`offline` is no model, and asked nowhere", hint: "leave out `base`, `model` and `key`")
            }
            if slot.seesPictures {
                problem(
                    "\(place).sees", "`offline` is no model, and sees nothing",
                    hint: "leave out `sees`, or name a model that sees: `speaks` is `anthropic`, `openai-chat` or "
                        + "`openai-responses` there")
            }
            return
        case .anthropic, .chat, .responses: break
        }
        if slot.model.isEmpty { problem(place, "a model lacks `model`", hint: "such as `claude-sonnet-4-5`") }
        if slot.base == nil, slot.key == nil {
            problem(place, "a model lacks `base` or `key`", hint: "without a key, `base` says where it is asked")
        }
        if let base = slot.base, !base.isServer {
            problem(
                "\(place).base", "`\(base)` isn't where a server is",
                hint: "write scheme, host and port, such as `https://api.anthropic.com`")
        }
        if !(1...1_000_000).contains(slot.longestReply) {
            problem("\(place).longestReply", "a reply can't have \(slot.longestReply) tokens")
        }
        if let context = slot.context, context <= slot.longestReply || context > 100_000_000 {
            problem(
                "\(place).context",
                "a model that takes \(context) tokens can't answer with \(slot.longestReply)",
                hint: "`context` counts the question and its reply together")
        }
    }

    private mutating func name(_ object: JSONObject, at place: String) -> String {
        guard let name = text(object, "name", at: place, isRequired: true) else { return "" }
        do throws(PlainNameProblem) {
            try PlainName.check(name, of: "a model")
        } catch {
            problem("\(place).name", error.message, hint: error.hint)
        }
        if !names.insert(name).inserted {
            problem(
                "\(place).name", "`\(name)` is there twice", hint: "each place where a model is asked has its own name")
        }
        return name
    }

    private mutating func text(
        _ object: JSONObject, _ key: String, at place: String, isRequired: Bool = false
    ) -> String? {
        guard let value = object[key] else {
            if isRequired { problem(place, "a model lacks `\(key)`") }
            return nil
        }
        if let text = value.stringValue { return text }
        problem("\(place).\(key)", "`\(key)` must be a text")
        return nil
    }

    private mutating func number(_ object: JSONObject, _ key: String, at place: String) -> Int? {
        guard let value = object[key] else { return nil }
        if let number = value.integerValue.flatMap({ Int(exactly: $0) }) { return number }
        problem("\(place).\(key)", "`\(key)` must be a whole number")
        return nil
    }

    private mutating func word(_ text: String?, at place: String) -> ModelProtocol? {
        guard let text else { return nil }
        if let word = ModelProtocol(rawValue: text) { return word }
        let known = ModelProtocol.allCases.map(\.rawValue)
        problem(
            place, "no model server speaks `\(text)`",
            hint: suggestion(for: text, among: known) ?? "one of " + known.quoted)
        return nil
    }

    private mutating func key(_ object: JSONObject, at place: String) -> ModelKey? {
        guard let text = text(object, "key", at: place) else { return nil }
        do throws(DefinitionProblem) {
            return try ModelKey(parsing: text)
        } catch {
            problem("\(place).key", error.message, hint: error.hint)
            return nil
        }
    }

    private mutating func seesPictures(_ object: JSONObject, at place: String) -> Bool {
        guard let value = object[ModelSlot.sensesKey] else { return false }
        guard let items = value.arrayValue else {
            problem("\(place).sees", "`sees` must be a list of texts")
            return false
        }
        for item in items where item.stringValue != ModelSlot.pictures {
            let said = item.stringValue.map { "`\($0)`" } ?? "what is no text"
            problem("\(place).sees", "a model can't be shown \(said)", hint: "write `[\"pictures\"]`")
        }
        return !items.isEmpty
    }

    private mutating func classes(_ object: JSONObject, at place: String) -> DataClasses {
        guard let value = object["mayRead"] else { return [] }
        let names = value.arrayValue?.compactMap(\.stringValue) ?? []
        guard let items = value.arrayValue, names.count == items.count else {
            problem("\(place).mayRead", "`mayRead` must be a list of texts")
            return []
        }
        return names.reduce(into: []) { classes, name in
            guard let known = DataClasses.named.first(where: { $0.name == name }) else {
                let all = DataClasses.named.map(\.name)
                return problem(
                    "\(place).mayRead", "no class of data is called `\(name)`",
                    hint: suggestion(for: name, among: all) ?? "one of " + all.quoted)
            }
            classes.formUnion(known.value)
        }
    }
}

extension [String] {
    var quoted: String { map { "`\($0)`" }.joined(separator: ", ") }
}

extension String {
    fileprivate var isServer: Bool {
        guard let scheme = ["https://", "http://"].first(where: { hasPrefix($0) }) else { return false }
        let rest = dropFirst(scheme.count)
        return !rest.isEmpty && !rest.hasPrefix("/") && !rest.hasSuffix("/")
            && !rest.contains { $0 == "@" || $0 == "?" || $0 == "#" || $0.isWhitespace }
    }
}
