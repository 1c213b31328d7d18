import Turns
import Wire

/// One event of a stream.
struct ServerSentEvent: Sendable, Hashable {
    let data: [UInt8]

    func json() throws(ModelFailure) -> JSON {
        do {
            return try JSON.parse(data, limits: ModelLimits.json)
        } catch {
            throw .broken("an event that is no JSON")
        }
    }
}

/// Cuts a stream of server-sent events into events (WHATWG HTML section 9.2.6). Bytes may come in pieces of any size;
/// a last event without its blank line is none, nor is one without data. An event's name isn't kept: the data of every protocol here says it.
struct EventReader: Sendable {
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var isFirstLine = true
    /// A line feed that comes now belongs to the carriage return before it.
    private var skipsLineFeed = false
    private var total = 0
    private let most: (line: Int, event: Int, stream: Int)

    /// The most bytes of each.
    init(
        line: Int = ModelLimits.lineBytes, event: Int = ModelLimits.eventBytes, stream: Int = ModelLimits.streamBytes
    ) {
        most = (line, event, stream)
    }

    /// The events that these bytes end, up to the first fault.
    mutating func push(_ bytes: [UInt8]) -> (events: [ServerSentEvent], fault: ModelFailure?) {
        var events: [ServerSentEvent] = []
        do throws(ModelFailure) {
            try take(bytes[...], into: &events)
            return (events, nil)
        } catch {
            return (events, error)
        }
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>, into events: inout [ServerSentEvent]) throws(ModelFailure) {
        total += bytes.count
        guard total <= most.stream else { throw .tooMuch("in one reply") }
        var rest = bytes
        while !rest.isEmpty {
            if skipsLineFeed, rest.first == .lineFeed { rest.removeFirst() }
            skipsLineFeed = false
            guard let end = rest.firstIndex(where: { $0 == .lineFeed || $0 == .carriageReturn }) else {
                try extend(with: rest)
                return
            }
            try extend(with: rest[..<end])
            skipsLineFeed = rest[end] == .carriageReturn
            rest = rest[(end + 1)...]
            if let event = try endLine() { events.append(event) }
        }
    }

    private mutating func extend(with part: ArraySlice<UInt8>) throws(ModelFailure) {
        guard line.count + part.count <= most.line else { throw .tooMuch("in one line") }
        line += part
    }

    private mutating func endLine() throws(ModelFailure) -> ServerSentEvent? {
        if isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        isFirstLine = false
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else {
            defer {
                data = []
                hasData = false
            }
            return data.isEmpty ? nil : ServerSentEvent(data: data)
        }
        let name = line.prefix { $0 != .colon }
        guard name.elementsEqual("data".utf8) else { return nil }
        var value = line[name.endIndex...].dropFirst()
        if value.first == .space { value.removeFirst() }
        guard data.count + value.count < most.event else { throw .tooMuch("in one event") }
        if hasData { data.append(.lineFeed) }
        data += value
        hasData = true
        return nil
    }
}

extension UInt8 {
    fileprivate static let lineFeed = UInt8(ascii: "\n")
    fileprivate static let carriageReturn = UInt8(ascii: "\r")
    fileprivate static let colon = UInt8(ascii: ":")
    fileprivate static let space = UInt8(ascii: " ")
}
