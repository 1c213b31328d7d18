import ArgumentParser
import Authority
import Gateway

/// How `serve` shows itself to the network.
struct FaceOptions: ParsableArguments {
    @Option(help: "The address to listen at.")
    var host = "127.0.0.1"

    @Option(help: "The port; 0 takes a free one.")
    var port = 8780

    @Option(
        help: "How the world reaches this gateway, such as https://deputy.example. Without it as `init` was told.")
    var publicURL: String?

    @Option(
        help: ArgumentHelp(
            "The certificate in PEM form, those above it behind it. Taken anew when it changes, and at SIGHUP.",
            valueName: "file"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The certificate's key in PEM form, closed to others.", valueName: "file"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "A proxy whose word on where requests come from is taken, such as 10.0.0.7 or 10.0.0.0/8. May come often.",
            valueName: "network"))
    var trustedProxy: [String] = []

    @Option(
        help: ArgumentHelp(
            "A web page elsewhere that may be a client, such as https://inspector.example. May come often.",
            valueName: "origin"))
    var allowOrigin: [String] = []

    @Option(
        help: ArgumentHelp(
            "Another bound of what connections may send, hold or take, such as head-seconds=5. May come often.",
            discussion: "The names: \(FaceLimits.names.joined(separator: ", ")).", valueName: "name=number"))
    var limit: [String] = []

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is a number from 0 to 65535") }
        if let publicURL, WebOrigin(publicURL) == nil {
            throw ValidationError(
                "`\(publicURL)` isn't an address that people can open: write https://host or https://host:port")
        }
        if let origin = allowOrigin.first(where: { WebOrigin($0) == nil }) {
            throw ValidationError("`\(origin)` isn't an origin: write https://host or https://host:port")
        }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key come together")
        }
    }

    /// - Parameter configured: the public URL as the home says it.
    /// - Throws: ``FaceError``.
    func face(configured: String?, now: Timestamp) throws -> ServedFace {
        var identity: LiveIdentity?
        if let tlsCertificate, let tlsKey {
            identity = try LiveIdentity(TLSFiles(certificate: tlsCertificate, key: tlsKey), now: now)
        }
        var limits = FaceLimits()
        for text in limit { try limits.set(text) }
        limits.connections = OpenFiles.connections(atMost: limits.connections)
        let url = publicURL.flatMap { WebOrigin($0)?.text }
        let face = try Face(
            host: host, publicURL: url ?? configured, identity: identity,
            proxies: TrustedProxies(try trustedProxy.map(AddressBlock.init)), limits: limits)
        let origins = AllowedOrigins(Set(allowOrigin.compactMap { WebOrigin($0)?.text }))
        return ServedFace(
            face: face, host: host, port: port, publicURL: url, identity: identity, origins: origins)
    }
}

/// Where and how the gateway listens.
struct ServedFace {
    let face: Face
    let host: String
    let port: Int
    /// As this command was told.
    var publicURL: String?
    var identity: LiveIdentity?
    var origins = AllowedOrigins([])

    /// At this machine alone, for demos.
    static func here(port: Int) throws -> ServedFace {
        ServedFace(face: try Face(host: "127.0.0.1", publicURL: nil), host: "127.0.0.1", port: port)
    }
}
