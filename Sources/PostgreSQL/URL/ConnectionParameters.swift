import CLibpq
import Glibc

/// What libpq is given to open a session with. Nothing of it may be printed: the password is among it.
struct ConnectionParameters: Sendable {
    private var pairs: [String: String]

    init(_ url: DatabaseURL, _ settings: SessionSettings) {
        let seconds = max(1, settings.networkLimit.milliseconds / 1_000)
        let ours = [
            "application_name": settings.applicationName,
            "client_encoding": "UTF8",
            // Kerberos encryption would go around what `sslmode` promises, and asking for it blocks.
            "gssencmode": "disable",
            "keepalives_idle": "\(seconds)",
            "keepalives_interval": "\(max(1, seconds / 3))",
            "keepalives_count": "3",
            "tcp_user_timeout": "\(settings.networkLimit.milliseconds)",
        ]
        var pairs = ours.merging(url.parameters) { _, fromURL in fromURL }
        pairs["options"] = settings.options + (url.parameters["options"].map { " " + $0 } ?? "")
        self.pairs = pairs
    }

    /// The same with addresses for the hosts' names. Throws `cannotConnect` if no name has one.
    func resolved() async throws(PostgreSQLError) -> ConnectionParameters {
        var copy = self
        copy.pairs = try await HostLookup.resolve(pairs)
        return copy
    }

    /// Begins the handshake; nil if there is no memory.
    func start() -> OpaquePointer? {
        let entries = pairs.map { (strdup($0.key), strdup($0.value)) }
        defer {
            for (key, value) in entries {
                free(key)
                free(value)
            }
        }
        let keys = entries.map { UnsafePointer($0.0) } + [nil]
        let values = entries.map { UnsafePointer($0.1) } + [nil]
        return PQconnectStartParams(keys, values, 0)
    }

    /// Why the server or libpq didn't open the session, without the password should it stand there.
    func refusal(_ message: String) -> PostgreSQLError {
        var message = message.split(separator: "\n").map { $0.trimmingBlanks }.joined(separator: "; ")
        for key in ["password", "sslpassword"] {
            if let secret = pairs[key], !secret.isEmpty { message = message.replacing(secret, with: "…") }
        }
        return PostgreSQLError(.cannotConnect, message.isEmpty ? "the server can't be reached" : message)
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        let start = drop { $0.isWhitespace }
        return start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? ""
    }
}
