import Wire

/// The bounds of what connections may send, hold and take their time for. None of them ends an answer that takes long.
public struct FaceLimits: Sendable {
    /// The most header fields of a request.
    public var fields = 100
    /// The most bytes of one header field, and of the request's target.
    public var fieldBytes = 16 << 10
    /// The most bytes of all header fields together.
    public var headBytes = 32 << 10
    /// The most bytes of a body, whatever route it is for. The routes have smaller bounds of their own, and answer.
    public var bodyBytes = 4 << 20
    /// How long a request's head may take, and for a new connection also what comes before it.
    public var headSeconds = 15.0
    /// How long a body may take.
    public var bodySeconds = 60.0
    /// How long a connection may rest between two requests.
    public var idleSeconds = 75.0
    /// How long a client may leave unread what it was sent.
    public var stallSeconds = 60.0
    /// How long a client may keep a connection after we closed our half.
    public var closingSeconds = 5.0
    /// The most connections at once. Each bears one request at a time, so there are as many open answers at most.
    public var connections = 8_192
    /// The most connections at once from one address; a named proxy's own aren't counted.
    public var connectionsPerAddress = 512

    public init() {}
}

extension FaceLimits {
    private enum Bound {
        case count(any WritableKeyPath<FaceLimits, Int> & Sendable)
        case seconds(any WritableKeyPath<FaceLimits, Double> & Sendable)
    }

    private static let bounds: [(name: String, bound: Bound)] = [
        ("fields", .count(\.fields)), ("field-bytes", .count(\.fieldBytes)), ("head-bytes", .count(\.headBytes)),
        ("body-bytes", .count(\.bodyBytes)), ("head-seconds", .seconds(\.headSeconds)),
        ("body-seconds", .seconds(\.bodySeconds)), ("idle-seconds", .seconds(\.idleSeconds)),
        ("stall-seconds", .seconds(\.stallSeconds)), ("closing-seconds", .seconds(\.closingSeconds)),
        ("connections", .count(\.connections)), ("connections-per-address", .count(\.connectionsPerAddress)),
    ]

    /// The names that ``set(_:)`` takes.
    public static var names: [String] { bounds.map(\.name) }

    /// Changes one bound.
    ///
    /// - Parameter text: its name and value, such as `head-seconds=5`.
    public mutating func set(_ text: String) throws(FaceError) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw FaceError(.limit, "`\(text)` isn't a limit", hint: "write NAME=NUMBER, such as head-seconds=5")
        }
        switch FaceLimits.bounds.first(where: { $0.name == parts[0] })?.bound {
        case .count(let path):
            guard let value = Int(parts[1]), value > 0 else { throw FaceLimits.bad(parts) }
            self[keyPath: path] = value
        case .seconds(let path):
            guard let value = Double(parts[1]), value > 0, value <= 86_400 else { throw FaceLimits.bad(parts) }
            self[keyPath: path] = value
        case nil:
            let names = FaceLimits.names
            throw FaceError(
                .limit, "there is no limit `\(parts[0])`",
                hint: suggestion(for: parts[0], among: names) ?? "one of \(names.joined(separator: ", "))")
        }
    }

    private static func bad(_ parts: [String]) -> FaceError {
        FaceError(.limit, "the limit `\(parts[0])` can't be `\(parts[1])`", hint: "it is a number over 0")
    }
}
