public import Logging
import Synchronization

/// How a line is written.
public enum LogFormat: String, Sendable, CaseIterable {
    /// `key=value`, for people and for those who read logfmt.
    case logfmt
    /// One JSON object a line.
    case json
}

/// Where every line of a process goes, and what goes: the level is everybody's, and may change while it runs.
public final class LogSink: Sendable {
    public let format: LogFormat
    /// Whether lines begin with their priority in the way of sd-daemon(3), which the journal takes off again.
    let isForJournal: Bool
    let now: @Sendable () -> Int64
    let redact: @Sendable (String) -> String
    private let write: @Sendable (String) -> Void
    private let minimum: Mutex<Logger.Level>
    private let writing = Mutex(())

    /// - Parameters:
    ///   - now: microseconds since 1970.
    ///   - redact: takes live secrets out of a text. Given every text before anything is made of it.
    ///   - write: takes one line with its end. Called by one at a time.
    public init(
        format: LogFormat, level: Logger.Level, isForJournal: Bool = false, now: @escaping @Sendable () -> Int64,
        redact: @escaping @Sendable (String) -> String = { $0 }, write: @escaping @Sendable (String) -> Void
    ) {
        self.format = format
        self.isForJournal = isForJournal
        self.now = now
        self.redact = redact
        self.write = write
        minimum = Mutex(level)
    }

    /// Below it nothing is written.
    public var level: Logger.Level {
        get { minimum.withLock { $0 } }
        set { minimum.withLock { $0 = newValue } }
    }

    func put(_ line: String) { writing.withLock { _ in write(line) } }

    /// A logger that writes here, with where in a trace its task is.
    public func logger(_ label: String) -> Logger {
        Logger(label: label) { LineLogHandler(label: $0, sink: self) }
    }
}
