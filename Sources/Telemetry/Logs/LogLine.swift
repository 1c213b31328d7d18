/// One line in the making. Whatever a value holds, it stays that value: line ends, quotes, terminal sequences, invisible
/// and direction-changing characters are written as escapes.
struct LogLine {
    static let reserved: Set<String> = ["time", "level", "message", "logger", "trace_id", "span_id"]
    /// A longer value is cut. The journal's own bound for a line is 48 KiB.
    static let longestValue = 2_000

    private let format: LogFormat
    private var text: String
    private var isFirst = true

    init(format: LogFormat) {
        self.format = format
        text = ""
        text.reserveCapacity(256)
    }

    mutating func begin(priority: Int) { text = "<\(priority)>" }

    mutating func add(_ key: String, _ value: String) {
        let value =
            value.utf8.count > LogLine.longestValue ? value.prefix(LogLine.longestValue) + "…" : Substring(value)
        switch format {
        case .json:
            text += isFirst ? "{" : ","
            LogLine.quote(key, into: &text)
            text += ":"
            LogLine.quote(value, into: &text)
        case .logfmt:
            if !isFirst { text += " " }
            text += String(key.unicodeScalars.map { LogLine.isPlain($0) ? Character($0) : "_" })
            text += "="
            if !value.isEmpty, value.unicodeScalars.allSatisfy(LogLine.isPlain) {
                text += value
            } else {
                LogLine.quote(value, into: &text)
            }
        }
        isFirst = false
    }

    var ended: String { text + (format == .json ? "}\n" : "\n") }

    /// What stands in logfmt without quotes.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && scalar.value > 0x20 && scalar != "\"" && scalar != "=" && scalar != "\\"
            && scalar.value != 0x7F
    }

    /// A JSON string (RFC 8259 section 7), with more escapes than it asks for.
    private static func quote(_ value: some StringProtocol, into text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
                    for unit in String(scalar).utf16 {
                        let digits = String(unit, radix: 16)
                        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                    }
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
        text += "\""
    }
}
