import Authority
import Broker
import Definition
import Gateway
import Registry
import Wire

extension Doctor {
    func examineAgents() async -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        do {
            let connections = try await desk.list(in: home.organization, of: nil)
            let agents = try await administration.agents(in: home.organization)
            let apps = try await apps.list(in: home.organization)
            for agent in agents { findings += examine(agent, connections, apps) }
            findings += try await examineModels(agents, connections)
            findings += try await examineSchedules()
            findings += try await administration.drift(in: home.organization).map {
                DoctorFinding(
                    .warning, $0.sentence,
                    hint: "`deputy plan FILES` shows it, and `deputy export` prints what there is")
            }
            findings += Unenforced(agents, try await administration.routes(in: home.organization)).findings
        } catch {
            findings.append(DoctorFinding(.bad, "the agents can't be read: \(error)"))
        }
        return findings
    }

    private func examine(
        _ agent: AgentView, _ connections: [ConnectionRecord], _ apps: [AppRecord]
    ) -> [DoctorFinding] {
        let name = agent.record.id
        let unhardened = unhardened(agent, connections)
        guard agent.definition.actsAs != nil else {
            return unhardened + [
                DoctorFinding(
                    .warning, "`\(name)` has no identity, so it can do nothing",
                    hint: "`deputy agents set-identity \(name) assistant|claw|delegate`")
            ]
        }
        if agent.tools.isEmpty {
            return unhardened + [
                DoctorFinding(.warning, "`\(name)` may call no tool", hint: "see `deputy agents show \(name)`")
            ]
        }
        return unhardened
            + agent.definition.slots.compactMap { slot in
                guard slot.owner == .agent,
                    !connections.contains(where: {
                        $0.owner == .agent(name) && $0.provider == slot.provider && $0.health == .healthy
                    })
                else { return nil }
                // Where an app is kept, its owner signs in there; else somebody gives a key.
                let isKnown = apps.contains { $0.provider == slot.provider && ($0.agent == nil || $0.agent == name) }
                return DoctorFinding(
                    .warning, "`\(name)` has no connection to `\(slot.provider)`",
                    hint: "`deputy connections \(isKnown ? "connect" : "add") \(slot.provider) --agent \(name)`")
            }
    }

    /// A delegate that has an account, and lacks what has to be there before one.
    private func unhardened(_ agent: AgentView, _ connections: [ConnectionRecord]) -> [DoctorFinding] {
        let name = agent.record.id
        guard connections.contains(where: { $0.owner == .agent(name) && $0.health != .revoked }) else { return [] }
        return agent.hardeningGaps(workspaces.read(name)).map { gap in
            DoctorFinding(.warning, "`\(name)` is a delegate with an account, and \(gap.what)", hint: gap.wayOut)
        }
    }
}
