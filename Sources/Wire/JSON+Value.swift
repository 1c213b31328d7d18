extension JSON {
    /// Whether both are the same value to JSON Schema: as `==`, but numbers by value, so that `1` is `1.0`.
    public func hasSameValue(as other: JSON) -> Bool {
        self == other || normalized == other.normalized
    }

    /// The value with every number in one spelling for its value.
    var normalized: JSON {
        switch self {
        case .null, .bool, .string: self
        case .number(let number): .number(number.normalized)
        case .array(let elements): .array(elements.map(\.normalized))
        case .object(let object): .object(JSONObject(object.members.map { ($0.key, $0.value.normalized) }))
        }
    }
}

extension JSONNumber {
    fileprivate var normalized: JSONNumber {
        if let integer { return JSONNumber(integer) }
        let decimal = Decimal(self)
        let digits = String(decoding: decimal.digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
        return JSONNumber(checked: "\(decimal.isNegative ? "-" : "")0.\(digits)e\(decimal.magnitude)")
    }
}
