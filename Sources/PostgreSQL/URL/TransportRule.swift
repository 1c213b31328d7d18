import Glibc

/// Holds connections to other machines to TLS.
struct TransportRule {
    private static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

    private let host: String?
    private let address: String?
    private let mode: String?
    private let authorities: String?

    init(_ parameters: [String: String]) {
        let defaults = ConnectionOptions.defaults()
        host = parameters["host"] ?? defaults["host"]
        address = parameters["hostaddr"] ?? defaults["hostaddr"]
        // Not from the defaults: libpq has one of its own, `prefer`.
        mode = parameters["sslmode"] ?? Self.environment("PGSSLMODE")
        authorities = parameters["sslrootcert"] ?? Self.environment("PGSSLROOTCERT")
    }

    /// Writes down what holds, so that libpq doesn't look anything up that wasn't judged.
    func apply(to parameters: inout [String: String]) throws(PostgreSQLError) {
        parameters["host"] = host
        parameters["hostaddr"] = address
        let mode = mode ?? (isRemote ? "verify-full" : nil)
        if let mode, isRemote, !["require", "verify-ca", "verify-full"].contains(mode) {
            throw PostgreSQLError(
                .invalidURL, "`sslmode=\(mode)` would let others read the connection to `\(host ?? address ?? "")`",
                hint: "leave `sslmode` out for verify-full, with sslrootcert=FILE for an authority of your own, or say "
                    + "sslmode=require if the network vouches for the server")
        }
        parameters["sslmode"] = mode
        let isVerified = mode?.hasPrefix("verify-") ?? false
        parameters["sslrootcert"] = isVerified ? authoritiesToTrust : authorities
    }

    /// Any of several hosts is enough. An address goes before the name.
    private var isRemote: Bool {
        let places = address ?? host ?? ""
        return places.split(separator: ",", omittingEmptySubsequences: false).contains { !Self.isHere($0) }
    }

    static func isHere(_ place: Substring) -> Bool {
        if place.isEmpty || place.hasPrefix("/") || place.hasPrefix("@") { return true }
        if place == "localhost" || place == "::1" { return true }
        var address = in_addr()
        return inet_pton(AF_INET, String(place), &address) == 1 && UInt32(bigEndian: address.s_addr) >> 24 == 127
    }

    /// What was named; else libpq's own file, if there is one; else the system's.
    private var authoritiesToTrust: String? {
        if authorities == "system" { return Self.systemAuthorities }
        if let authorities { return authorities }
        let own = Self.environment("HOME").map { "\($0)/.postgresql/root.crt" }
        if let own, access(own, R_OK) == 0 { return own }
        return Self.systemAuthorities
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value[0] != 0 else { return nil }
        return String(cString: value)
    }
}
