import Authority
import Broker
import Definition
import Gate
import Gateway
import Registry
import Storage
import Wire

/// Looks at a home for what is wrong or unsafe.
struct Doctor {
    let home: Home
    let providers: ProviderShelf
    let administration: Administration
    let desk: ConnectionDesk
    let ledger: LedgerDesk
    let servers: ServerDesk

    func examine(_ settings: CompositionSettings) async -> [DoctorFinding] {
        var findings = [
            DoctorFinding(.good, "the home is closed to other users, and its key opens its store"),
            DoctorFinding(
                .good,
                "\(providers.all.count) providers with \(providers.all.flatMap(\.tools).count) tools: "
                    + providers.all.map(\.provider.raw).joined(separator: ", ")),
        ]
        if home.isDemo {
            findings.append(
                DoctorFinding(.warning, "this is a demo home", hint: "make a real one with `deputy init`"))
        }
        for manifest in providers.all where manifest.origin.hasPrefix("http://") {
            findings.append(
                DoctorFinding(
                    .warning, "`\(manifest.provider)` is reached at \(manifest.origin), in clear",
                    hint: "this is for tests only"))
        }
        findings += await examineLedger()
        findings += await examineAgents()
        findings += await examineServers()
        findings += await examineNotices()
        return findings
    }

    private func examineNotices() async -> [DoctorFinding] {
        guard let counts = try? await home.store.noticeCounts() else {
            return [DoctorFinding(.bad, "the notices can't be read")]
        }
        var findings: [DoctorFinding] = []
        if let failed = counts[.failed], failed > 0 {
            findings.append(
                DoctorFinding(
                    .warning, "\(failed) notices were never delivered",
                    hint: "try the ways out with `deputy notices test PERSON`"))
        }
        if let unknown = counts[.unknown], unknown > 0 {
            findings.append(
                DoctorFinding(.warning, "of \(unknown) notices nobody knows whether they were delivered"))
        }
        let waiting = (counts[.waiting] ?? 0) + (counts[.sending] ?? 0)
        if waiting > 0 { findings.append(DoctorFinding(.warning, "\(waiting) notices wait to be delivered")) }
        return findings
    }

    private func examineServers() async -> [DoctorFinding] {
        guard let tools = try? await servers.tools(in: home.organization) else {
            return [DoctorFinding(.bad, "the remote servers' tools can't be read")]
        }
        return Dictionary(grouping: tools.filter { $0.state == .quarantined }, by: \.server)
            .sorted { $0.key < $1.key }.map { server, tools in
                DoctorFinding(
                    .warning, "\(tools.count) tools of `\(server)` are in quarantine",
                    hint: "see `deputy tools list --quarantined`")
            }
    }

    private func examineLedger() async -> [DoctorFinding] {
        guard let report = try? await ledger.verify() else {
            return [DoctorFinding(.bad, "the ledger can't be read")]
        }
        if report["intact"]?.boolValue == true { return [DoctorFinding(.good, "the ledger verifies")] }
        return [DoctorFinding(.bad, "the ledger doesn't verify", hint: "see `deputy ledger verify`")]
    }

    private func examineAgents() async -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        do {
            let connections = try await desk.list(in: home.organization, of: nil)
            for agent in try await administration.agents(in: home.organization) {
                findings += examine(agent, connections)
            }
        } catch {
            findings.append(DoctorFinding(.bad, "the agents can't be read: \(error)"))
        }
        return findings
    }

    private func examine(_ agent: AgentView, _ connections: [ConnectionRecord]) -> [DoctorFinding] {
        let name = agent.record.id
        let unserved = unserved(agent)
        guard agent.definition.actsAs != nil else {
            return unserved + [
                DoctorFinding(
                    .warning, "`\(name)` has no identity, so it can do nothing",
                    hint: "`deputy agents set-identity \(name) assistant|claw|delegate`")
            ]
        }
        if agent.tools.isEmpty {
            return unserved + [
                DoctorFinding(.warning, "`\(name)` may call no tool", hint: "see `deputy agents show \(name)`")
            ]
        }
        return unserved
            + agent.definition.slots.compactMap { slot in
                guard slot.owner == .agent,
                    !connections.contains(where: {
                        $0.owner == .agent(name) && $0.provider == slot.provider && $0.health == .healthy
                    })
                else { return nil }
                return DoctorFinding(
                    .warning, "`\(name)` has no connection to `\(slot.provider)`",
                    hint: "`deputy connections add \(slot.provider) --agent \(name)`")
            }
    }

    /// What its definition names and this version doesn't serve yet. It is kept, and grants nothing.
    private func unserved(_ agent: AgentView) -> [DoctorFinding] {
        let about = agent.record.definition[AgentDefinition.aboutKey]
        var findings: [DoctorFinding] = []
        let tools = (about?["unavailable"]?.objectValue?.members ?? []).flatMap { $0.value.arrayValue ?? [] }
            .compactMap(\.stringValue)
        if !tools.isEmpty {
            findings.append(
                DoctorFinding(
                    .warning,
                    "`\(agent.record.id)` names tools that aren't served yet: \(tools.joined(separator: ", "))",
                    hint: "they are kept and grant nothing"))
        }
        if let mode = about?["sandbox"]?["mode"]?.stringValue, mode != "off" {
            findings.append(
                DoctorFinding(
                    .warning, "the sandbox of `\(agent.record.id)` is written down, and nothing runs in it yet",
                    hint: "no tool of this version executes anything on this machine"))
        }
        return findings
    }
}
