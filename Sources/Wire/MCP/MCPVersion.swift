/// The protocol versions that we speak.
public enum MCPVersion: String, Sendable, CaseIterable {
    /// 2025-11-25: a handshake (`initialize`), then requests. The *legacy* era.
    case november2025 = "2025-11-25"
    /// 2026-07-28: every request stands alone and names its version and capabilities. The *modern* era.
    case july2026 = "2026-07-28"

    /// The versions as an error or a discovery lists them, newest first.
    static let supported: JSON = .array(allCases.reversed().map { .string($0.rawValue) })
}

/// The identity of a request, echoed in its answer. A null id is never one.
public enum RPCID: Sendable, Hashable {
    /// A whole number, as it was written.
    case number(JSONNumber)
    /// A string.
    case string(String)

    /// Takes a string or a whole number; nil for anything else.
    public init?(_ json: JSON) {
        switch json {
        case .string(let text):
            self = .string(text)
        case .number(let number) where number.integer != nil:
            self = .number(number)
        case .null, .bool, .number, .array, .object:
            return nil
        }
    }

    /// The id as it goes back.
    public var json: JSON {
        switch self {
        case .number(let number): .number(number)
        case .string(let text): .string(text)
        }
    }
}
