import Logging
import Tracing

/// Writes each event as one line that nothing in it can break.
struct LineLogHandler: LogHandler {
    let label: String
    let sink: LogSink
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private var ownLevel: Logger.Level?

    init(label: String, sink: LogSink) {
        self.label = label
        self.sink = sink
    }

    /// The sink's, unless this logger was given its own.
    var logLevel: Logger.Level {
        get { ownLevel ?? sink.level }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = LogLine(format: sink.format)
        if sink.isForJournal { line.begin(priority: event.level.priority) }
        line.add("time", RFC3339.text(sink.now()))
        line.add("level", event.level.rawValue)
        line.add("message", sink.redact(event.message.description))
        line.add("logger", label)
        if let trace = InstrumentationContext.current?.trace {
            line.add("trace_id", trace.trace.description)
            line.add("span_id", TraceID.hex(trace.span))
        }
        var all = metadata
        if let metadataProvider { all.merge(metadataProvider.get()) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line.add(LogLine.reserved.contains(key) ? key + "_" : key, sink.redact(value.description))
        }
        sink.put(line.ended)
    }
}

extension Logger.Level {
    /// Of syslog(3).
    fileprivate var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
