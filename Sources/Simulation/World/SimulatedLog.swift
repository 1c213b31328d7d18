import Logging

/// Hands what the product logs to whoever looks for secrets in it.
struct SimulatedLog: LogHandler {
    let oracle: Oracle
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        oracle.said("\(event.message) \(event.metadata.map { "\($0)" } ?? "")")
    }
}
