import Wire

/// A body that isn't what the route takes.
struct BodyError: Error {
    let message: String
    let hint: String?
}

/// Reads a request's body strictly: a key that isn't known is an error.
struct BodyReader {
    let body: JSONObject

    init(_ body: JSONObject, keys: [String]) throws(BodyError) {
        for key in body.keys where !keys.contains(key) {
            throw BodyError(message: "unknown key `\(key)`", hint: suggestion(for: key, among: keys))
        }
        self.body = body
    }

    func text(_ key: String) throws(BodyError) -> String? {
        guard let value = body[key], !value.isNull else { return nil }
        guard let text = value.stringValue else { throw BodyError(message: "`\(key)` must be a text", hint: nil) }
        return text
    }

    func required(_ key: String) throws(BodyError) -> String {
        guard let text = try text(key), !text.isEmpty else {
            throw BodyError(message: "`\(key)` is missing", hint: nil)
        }
        return text
    }

    func texts(_ key: String) throws(BodyError) -> [String] {
        guard let value = body[key], !value.isNull else { return [] }
        let texts = value.arrayValue?.compactMap(\.stringValue) ?? []
        guard texts.count == value.arrayValue?.count else {
            throw BodyError(message: "`\(key)` must be a list of texts", hint: nil)
        }
        return texts
    }

    func integer(_ key: String) throws(BodyError) -> Int64? {
        guard let value = body[key], !value.isNull else { return nil }
        guard let number = value.integerValue else {
            throw BodyError(message: "`\(key)` must be a whole number", hint: nil)
        }
        return number
    }

    func flag(_ key: String) throws(BodyError) -> Bool {
        guard let value = body[key], !value.isNull else { return false }
        guard let flag = value.boolValue else { throw BodyError(message: "`\(key)` must be true or false", hint: nil) }
        return flag
    }

    func object(_ key: String) throws(BodyError) -> JSONObject {
        guard let value = body[key], !value.isNull else { return [:] }
        guard let object = value.objectValue else { throw BodyError(message: "`\(key)` must be an object", hint: nil) }
        return object
    }

    func word<Word: RawRepresentable & CaseIterable>(_ key: String, of: Word.Type) throws(BodyError) -> Word?
    where Word.RawValue == String {
        guard let text = try text(key) else { return nil }
        if let word = Word(rawValue: text) { return word }
        let known = Word.allCases.map(\.rawValue)
        throw BodyError(
            message: "`\(key)` can't be `\(text)`",
            hint: suggestion(for: text, among: known) ?? "one of \(known.map { "`\($0)`" }.joined(separator: ", "))")
    }
}
