import Foundation

/// One call as a service saw it.
struct Entry: Sendable {
    let service: ServiceName
    /// Whose token came with the call, or whose authorization it is about.
    let party: Party
    /// The operation's name; nil when the service has none there.
    let operation: String?
    let method: String
    let path: String
    /// Zero when the connection was dropped before the call was carried out.
    let status: Int
    let error: String?
    let connection: Int?
    let time = Date()

    var succeeded: Bool {
        error == nil && (200..<300).contains(status)
    }

    func json(_ number: Int) -> JSON {
        let entry: JSON = [
            "n": .int(number),
            "service": .string(service.rawValue),
            "owner": .text(party.owner),
            "call": .string(operation ?? "unknown"),
            "method": .string(method),
            "path": .string(path),
            "status": .int(status),
            "error": .text(error),
            "connection": connection.map(JSON.int) ?? .null,
            "time": .string(time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))),
        ]
        return entry.with("client", party.client.map(JSON.string)).with("grant", party.grant.map(JSON.string))
            .with("family", party.family.map(JSON.int)).with("actor", party.actor.map(JSON.string))
    }
}
