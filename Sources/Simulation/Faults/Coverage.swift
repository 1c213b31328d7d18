/// A fault at a port in a situation.
public struct FaultPoint: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let port: Port
    public let situation: Situation
    public let fault: Fault

    public init(_ port: Port, _ situation: Situation, _ fault: Fault) {
        self.port = port
        self.situation = situation
        self.fault = fault
    }

    public var description: String { "\(port.rawValue) · \(fault.rawValue) · \(situation.rawValue)" }

    public static func < (left: FaultPoint, right: FaultPoint) -> Bool { left.description < right.description }

    /// Everything that can happen.
    public static let all: [FaultPoint] = Port.allCases.flatMap { port in
        port.situations.flatMap { situation in
            port.faults.filter { port.allows($0, in: situation) }.map { FaultPoint(port, situation, $0) }
        }
    }
}

extension Port {
    /// Only a client's call can be given up by its caller; only an open approval's or call's can be repeated.
    func allows(_ fault: Fault, in situation: Situation) -> Bool {
        switch fault {
        case .cancelled:
            switch situation {
            case .judging, .intended, .sent: true
            case .agreed, .carrying, .done, .answering, .administering, .connecting, .starting, .notifying, .signing,
                .takingOver, .renewing, .claimed, .granted:
                false
            }
        case .crashBefore, .crashAfter, .error, .slow, .fsync, .torn, .lostAnswer, .lostRequest, .late, .duplicate,
            .refused, .badCredential, .serverError, .tooMany, .clockForward, .clockBack:
            true
        }
    }
}

/// How often each point was hit.
public struct Coverage: Sendable {
    public private(set) var hits: [FaultPoint: Int] = [:]

    public init() {}

    public mutating func note(_ point: FaultPoint) { hits[point, default: 0] += 1 }

    public mutating func add(_ other: Coverage) { hits.merge(other.hits, uniquingKeysWith: +) }

    /// The points that can be hit and were hit less often than this.
    public func below(_ count: Int) -> [FaultPoint] { FaultPoint.all.filter { hits[$0, default: 0] < count }.sorted() }

    /// What was hit and isn't listed as possible.
    public var unlisted: [FaultPoint] { hits.keys.filter { !Set(FaultPoint.all).contains($0) }.sorted() }

    public var least: Int { FaultPoint.all.map { hits[$0, default: 0] }.min() ?? 0 }

    /// One line for each port and situation, with the hits of each fault.
    public var table: String {
        var lines: [String] = []
        for port in Port.allCases {
            for situation in port.situations {
                let points = FaultPoint.all.filter { $0.port == port && $0.situation == situation }
                let counts = points.map { "\($0.fault.rawValue) \(hits[$0, default: 0])" }
                lines.append("\(port.rawValue), \(situation.rawValue): \(counts.joined(separator: ", "))")
            }
        }
        return lines.joined(separator: "\n")
    }
}
