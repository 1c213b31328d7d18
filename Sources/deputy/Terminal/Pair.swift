/// `key=value`, as options take it.
struct Pair {
    let key: String
    let value: String

    static func parse(_ texts: [String], as option: String) throws -> [Pair] {
        try texts.map { text in
            guard let split = text.firstIndex(of: "="), split != text.startIndex,
                text.index(after: split) != text.endIndex
            else {
                throw CommandFailure(
                    .refused, "invalid", "`\(option)` can't be `\(text)`", hint: "write it as `provider=value`")
            }
            return Pair(key: String(text[..<split]), value: String(text[text.index(after: split)...]))
        }
    }
}
