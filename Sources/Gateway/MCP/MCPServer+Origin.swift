import HTTPTypes
import Hummingbird
import NIOCore

extension MCPServer {
    /// Refuses pages of other sites, and pages that reach us by a name of their own (DNS rebinding). Both are things that
    /// only a browser sends in somebody's stead; who holds a token isn't decided here.
    func checkOrigin(of request: Request, _ context: GatewayContext) throws(MCPRefusal) {
        let origins = request.headers[values: .origin]
        guard origins.count <= 1, origins.allSatisfy(isAllowed) else { throw .foreignOrigin }
        // The name first: asking the connection for its address costs more.
        if let name = request.head.authority.flatMap(HostName.init(_:)), isOurs(name) { return }
        guard !context.channel.isLoopback else { throw .foreignHost }
    }

    private func isOurs(_ name: HostName) -> Bool {
        name.isLoopback || name.host == HostName(ofURL: publicURL)?.host
    }

    private func isAllowed(_ origin: String) -> Bool {
        let origin = origin.lowercased()
        let own = publicURL
        if settings.origins.contains(origin) || origin == own.lowercased() { return true }
        // One machine, several spellings: a page that this port itself served.
        guard let ours = HostName(ofURL: own), ours.isLoopback, origin.hasPrefix("http://"),
            let theirs = HostName(ofURL: origin)
        else { return false }
        return theirs.isLoopback && theirs.port == ours.port
    }
}

extension Channel {
    /// Whether the connection came to an address of this machine alone.
    var isLoopback: Bool {
        guard let address = localAddress?.ipAddress else { return false }
        return address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.")
    }
}
