import Authority
import Wire

/// Why a corpus file can't be taken.
struct CorpusError: Error, CustomStringConvertible {
    let place: String
    let message: String

    var description: String { "\(place): \(message)" }
}

/// The members of one JSON object, read strictly: a member that nobody asked for is an error, so that a misspelt fact
/// can't pass for its default.
struct Fields {
    let place: String
    private let object: JSONObject
    private var asked: Set<String> = []

    init(_ json: JSON, at place: String) throws(CorpusError) {
        guard let object = json.objectValue else { throw CorpusError(place: place, message: "expected an object") }
        self.place = place
        self.object = object
    }

    /// Every member in turn, for objects whose keys are names of the file's own.
    var members: [(key: String, value: JSON)] { object.members }

    func fail(_ key: String, _ message: String) -> CorpusError {
        CorpusError(place: "\(place).\(key)", message: message)
    }

    /// The member; nil when there is none.
    mutating func take(_ key: String) -> JSON? {
        asked.insert(key)
        return object[key]
    }

    mutating func need(_ key: String) throws(CorpusError) -> JSON {
        guard let value = take(key) else { throw fail(key, "is missing") }
        return value
    }

    /// The member as `read` takes it; nil when there is none.
    mutating func optional<Value>(
        _ key: String, _ read: (JSON, String) throws(CorpusError) -> Value
    ) throws(CorpusError) -> Value? {
        guard let value = take(key) else { return nil }
        return try read(value, "\(place).\(key)")
    }

    mutating func required<Value>(
        _ key: String, _ read: (JSON, String) throws(CorpusError) -> Value
    ) throws(CorpusError) -> Value {
        try read(try need(key), "\(place).\(key)")
    }

    /// To be called when everything was asked for.
    ///
    /// - Throws: the first member that nobody asked for.
    func end() throws(CorpusError) {
        for key in object.keys where !asked.contains(key) {
            throw fail(key, "no such key; known here: \(asked.sorted().joined(separator: ", "))")
        }
    }
}

// Readers of one value each

func string(_ json: JSON, _ place: String) throws(CorpusError) -> String {
    guard let text = json.stringValue else { throw CorpusError(place: place, message: "expected a string") }
    return text
}

func bool(_ json: JSON, _ place: String) throws(CorpusError) -> Bool {
    guard let value = json.boolValue else { throw CorpusError(place: place, message: "expected true or false") }
    return value
}

func integer(_ json: JSON, _ place: String) throws(CorpusError) -> Int {
    guard let value = json.integerValue else { throw CorpusError(place: place, message: "expected a whole number") }
    return Int(value)
}

/// A reader of lists.
func list<Element>(
    of read: @escaping (JSON, String) throws(CorpusError) -> Element
) -> (JSON, String) throws(CorpusError) -> [Element] {
    { (json, place) throws(CorpusError) in
        guard let elements = json.arrayValue else { throw CorpusError(place: place, message: "expected a list") }
        var values: [Element] = []
        for (number, element) in elements.enumerated() { values.append(try read(element, "\(place)[\(number)]")) }
        return values
    }
}

/// A reader of identifiers.
func identifier<Kind>(_ json: JSON, _ place: String) throws(CorpusError) -> ID<Kind> {
    ID<Kind>(try string(json, place))
}

/// A reader of enumerations with names.
func named<Value: RawRepresentable<String>>(_ json: JSON, _ place: String) throws(CorpusError) -> Value {
    let text = try string(json, place)
    guard let value = Value(rawValue: text) else { throw CorpusError(place: place, message: "`\(text)` is unknown") }
    return value
}
