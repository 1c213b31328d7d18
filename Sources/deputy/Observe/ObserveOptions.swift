import ArgumentParser
import FoundationEssentials
import Logging
import Telemetry
import Wire

/// What `serve` takes so that it can be seen running.
struct ObserveOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where Prometheus reads /metrics, such as 127.0.0.1:9464. Without it only the home's socket has them.",
            valueName: "host:port"))
    var metricsAddress: MetricsAddress?

    @Option(
        help: ArgumentHelp(
            "A file with the token that a scrape must bear. Needed for an address that others reach.",
            valueName: "file"))
    var metricsTokenFile: String?

    @Option(help: ArgumentHelp("How the log's lines look: logfmt or json.", valueName: "format"), transform: named)
    var logFormat = LogFormat.logfmt

    @Option(
        help: ArgumentHelp(
            "The least that is logged. The file `log-level` in the home goes before it, and is read anew at SIGHUP.",
            valueName: "level"), transform: named)
    var logLevel = Logger.Level.notice

    @Option(
        help: ArgumentHelp(
            "Where spans go by OTLP over HTTP, such as http://127.0.0.1:4318. Without it, OTEL_EXPORTER_OTLP_ENDPOINT.",
            valueName: "url"))
    var otlpEndpoint: String?

    @Option(help: ArgumentHelp("How many of the traces that begin here are recorded, from 0 to 1.", valueName: "share"))
    var traceShare = 1.0

    @Option(
        help: ArgumentHelp("What becomes of a client's own trace: link, parent or ignore.", valueName: "what"),
        transform: named)
    var traceIncoming = IncomingTraces.link

    @Flag(help: "Send `traceparent` to providers too.")
    var traceProviders = false

    @Option(
        help: ArgumentHelp(
            "With less than this left on the home's disk, somebody is told: 1GiB, 10%, or whichever is less.",
            valueName: "bound"), transform: bound)
    var diskLow = DiskSettings().low

    @Option(
        help: ArgumentHelp(
            "With less than this left, no call is begun; the rest is for those that have.", valueName: "bound"),
        transform: bound)
    var diskReserve = DiskSettings().reserve

    @Option(
        help: ArgumentHelp(
            "How long calls that have begun may take to finish after SIGTERM.", valueName: "seconds"))
    var shutdownDeadline = 25

    @Option(
        help: ArgumentHelp(
            "How long it goes on serving after SIGTERM while /readyz says no, for a load balancer to notice.",
            valueName: "seconds"))
    var shutdownDelay = 0

    func validate() throws {
        if let metricsAddress, !metricsAddress.isLoopback, metricsTokenFile == nil {
            throw ValidationError(
                "--metrics-address \(metricsAddress.host) can be reached by others: give --metrics-token-file too")
        }
        if metricsTokenFile != nil, metricsAddress == nil {
            throw ValidationError("--metrics-token-file is for --metrics-address")
        }
        guard (0...3600).contains(shutdownDeadline), (0...3600).contains(shutdownDelay) else {
            throw ValidationError("--shutdown-deadline and --shutdown-delay are numbers from 0 to 3600")
        }
        guard (0...1).contains(traceShare) else { throw ValidationError("--trace-share is a number from 0 to 1") }
    }

    /// - Throws: `CommandFailure` when the collector's address or the environment's headers aren't that.
    func settings() throws -> ObserveSettings {
        let environment = try TraceEnvironment(ProcessInfo.processInfo.environment)
        let url =
            try otlpEndpoint.map { try TraceEnvironment.url($0, "--otlp-endpoint", adding: "v1/traces") }
            ?? environment.endpoint
        return ObserveSettings(
            format: logFormat, level: logLevel,
            traces: url.map {
                TraceSettings(
                    url: $0, headers: environment.headers, serviceName: environment.serviceName, share: traceShare,
                    incoming: traceIncoming, tellsProviders: traceProviders)
            }, disk: DiskSettings(low: diskLow, reserve: diskReserve))
    }

    /// - Throws: `CommandFailure` when the file can't be read or holds too little to be a secret.
    func metricsToken() throws -> String? {
        guard let path = metricsTokenFile else { return nil }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CommandFailure(.refused, "unreadable", "`\(path)` can't be read")
        }
        let token = String(text.prefix { !$0.isWhitespace })
        guard token.utf8.count >= 16 else {
            throw CommandFailure(
                .refused, "invalid", "the token in `\(path)` is too short",
                hint: "16 characters at least; `openssl rand -hex 32` makes one")
        }
        return token
    }
}

private func bound(_ text: String) throws -> DiskBound {
    if let bound = DiskBound(text) { return bound }
    throw ValidationError("`\(text)` isn't a bound: write 512MiB, 5%, or 1GiB,10% for whichever is less")
}

/// One of a closed list, by its name.
private func named<Value: RawRepresentable & CaseIterable>(_ text: String) throws -> Value
where Value.RawValue == String {
    if let value = Value(rawValue: text) { return value }
    throw ValidationError("`\(text)` isn't one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
}
