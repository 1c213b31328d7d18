/// The look of each service's tokens. Every shape holds at least 128 random bits.
enum SecretShape: Sendable {
    case slackUser
    case slackBot
    case slackApp
    case notion
    case rippling
    case google
    case tickets
    case bench
    case anthropic
    case openai
    case slackRotating(bot: Bool)
    case slackRefresh
    case slackSigning
    case notionRefresh
    case googleRefresh
    case microsoftRefresh
    case strict
    case strictRefresh
    /// A code for the way through the browser.
    case code
    /// What a person types at a device page.
    case userCode

    func mint() -> String {
        switch self {
        case .slackUser:
            ["xoxp", Self.digits(12), Self.digits(13), Self.digits(13), Self.hex(32)].joined(separator: "-")
        case .slackBot: ["xoxb", Self.digits(12), Self.digits(13), Self.alphanumeric(24)].joined(separator: "-")
        case .slackApp: ["xapp", "1", "A" + Self.digits(10), Self.digits(13), Self.hex(64)].joined(separator: "-")
        case .notion: "ntn_" + Self.digits(11) + Self.alphanumeric(35)
        case .rippling: Self.alphanumeric(64)
        case .google: "ya29.a0" + Self.alphanumeric(160)
        case .tickets: "tkt_" + Self.alphanumeric(32)
        case .bench: "bench_" + Self.alphanumeric(32)
        case .anthropic: "sk-ant-api03-" + Self.alphanumeric(95)
        case .openai: "sk-proj-" + Self.alphanumeric(120)
        case .slackRotating(let bot): "xoxe.xox\(bot ? "b" : "p")-1-" + Self.alphanumeric(140)
        case .slackSigning: Self.hex(32)
        case .slackRefresh: "xoxe-1-" + Self.alphanumeric(140)
        case .notionRefresh: "nrt_" + Self.alphanumeric(46)
        case .googleRefresh: "1//0" + Self.alphanumeric(96)
        case .microsoftRefresh: "1.A" + Self.alphanumeric(400)
        case .strict: "sat_" + Self.alphanumeric(32)
        case .strictRefresh: "srt_" + Self.alphanumeric(32)
        case .code: Self.alphanumeric(40)
        case .userCode: Self.random(4, of: "BCDFGHJKLMNPQRSTVWXZ") + "-" + Self.random(4, of: "BCDFGHJKLMNPQRSTVWXZ")
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
