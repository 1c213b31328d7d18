import Logging
import Telemetry

/// How a process lets itself be seen. What isn't said is the quiet, safe choice.
struct ObserveSettings: Sendable {
    var format = LogFormat.logfmt
    var level = Logger.Level.notice
    /// Nil where nothing is traced.
    var traces: TraceSettings?
    var disk = DiskSettings()
}

/// How little may be left of the home's disk.
struct DiskSettings: Sendable {
    static let defaultLow = "1GiB,10%"
    static let defaultReserve = "256MiB,5%"

    var low = DiskBound.known(DiskSettings.defaultLow)
    var reserve = DiskBound.known(DiskSettings.defaultReserve)
}

extension DiskBound {
    /// One that stands in the program.
    fileprivate static func known(_ text: String) -> DiskBound {
        guard let bound = DiskBound(text) else { preconditionFailure("`\(text)` is no bound") }
        return bound
    }
}

/// Where spans go, and which.
struct TraceSettings: Sendable {
    /// Of the collector, with its path.
    let url: String
    /// What it wants in every request, such as its token.
    let headers: [(String, String)]
    let serviceName: String
    let share: Double
    let incoming: IncomingTraces
    let tellsProviders: Bool
}
