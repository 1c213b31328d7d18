public import Foundation

/// An authority of its own for certificates in tests, made with the program `openssl`. Its files go with it.
public final class TestAuthority: Sendable {
    private let folder: String

    public init() throws {
        folder = NSTemporaryDirectory() + "authority-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=Test authority", "-keyout", path("ca.key"), "-out", path("ca.crt"))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The authority's own certificate.
    public var file: String { path("ca.crt") }

    /// A key and a certificate for a server of that name, both as PEM.
    public func certificate(for name: String) throws -> (certificate: Data, key: Data) {
        try Data("subjectAltName=DNS:\(name)\n".utf8).write(to: URL(filePath: path("names")))
        try openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)", "-keyout",
            path("server.key"), "-out", path("server.csr"))
        try openssl(
            "x509", "-req", "-in", path("server.csr"), "-CA", file, "-CAkey", path("ca.key"), "-CAcreateserial",
            "-days",
            "2", "-extfile", path("names"), "-out", path("server.crt"))
        return (try read("server.crt"), try read("server.key"))
    }

    private func path(_ name: String) -> String { "\(folder)/\(name)" }

    private func read(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: path(name))) }

    private func openssl(_ arguments: String...) throws {
        try Spawn.run(["/usr/bin/openssl"] + arguments)
    }
}
