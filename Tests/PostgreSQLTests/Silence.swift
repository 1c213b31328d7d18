import Foundation
import Testing

/// A port of 127.0.0.1 that takes connections and never says anything.
struct Silence: ~Copyable {
    let port: Int
    private let listener: Int32

    init() throws {
        (listener, port) = try Self.listen()
    }

    deinit { close(listener) }

    /// A socket that listens on a free port.
    static func listen() throws -> (socket: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && Foundation.listen(listener, 16) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        try #require(isOpen)
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }
}
