import Glibc

/// The service manager that started this process, where there is one (sd_notify(3)). Nothing depends on its listening.
struct ServiceManager: Sendable {
    enum State {
        case ready
        case reloading
        case stopping
        /// For the watchdog.
        case alive
    }

    /// Of `NOTIFY_SOCKET`: a path, or `@` and a name that no folder holds.
    private let address: String

    init?() {
        guard let address = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }),
            address.hasPrefix("/") || address.hasPrefix("@")
        else { return nil }
        self.address = address
    }

    /// How often the manager wants to hear that we are alive; nil when it doesn't.
    var watchdog: Duration? {
        guard let text = getenv("WATCHDOG_USEC"), let microseconds = Int64(String(cString: text)), microseconds > 0,
            getenv("WATCHDOG_PID").map({ String(cString: $0) == "\(getpid())" }) ?? true
        else { return nil }
        return .microseconds(microseconds)
    }

    func tell(_ state: State) {
        switch state {
        case .ready: send("READY=1\nSTATUS=serving")
        case .reloading: send("RELOADING=1\nMONOTONIC_USEC=\(ServiceManager.uptime)")
        case .stopping: send("STOPPING=1\nSTATUS=stopping")
        case .alive: send("WATCHDOG=1")
        }
    }

    private static var uptime: UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1_000
    }

    private func send(_ text: String) {
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        var path = Array(address.utf8)
        guard path.count < MemoryLayout.size(ofValue: name.sun_path) else { return }
        if path.first == UInt8(ascii: "@") { path[0] = 0 }
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard file >= 0 else { return }
        defer { close(file) }
        let bytes = Array(text.utf8)
        _ = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(file, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
