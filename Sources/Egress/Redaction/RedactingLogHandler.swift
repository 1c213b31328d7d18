public import Logging

/// A log handler that no live secret passes.
public struct RedactingLogHandler<Inner: LogHandler>: LogHandler {
    private var inner: Inner
    private let secrets: LiveSecrets

    public init(_ inner: Inner, _ secrets: LiveSecrets) {
        self.inner = inner
        self.secrets = secrets
    }

    public var logLevel: Logger.Level {
        get { inner.logLevel }
        set { inner.logLevel = newValue }
    }

    public var metadata: Logger.Metadata {
        get { inner.metadata }
        set { inner.metadata = newValue }
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { inner[metadataKey: key] }
        set { inner[metadataKey: key] = newValue }
    }

    public func log(event: LogEvent) {
        var event = event
        event.message = "\(secrets.redact(event.message.description))"
        event.metadata = event.metadata?.mapValues { .string(secrets.redact($0.description)) }
        inner.log(event: event)
    }
}
