/// The words of an HTML page, for a model: no markup is followed, and nothing of it is ever shown as markup. What is quoted
/// stands behind a `>`, as in a mail of plain text.
enum MailHTML {
    static func text(_ html: String) -> String {
        var output = String.UnicodeScalarView()
        var rest = Substring(html).unicodeScalars
        var quotes = 0
        func write(_ scalar: Unicode.Scalar) {
            if quotes > 0, output.isEmpty || output.last == "\n" { output.append(contentsOf: "> ".unicodeScalars) }
            output.append(scalar)
        }
        while let scalar = rest.popFirst() {
            switch scalar {
            case "<":
                guard let tag = tag(&rest) else { break }
                if hidden.contains(tag), !skip(to: tag, &rest) { rest = rest[rest.endIndex...] }
                if breaking.contains(tag.first == "/" ? String(tag.dropFirst()) : tag), output.last != "\n" {
                    output.append("\n")
                }
                if tag == "blockquote" { quotes += 1 } else if tag == "/blockquote" { quotes = max(quotes - 1, 0) }
            case "&": write(entity(&rest))
            case "\r", "\n", "\t", " ":
                if let last = output.last, last != " ", last != "\n" { write(" ") }
            case _: write(scalar)
            }
        }
        return String(output)
    }

    private static let hidden: Set<String> = ["script", "style", "head", "title", "template"]
    private static let breaking: Set<String> = [
        "br", "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "blockquote", "hr",
    ]

    /// The name of a tag, with the `/` of one that closes; what stands in it is skipped. Nil for what is no tag.
    private static func tag(_ rest: inout Substring.UnicodeScalarView) -> String? {
        if rest.starts(with: "!--".unicodeScalars) {
            while let scalar = rest.popFirst() {
                if scalar == "-", rest.starts(with: "->".unicodeScalars) {
                    rest = rest.dropFirst(2)
                    break
                }
            }
            return nil
        }
        var name = String.UnicodeScalarView()
        var quote: Unicode.Scalar?
        var isNamed = false
        while let scalar = rest.popFirst() {
            if let open = quote {
                if scalar == open { quote = nil }
                continue
            }
            switch scalar {
            case ">": return String(name).lowercased()
            case "\"", "'": if isNamed { quote = scalar }
            case " ", "\n", "\t", "\r": isNamed = true
            case "/": if name.isEmpty { name.append(scalar) } else { isNamed = true }
            case _: if !isNamed, name.count < 20 { name.append(scalar) }
            }
        }
        return nil
    }

    /// - Returns: false when it never ends.
    private static func skip(to tag: String, _ rest: inout Substring.UnicodeScalarView) -> Bool {
        let end = Array("/\(tag)".unicodeScalars)
        while let scalar = rest.popFirst() {
            guard scalar == "<" else { continue }
            guard rest.prefix(end.count).elementsEqual(end, by: { $0.properties.lowercaseMapping == String($1) }) else {
                continue
            }
            while let scalar = rest.popFirst(), scalar != ">" {}
            return true
        }
        return false
    }

    private static func entity(_ rest: inout Substring.UnicodeScalarView) -> Unicode.Scalar {
        let name = rest.prefix(10).prefix { $0 != ";" }
        guard name.count < 10, name.endIndex < rest.endIndex, rest[name.endIndex] == ";",
            let scalar = scalar(String(name))
        else { return "&" }
        rest = rest[rest.index(after: name.endIndex)...]
        return scalar
    }

    private static func scalar(_ name: String) -> Unicode.Scalar? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        case "nbsp": return " "
        case _ where name.hasPrefix("#x") || name.hasPrefix("#X"):
            return UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init).flatMap(visible)
        case _ where name.hasPrefix("#"): return UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init).flatMap(visible)
        case _: return nil
        }
    }

    private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar? { scalar.value < 0x20 ? " " : scalar }
}
