import ArgumentParser
import FoundationEssentials
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

    func validate() throws {
        if let metricsAddress, !metricsAddress.isLoopback, metricsTokenFile == nil {
            throw ValidationError(
                "--metrics-address \(metricsAddress.host) can be reached by others: give --metrics-token-file too")
        }
        if metricsTokenFile != nil, metricsAddress == nil {
            throw ValidationError("--metrics-token-file is for --metrics-address")
        }
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
