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

    /// The same with addresses for the hosts' names; of several, only one that takes writes unless somebody says otherwise.
    /// Throws `cannotConnect` if no name has one.
    func resolved() async throws(PostgreSQLError) -> ConnectionParameters {
        var copy = self
        copy.pairs = try await HostLookup.resolve(pairs)
        let places = copy.pairs["hostaddr"] ?? copy.pairs["host"] ?? ""
        if places.contains(","), ConnectionOptions.defaults()["target_session_attrs"] ?? "any" == "any",
            copy.pairs["target_session_attrs"] == nil
        {
            copy.pairs["target_session_attrs"] = "read-write"
        }
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

    /// Why the server or libpq didn't open the session.
    func refusal(_ connection: OpaquePointer) -> PostgreSQLError {
        let message = String(cString: PQerrorMessage(connection))
        if PQconnectionNeedsPassword(connection) == 1 {
            return refusal(
                message.replacing("fe_sendauth: no password supplied", with: "no password was given"),
                hint: "give it in PGPASSFILE, or in the URL where nobody else reads that")
        }
        let usedPassword = PQconnectionUsedPassword(connection) == 1
        return refusal(
            message,
            hint: usedPassword ? "user and password come from the URL, or from PGUSER, PGPASSWORD and PGPASSFILE" : nil)
    }

    /// In one line, without the password should it stand there.
    ///
    /// - Parameter hint: for a message that isn't a common one.
    func refusal(_ message: String, hint: String? = nil) -> PostgreSQLError {
        var message = message.split(separator: "\n").map { $0.trimmingBlanks }.joined(separator: "; ")
        for key in ["password", "sslpassword"] {
            if let secret = pairs[key], !secret.isEmpty { message = message.replacing(secret, with: "…") }
        }
        return PostgreSQLError(
            .cannotConnect, message.isEmpty ? "the server can't be reached" : message,
            hint: ConnectionParameters.wayOut(message) ?? hint)
    }

    /// What helps against what libpq and servers commonly say; nil for anything else, such as another language.
    private static func wayOut(_ message: String) -> String? {
        let known = [
            (["Connection refused"], "start the server, or correct host and port in the URL"),
            (["No such file or directory"], "start the server, or name the folder of its socket with `?host=`"),
            (
                ["database \"", "does not exist"],
                "make it with `createdb --encoding UTF8`, or correct its name in the URL"
            ),
            (["role \"", "does not exist"], "make it with `createuser`, or correct the user in the URL"),
            (["certificate"], "name its authority with sslrootcert=FILE, and the host as its certificate does"),
            (["does not support SSL"], "switch TLS on at the server (`ssl = on`, and a certificate)"),
        ]
        return known.first { $0.0.allSatisfy(message.contains) }?.1
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        let start = drop { $0.isWhitespace }
        return start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? ""
    }
}
