import Authority
import Gate
import Wire

// Tools that remote servers have added: nobody may call them until somebody has released them, so whoever has to is told.
extension HealthDesk {
    /// So many tools of a server are told apart.
    private static let mostSeen = 2_000

    /// Told of once: again when more come, and not when some are released. That none is left is told to nobody.
    func lookAtNewTools(_ servers: [ChangedServer]) async throws {
        let marks = try await store.healthMarks(in: organization, about: "new-tools/", limit: HealthDesk.batch)
        let told = Dictionary(marks.map { ($0.subject, $0) }) { first, _ in first }
        // Where no agent has a slot, nobody is waiting for them.
        for server in servers where !server.new.isEmpty && !server.keepers.isEmpty {
            let subject = HealthSubject.newTools(server.server)
            let names = Set(server.new.sorted().prefix(HealthDesk.mostSeen).map { digest($0) })
            guard !names.isSubset(of: told[subject]?.seen ?? []) else { continue }
            let standing = ConnectionStanding(.operatorAction, .toolsNew, code: "\(server.new.count)")
            try await turn(event(subject, server.server, standing, server.new.count, names), isNews: true)
        }
        let open = Set(servers.filter { !$0.new.isEmpty }.map { HealthSubject.newTools($0.server) })
        for mark in marks where !open.contains(mark.subject) {
            try await turn(event(mark.subject, mark.provider, ConnectionStanding(.active, .works), mark.count, []))
        }
    }

    private func event(
        _ subject: HealthSubject, _ server: ProviderID, _ standing: ConnectionStanding, _ count: Int,
        _ seen: Set<String>
    ) -> HealthEvent {
        HealthEvent(
            id: world.newID("evt"), organization: organization, subject: subject, provider: server, owner: nil,
            standing: standing, count: count, at: world.now(), seen: seen)
    }

    /// A name is the server's own word.
    private func digest(_ name: String) -> String { String(Digest.sha256(of: Array(name.utf8)).hex.prefix(16)) }
}
