import Authority
import Broker
import Gateway

extension Doctor {
    /// What is wrong with connections. What one app at one provider is at fault for is told once, with their number.
    func examineConnections() async -> [DoctorFinding] {
        let all: [StandingConnection]
        do throws(BrokerError) {
            all = try await desk.standings(in: home.organization, of: nil)
        } catch {
            return [DoctorFinding(.bad, "the connections can't be read: \(error.message)", hint: error.hint)]
        }
        let troubled = all.filter(\.standing.state.needsSomebody)
        return Dictionary(grouping: troubled) { "\($0.record.provider) \($0.standing.cause.rawValue)" }
            .sorted { $0.key < $1.key }.compactMap { finding($0.value) }
    }

    private func finding(_ alike: [StandingConnection]) -> DoctorFinding? {
        guard let first = alike.first, let sentence = first.sentence else { return nil }
        let who =
            alike.count == 1
            ? "the connection `\(first.record.id)` of \(first.record.owner.text)"
            : "\(alike.count) connections to `\(first.record.provider)`, such as `\(first.record.id)`"
        let verb = alike.count == 1 ? "" : " each"
        return DoctorFinding(
            first.standing.state == .operatorAction ? .bad : .warning,
            "\(who): \(first.standing.state.words)\(verb): \(sentence)", hint: first.nextStep)
    }
}
