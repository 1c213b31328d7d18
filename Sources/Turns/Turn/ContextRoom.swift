import Gate

/// How much of a conversation an endpoint can be shown, in bytes of UTF-8.
struct ContextRoom {
    private(set) var bytes: Int

    /// Where nobody has said how much the endpoint takes.
    private static let unsaid = 1_500_000
    /// ``ModelRequest/tokens(inBytes:)`` the other way round.
    private static let perToken = 3

    init(_ endpoint: ModelEndpoint, after log: TurnLog) {
        let said = endpoint.context.map { ($0 - endpoint.longestReply) * ContextRoom.perToken }
        let half = log.tooLong(for: endpoint.name).min().map { $0 / 2 }
        bytes = min(said ?? ContextRoom.unsaid, half ?? .max)
    }

    mutating func take(_ taken: Int) { bytes = max(0, bytes - taken) }
}

extension TurnLog {
    /// Bytes of what was too long for an endpoint, each time.
    func tooLong(for endpoint: String) -> [Int] {
        steps.compactMap { step in
            switch step {
            case .tooLong(endpoint, let bytes): bytes
            case .tooLong, .unseen, .asked, .replied, .calling, .answered, .waits, .unanswered: nil
            }
        }
    }

    private static let halvings = 8

    /// Whether showing less is worth another try: the last time made it shorter.
    func mayBeShortened(to bytes: Int, for endpoint: String) -> Bool {
        let before = tooLong(for: endpoint)
        return before.count < TurnLog.halvings && before.allSatisfy { bytes < $0 }
    }
}

extension [ModelMessage] {
    /// As a model is shown them in so much room: the newest results in full, and older ones as far as they fit. What was asked is
    /// always there.
    func fitting(within room: Int) -> [ModelMessage] {
        guard reduce(0, { $0 + $1.bytes }) > room else { return self }
        var room = ContextShare(room)
        return Array(reversed().map { room.fit($0) }.reversed())
    }
}

/// Shares out room, to whoever comes first.
private struct ContextShare {
    private var left: Int
    /// What is left of something that has no room, in scalars.
    private static let least = 200

    init(_ room: Int) {
        left = room
    }

    mutating func fit(_ message: ModelMessage) -> ModelMessage {
        switch message {
        case .user: return message
        case .assistant(let text, let calls):
            return .assistant(
                fit(text),
                calls.map { call in
                    let isShort = call.arguments.utf8.count <= max(left, ContextShare.least)
                    left = max(0, left - call.arguments.utf8.count)
                    return ModelToolCall(id: call.id, name: call.name, arguments: isShort ? call.arguments : "{}")
                })
        case .results(let results):
            return .results(
                results.reversed().map { fit($0) }.reversed())
        }
    }

    private mutating func fit(_ result: ModelToolResult) -> ModelToolResult {
        let text = fit(result.text)
        guard let picture = result.picture else {
            return ModelToolResult(call: result.call, text: text, isError: result.isError)
        }
        guard picture.asWords <= left else {
            return ModelToolResult(call: result.call, text: text, isError: result.isError).withoutRoom
        }
        left -= picture.asWords
        return ModelToolResult(call: result.call, text: text, isError: result.isError, picture: picture)
    }

    private mutating func fit(_ text: String) -> String {
        let bytes = text.utf8.count
        defer { left = max(0, left - bytes) }
        guard bytes > max(left, ContextShare.least) else { return text }
        let length = max(left / 4, ContextShare.least)
        return text.cut(to: length) + "\n(cut for want of room: \(text.unicodeScalars.count) characters in all)"
    }
}
