/// An exact JSON value: what was read is what is judged, and what was judged is what is sent.
///
/// Numbers keep their text, objects keep the order of their members and hold every key once. Strings are compared by
/// their bytes, never by Unicode equivalence, so that two values are equal exactly when `canonicalBytes()` are.
public enum JSON: Sendable {
    /// The literal `null`.
    case null
    /// The literals `true` and `false`.
    case bool(Bool)
    /// A number, as its text.
    case number(JSONNumber)
    /// A string of Unicode scalars; lone surrogates can't occur.
    case string(String)
    /// An ordered list.
    case array([JSON])
    /// A list of members with unique keys.
    case object(JSONObject)

    /// The member named `key`; nil when there is none, or when this isn't an object.
    public subscript(key: String) -> JSON? {
        guard case .object(let object) = self else { return nil }
        return object[key]
    }

    /// The element at `index`, from 0; nil when there is none, or when this isn't an array.
    public subscript(index: Int) -> JSON? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The string, when this is one.
    public var stringValue: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The truth value, when this is one.
    public var boolValue: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The whole number, when this is a number whose value is exactly one and fits; see `JSONNumber.integer`.
    public var integerValue: Int64? {
        guard case .number(let value) = self else { return nil }
        return value.integer
    }

    /// The elements, when this is an array.
    public var arrayValue: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members, when this is an object.
    public var objectValue: JSONObject? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    /// Whether this is `null`.
    public var isNull: Bool {
        guard case .null = self else { return false }
        return true
    }
}
