import Glibc
import NIOPosix

/// Asks for the addresses of a name, off the event loops.
protocol NameResolving: Sendable {
    func addresses(of host: String) async throws -> [Address]
}

struct SystemResolver: NameResolving {
    func addresses(of host: String) async throws -> [Address] {
        if let address = Address(host) { return [address] }
        return try await NIOThreadPool.singleton.runIfActive { SystemResolver.resolve(host) }
    }

    private static func resolve(_ host: String) -> [Address] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_family = AF_UNSPEC
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &found) == 0 else { return [] }
        defer { freeaddrinfo(found) }
        var addresses: [Address] = []
        var next = found
        while let info = next?.pointee {
            if let socket = info.ai_addr {
                switch info.ai_family {
                case AF_INET:
                    socket.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { pointer in
                        addresses.append(Address(bytes: withUnsafeBytes(of: pointer.pointee.sin_addr) { Array($0) }))
                    }
                case AF_INET6:
                    socket.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                        addresses.append(Address(bytes: withUnsafeBytes(of: pointer.pointee.sin6_addr) { Array($0) }))
                    }
                default: break
                }
            }
            next = info.ai_next
        }
        return addresses
    }
}
