import Authority
import Broker
import Gate
import Gateway
import Registry

extension Doctor {
    /// Models that an agent can't be asked with, since their key isn't there. Those who share the organization's are told once.
    func examineModels(_ agents: [AgentView], _ connections: [ConnectionRecord]) async throws -> [DoctorFinding] {
        let organizations = try await administration.models(in: home.organization)
        let held = connections.map(\.use.facts)
        var told: Set<String> = []
        return agents.filter { $0.definition.actsAs != nil && $0.record.standing == .active }.flatMap { agent in
            (agent.definition.models ?? organizations).compactMap { slot in
                guard let key = slot.key,
                    case .failure(let fault) = modelKey(of: slot, key, for: agent.record.id, held: held, chosen: nil)
                else { return nil }
                switch fault {
                // Which of several was chosen is looked at when it is asked.
                case .several, .chosenGone: return nil
                case .notConnected, .broken, .elsewhere: break
                }
                let sentence = fault.sentence(of: slot, key, for: agent.record.id)
                guard told.insert(sentence).inserted else { return nil }
                return DoctorFinding(.warning, sentence, hint: fault.hint(key, for: agent.record.id))
            }
        }
    }
}
