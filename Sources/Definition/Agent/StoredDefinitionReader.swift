public import Authority
import Wire

/// Reads a definition that Deputy stored, strictly.
struct StoredDefinitionReader {
    let object: JSONObject
    private(set) var problems: [DefinitionProblem] = []
    private var seen: Set<String> = []

    init(object: JSONObject) {
        self.object = object
    }

    private mutating func value(_ key: String) -> JSON? {
        seen.insert(key)
        return object[key]
    }

    /// What was meant, or what there is.
    private static func hint(_ text: String, _ known: [String], _ lead: String) -> String {
        suggestion(for: text, among: known) ?? lead + known.map { "`\($0)`" }.joined(separator: ", ")
    }

    private mutating func problem(_ key: String, _ message: String, hint: String? = nil) {
        problems.append(DefinitionProblem(place: key, message: message, hint: hint))
    }

    mutating func text(_ key: String) -> String? {
        guard let value = value(key) else { return nil }
        if let text = value.stringValue { return text }
        problem(key, "`\(key)` must be a text")
        return nil
    }

    mutating func integer(_ key: String) -> Int? {
        guard let value = value(key) else { return nil }
        if let number = value.integerValue, let integer = Int(exactly: number) { return integer }
        problem(key, "`\(key)` must be a whole number")
        return nil
    }

    mutating func word<Word: RawRepresentable & CaseIterable>(_ key: String, of: Word.Type) -> Word?
    where Word.RawValue == String {
        guard let text = text(key) else { return nil }
        if let word = Word(rawValue: text) { return word }
        problem(key, "`\(key)` can't be `\(text)`", hint: Self.hint(text, Word.allCases.map(\.rawValue), "one of "))
        return nil
    }

    mutating func tier() -> Tier? {
        guard let number = integer("tier") else { return nil }
        if let tier = Tier(rawValue: number) { return tier }
        problem("tier", "`tier` can't be \(number)", hint: "one of 1, 2, 3")
        return nil
    }

    mutating func texts(_ key: String) -> [String] {
        guard let value = value(key) else { return [] }
        let texts = value.arrayValue?.compactMap(\.stringValue)
        if let texts, texts.count == value.arrayValue?.count { return texts }
        problem(key, "`\(key)` must be a list of texts")
        return []
    }

    /// Mail addresses, in lower case.
    mutating func addresses(_ key: String) -> Set<String> {
        texts(key).reduce(into: []) { addresses, text in
            guard let address = MailAddress(text) else {
                return problem(
                    key, "`\(text)` isn't a mail address", hint: "write it as `assistant@example.com`")
            }
            addresses.insert(address.text.lowercased())
        }
    }

    mutating func objects(_ key: String) -> [JSONObject] {
        guard let value = value(key) else { return [] }
        let objects = value.arrayValue?.compactMap(\.objectValue)
        if let objects, objects.count == value.arrayValue?.count { return objects }
        problem(key, "`\(key)` must be a list of objects")
        return []
    }

    mutating func users() -> Users {
        guard let value = value("users") else { return .only([]) }
        if let text = value.stringValue {
            if text == "everyone" { return .everyone }
            problem("users", "`users` can't be `\(text)`", hint: "`\"everyone\"`, or a list of people")
            return .only([])
        }
        return .only(Set(texts("users").map(PersonID.init)))
    }

    mutating func slot(_ text: String) -> Slot? {
        do throws(DefinitionProblem) {
            return try Slot(parsing: text)
        } catch {
            problems.append(error)
            return nil
        }
    }

    private mutating func checkKeys(of object: JSONObject, at key: String, _ place: DefinitionKeys.Place) {
        let known = DefinitionKeys.names(of: place)
        for name in object.keys where !known.contains(name) {
            problem(key, "unknown key `\(name)` in `\(key)`", hint: Self.hint(name, known, "known keys: "))
        }
    }

    mutating func lift(_ object: JSONObject) -> Lift? {
        checkKeys(of: object, at: "lift", .lift)
        guard let tools = object["tools"]?.stringValue, let text = object["destinations"]?.stringValue else {
            problem("lift", "a lift names `tools` and `destinations`")
            return nil
        }
        guard let destinations = DestinationClass(rawValue: text) else {
            problem(
                "lift", "`destinations` can't be `\(text)`",
                hint: Self.hint(text, DestinationClass.allCases.map(\.rawValue), "one of "))
            return nil
        }
        return Lift(tools: tools, destinations: destinations)
    }

    mutating func grant(_ object: JSONObject) -> NamedGrant? {
        checkKeys(of: object, at: "grants", .grant)
        guard let principal = object["principal"]?.stringValue, let person = object["person"]?.stringValue,
            let tools = object["tools"]?.stringValue
        else {
            problem("grants", "a grant names `principal`, `person` and `tools`, each as one text")
            return nil
        }
        return NamedGrant(principal: PersonID(principal), person: PersonID(person), tools: tools)
    }

    mutating func budget() -> Budget {
        guard let value = value("budget") else { return .unlimited }
        guard let object = value.objectValue else {
            problem("budget", "`budget` must be an object")
            return .unlimited
        }
        checkKeys(of: object, at: "budget", .budget)
        func limit(_ key: String) -> Int? {
            guard let given = object[key] else { return nil }
            if let number = given.integerValue.flatMap({ Int(exactly: $0) }), number >= 0 { return number }
            problem("budget", "`\(key)` must be a whole number, 0 or more")
            return nil
        }
        return Budget(
            callsPerMinute: limit("callsPerMinute"), callsPerDay: limit("callsPerDay"),
            concurrent: limit("concurrent"), tokensPerDay: limit("tokensPerDay"),
            tokensPerPersonPerDay: limit("tokensPerPersonPerDay"))
    }

    /// Nil where nothing is said.
    mutating func models() -> [ModelSlot]? {
        guard let value = value(ModelSlot.listKey) else { return nil }
        do throws(DefinitionProblems) {
            return try ModelSlot.list(value)
        } catch {
            problems += error.problems
            return nil
        }
    }

    mutating func classes() -> DataClasses {
        texts("restricted").reduce(into: []) { classes, name in
            guard let known = DataClasses.named.first(where: { $0.name == name }) else {
                return problem(
                    "restricted", "no class of data is called `\(name)`",
                    hint: Self.hint(name, DataClasses.named.map(\.name), "one of "))
            }
            classes.formUnion(known.value)
        }
    }

    /// A key that is read elsewhere.
    mutating func skip(_ key: String) { seen.insert(key) }

    mutating func checkKeys() {
        for key in object.keys where !seen.contains(key) {
            problem(key, "unknown key `\(key)`", hint: suggestion(for: key, among: seen))
        }
    }
}

extension Slot {
    /// Reads `notion:person`.
    public init(parsing text: String) throws(DefinitionProblem) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let owner = SlotOwner(rawValue: String(parts[1])) else {
            throw DefinitionProblem(
                place: "slots", message: "`\(text)` isn't a slot",
                hint: "write `provider:person` or `provider:agent`, such as `notion:person`")
        }
        self.init(provider: ProviderID(String(parts[0])), owner: owner)
    }
}
