extension Face {
    /// Refuses to show sessions and tokens to a network.
    ///
    /// - Parameters:
    ///   - host: the address to listen at.
    ///   - publicURL: how the world names us; nil when nobody has said.
    public static func check(
        host: String, isSecure: Bool, proxies: TrustedProxies, publicURL: String?
    ) throws(FaceError) {
        if isSecure, publicURL?.hasPrefix("http://") == true {
            throw FaceError(
                .exposed, "the public URL begins with http, and this gateway answers by TLS",
                hint: "say `--public-url https://…`, as people reach it")
        }
        guard isSecure || isHere(host) || !proxies.isEmpty else {
            throw FaceError(
                .exposed, "`\(host)` is reached from other machines, and tokens would cross the network in clear",
                hint: "give `--tls-certificate` and `--tls-key`, or name the proxy that does TLS with "
                    + "`--trusted-proxy`, or listen at 127.0.0.1")
        }
    }

    /// Whether only this machine reaches the address.
    static func isHere(_ host: String) -> Bool { host == "localhost" || IPAddress(host)?.isLoopback == true }
}
