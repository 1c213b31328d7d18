/// The look of each service's tokens. Every shape holds at least 128 random bits.
enum SecretShape: Sendable {
    case slackUser
    case slackBot
    case notion
    case rippling
    case google
    case tickets
    case bench

    func mint() -> String {
        switch self {
        case .slackUser:
            ["xoxp", Self.digits(12), Self.digits(13), Self.digits(13), Self.hex(32)].joined(separator: "-")
        case .slackBot: ["xoxb", Self.digits(12), Self.digits(13), Self.alphanumeric(24)].joined(separator: "-")
        case .notion: "ntn_" + Self.digits(11) + Self.alphanumeric(35)
        case .rippling: Self.alphanumeric(64)
        case .google: "ya29.a0" + Self.alphanumeric(160)
        case .tickets: "tkt_" + Self.alphanumeric(32)
        case .bench: "bench_" + Self.alphanumeric(32)
        }
    }

    private static func digits(_ count: Int) -> String {
        random(count, of: "0123456789")
    }

    private static func hex(_ count: Int) -> String {
        random(count, of: "0123456789abcdef")
    }

    private static func alphanumeric(_ count: Int) -> String {
        random(count, of: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    }

    private static func random(_ count: Int, of alphabet: String) -> String {
        let letters = Array(alphabet.utf8)
        return String(decoding: (0..<count).map { _ in letters[Int.random(in: letters.indices)] }, as: UTF8.self)
    }
}
