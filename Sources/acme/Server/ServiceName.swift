/// The services that acme stands in for, in the order of their ports.
enum ServiceName: String, Sendable, CaseIterable {
    case slack
    case notion
    case rippling
    case gmail
    case calendar
    case tickets
    case strict
    case google
    case microsoft
    case anthropic
    case openai
    case bench
}
