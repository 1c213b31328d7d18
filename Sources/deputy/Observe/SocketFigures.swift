import Telemetry
import Turns

/// What this gateway's sockets come to.
enum SocketFigures {
    static func families(_ standings: SocketStandings) -> [MetricFamily] {
        let all = standings.all.sorted { $0.key.description < $1.key.description }
        guard !all.isEmpty else { return [] }
        return [
            .labelled(
                "deputy_channel_sockets", "Sockets over which platforms tell this gateway what happens, by account.",
                "account", all.map { ($0.key.description, Double($0.value.open)) })
        ]
    }
}
