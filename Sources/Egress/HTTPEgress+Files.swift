import Broker
public import Gate

extension HTTPEgress {
    /// A file's bytes, with the connection of the account that it came to: an errand. It is asked for where the credential was
    /// made for, or at a name under that one (`files.slack.com` under `slack.com`), and no redirect is followed.
    ///
    /// - Parameter most: octets.
    public func fetch(_ address: String, atMost most: Int, for use: ConnectionUse) async throws(UpstreamFailure)
        -> UpstreamAnswer
    {
        guard let home = Origin(use.origin), let place = FileAddress(address, of: home) else {
            throw .notSent("the platform gave an address that isn't its own")
        }
        let credential = try await credential(for: use, by: nil)
        var tighter = limits
        tighter.answerBytes = min(limits.answerBytes, most)
        let step = Step(kind: .probe, method: "GET", path: place.path, query: place.query)
        return try await exchange(step, at: place.origin, with: credential, within: tighter)
    }

    /// Puts a file's bytes where a platform said, which is where the credential was made for or at a name under that one: an
    /// errand. The address itself says whose file it is.
    public func put(_ bytes: [UInt8], at address: String, for use: ConnectionUse) async throws(UpstreamFailure)
        -> UpstreamAnswer
    {
        guard let home = Origin(use.origin), let place = FileAddress(address, of: home) else {
            throw .notSent("the platform gave an address that isn't its own")
        }
        let credential = try await credential(for: use, by: nil)
        let step = Step(
            kind: .effect, method: "POST", path: place.path, query: place.query,
            headers: [Step.Header("Content-Type", "application/octet-stream")], body: bytes)
        return try await exchange(step, at: place.origin, with: credential)
    }
}

/// Where a file is: what a platform gave for it.
struct FileAddress: Sendable {
    let origin: String
    let path: String
    let query: String

    /// Nil for anything but `https://host[:port]/…` of plain characters, and for another place than the platform's own.
    ///
    /// - Parameter home: where the credential belongs.
    init?(_ text: String, of home: Origin) {
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix), text.utf8.count <= 4096,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\\") })
        else { return nil }
        let rest = text.dropFirst(scheme.count)
        guard let slash = rest.firstIndex(of: "/"), let origin = Origin(scheme + rest[..<slash]),
            origin.isSecure || !home.isSecure, origin.host == home.host || origin.host.hasSuffix("." + home.host),
            origin.port == home.port
        else { return nil }
        let target = rest[slash...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.origin = scheme + rest[..<slash]
        path = String(target[0])
        query = target.count > 1 ? String(target[1]) : ""
    }
}
