import Authority
import Broker
import Gate
import Gateway
import Registry
import Storage
import Wire

extension Doctor {
    /// What remote servers say of their tools and tokens, and when that was last compared with what was said before.
    func examineServers() async -> [DoctorFinding] {
        let all: [RemoteServer]
        let tools: [PinnedTool]
        let looks: [ServerLook]
        let lent: [ConnectionRecord]
        do {
            all = try await servers.servers(in: home.organization)
            tools = try await servers.tools(in: home.organization)
            looks = try await servers.looks(in: home.organization)
            lent = try await home.store.connections(in: home.organization, of: nil)
                .filter { $0.health == .healthy && $0.owner.isAgent }
        } catch {
            return [DoctorFinding(.bad, "the remote servers' tools can't be read")]
        }
        let quarantined = Dictionary(grouping: tools.filter { $0.state == .quarantined }, by: \.server)
        return all.flatMap { server -> [DoctorFinding] in
            var findings = [
                compared(
                    server, looks.first { $0.server == server.name },
                    isLent: !server.needsConnection
                        || lent.contains { $0.provider.raw == server.name && $0.origin == server.place })
            ]
            if let tools = quarantined[server.name] {
                findings.append(
                    DoctorFinding(
                        .warning, "\(tools.count) tools of `\(server.name)` are in quarantine",
                        hint: "see `deputy tools list --quarantined`"))
            }
            if server.authorization?.quarantined != nil {
                findings.append(
                    DoctorFinding(
                        .warning, "`\(server.name)` names other places for its tokens than when it was added",
                        hint: "see `deputy servers list`, and agree with `deputy servers authorize \(server.name)`"))
            }
            return findings
        }
    }

    private static let staleSeconds: Int64 = 86_400

    /// - Parameter isLent: whether the clock has something to ask with.
    private func compared(_ server: RemoteServer, _ look: ServerLook?, isLent: Bool) -> DoctorFinding {
        let name = server.name
        let whose =
            isLent
            ? nil
            : "only people have credentials for it, so it is compared when a call of theirs goes out, or they ask on "
                + "their page; an agent with a connection of its own would have it compared each hour"
        guard let look, let time = look.compared else {
            let failure = look?.failure.map { ": \($0)" } ?? ""
            return DoctorFinding(
                .warning, "the tools of `\(name)` were never compared with what it says\(failure)",
                hint: whose ?? "ask it with `deputy servers refresh \(name)`")
        }
        let when =
            "the tools of `\(name)` were last compared with what it says at \(Moment.text(time.microseconds)) UTC"
        if let failure = look.failure {
            return DoctorFinding(
                .warning,
                "\(when), and couldn't be at \(Moment.text(look.tried.microseconds)) UTC: \(failure)",
                hint: "what is pinned stays; ask again with `deputy servers refresh \(name)`")
        }
        if world.now() > time.adding(seconds: Doctor.staleSeconds) {
            return DoctorFinding(
                .warning, "\(when), over a day ago", hint: whose ?? "ask it with `deputy servers refresh \(name)`")
        }
        if look.missing > 0 {
            return DoctorFinding(
                .warning, "\(when), and \(look.missing) of them weren't listed",
                hint: isLent
                    ? "if they are gone, take them away with `deputy servers refresh \(name)`"
                    : "calls of them are refused by the server if they are gone")
        }
        return DoctorFinding(.good, when + (whose.map { "; \($0)" } ?? ""))
    }
}

extension Owner {
    fileprivate var isAgent: Bool {
        switch self {
        case .agent: true
        case .person, .organization: false
        }
    }
}
