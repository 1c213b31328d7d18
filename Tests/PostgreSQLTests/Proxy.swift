import Foundation
import Synchronization

/// Stands between sessions and a server, on a port of 127.0.0.1, and cuts connections as its rule says.
final class Proxy: Sendable {
    enum Rule: Sendable {
        case forward
        /// Cuts before a message of the client that holds the text reaches the server.
        case cutBefore(String)
        /// Lets such a message through, and cuts when the server has answered it, before the client hears of it.
        case cutAnswer(to: String)
    }

    let port: Int
    private let listener: Int32
    private let target: Int
    private let rule: Mutex<Rule>
    private let open = Mutex<[Int32]>([])
    private let stalled = Mutex<Set<Int32>>([])

    init(to target: Int, _ rule: Rule = .forward) throws {
        self.target = target
        self.rule = Mutex(rule)
        (listener, port) = try Silence.listen()
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                serve(client)
            }
        }
    }

    func follow(_ rule: Rule) {
        self.rule.withLock { $0 = rule }
    }

    /// Lets nothing through any more on what is open, without cutting it.
    func stallWhatIsOpen() {
        stalled.withLock { $0.formUnion(open.withLock { $0 }) }
    }

    /// Cuts what is open; new connections are let through.
    func cut() {
        for socket in open.withLock({ $0 }) { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    /// Cuts what is open and takes no more.
    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        cut()
    }

    private func serve(_ client: Int32) {
        guard let server = dial() else {
            shutdown(client, Int32(SHUT_RDWR))
            return
        }
        open.withLock { $0 += [client, server] }
        let swallows = Swallow()
        Thread.detachNewThread { [self] in
            pump(from: client, to: server) { bytes in
                switch rule.withLock({ $0 }) {
                case .forward: return true
                case .cutBefore(let text): return !bytes.holds(text)
                case .cutAnswer(let text):
                    if bytes.holds(text) { swallows.flag.withLock { $0 = true } }
                    return true
                }
            }
        }
        Thread.detachNewThread { [self] in
            pump(from: server, to: client) { _ in !swallows.flag.withLock { $0 } }
        }
    }

    /// Carries bytes over until one side ends or `lets` says no; then both end. Sockets stay open until the process ends,
    /// so that no number is reused under the other thread.
    private func pump(from source: Int32, to target: Int32, lets: (ArraySlice<UInt8>) -> Bool) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(source, &buffer, buffer.count, 0)
            if stalled.withLock({ $0.contains(source) }), count > 0 { continue }
            guard count > 0, lets(buffer[..<count]), send(target, buffer, count, Int32(MSG_NOSIGNAL)) == count
            else { break }
        }
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(target, Int32(SHUT_RDWR))
    }

    /// A connection to the server.
    private func dial() -> Int32? {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(target).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let isOpen = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        return isOpen ? server : nil
    }
}

private final class Swallow: Sendable {
    let flag = Mutex(false)
}

extension ArraySlice<UInt8> {
    fileprivate func holds(_ text: String) -> Bool {
        String(decoding: self, as: UTF8.self).contains(text)
    }
}
