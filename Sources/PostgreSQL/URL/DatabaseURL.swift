import CLibpq
import Glibc

/// Where a database is: `postgresql://user:password@host:port/database?sslmode=verify-full&sslrootcert=/ca.pem`, or with a
/// socket's folder, `postgresql:///database?host=/run/postgresql`.
///
/// What the URL leaves out comes from libpq's environment (`PGHOST`, `PGUSER`, `PGPASSWORD`, `PGPASSFILE`, …). A host that
/// isn't this machine is reached with TLS and its certificate checked (`sslmode=verify-full`) unless the URL or `PGSSLMODE`
/// says `require` or `verify-ca`; what is weaker is refused. Without `sslrootcert` the system's authorities are trusted.
/// The password is in no description of it.
public struct DatabaseURL: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// libpq's keywords and their values.
    let parameters: [String: String]

    /// Throws `invalidURL`, naming the rule that the text breaks, but never the text.
    public init(_ text: String) throws(PostgreSQLError) {
        guard text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") else {
            throw PostgreSQLError(
                .invalidURL, "a database's URL begins with `postgresql://`",
                hint: "write it as postgresql://user@host:5432/database")
        }
        var parameters = try Self.parse(text)
        guard parameters["service"] == nil else {
            throw PostgreSQLError(
                .invalidURL, "a database's URL can't name a `service`", hint: "write out what the service file says")
        }
        try TransportRule(parameters).apply(to: &parameters)
        self.parameters = parameters
    }

    private static func parse(_ text: String) throws(PostgreSQLError) -> [String: String] {
        let invalid = PostgreSQLError(
            .invalidURL, "the database's URL can't be read",
            hint:
                "write it as postgresql://user:password@host:5432/database?sslmode=verify-full, with other signs than "
                + "letters, digits, `-`, `.`, `_` and `~` percent-encoded, and libpq's parameters alone after `?`")
        guard !text.utf8.contains(0) else { throw invalid }
        // libpq's own message repeats parts of the URL, so it isn't asked for.
        guard let options = PQconninfoParse(text, nil) else { throw invalid }
        defer { PQconninfoFree(options) }
        return ConnectionOptions.values(options)
    }

    public var description: String {
        let part = { (key: String) in parameters[key] ?? "" }
        let user = parameters["user"].map { "\($0)@" } ?? ""
        let port = parameters["port"].map { ":\($0)" } ?? ""
        return "postgresql://\(user)\(part("host"))\(port)/\(part("dbname"))"
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// libpq's list of options.
enum ConnectionOptions {
    /// What has a value.
    static func values(_ options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val, value[0] != 0 {
                values[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        return values
    }

    /// libpq's environment, its service file included, and what is built in.
    static func defaults() -> [String: String] {
        guard let options = PQconndefaults() else { return [:] }
        defer { PQconninfoFree(options) }
        return values(options)
    }
}
