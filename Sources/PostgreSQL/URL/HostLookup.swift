import Glibc

/// Turns hosts' names into addresses on a thread of its own. libpq would do it on the thread that opens the session, which
/// can take as long as a name server takes.
enum HostLookup {
    /// The same parameters with an address for each host; what needs none stays as it is.
    static func resolve(_ parameters: [String: String]) async throws(PostgreSQLError) -> [String: String] {
        let hosts = parameters["host", default: ""].split(separator: ",", omittingEmptySubsequences: false).map(
            String.init)
        guard parameters["hostaddr"] == nil, hosts.contains(where: isName) else { return parameters }
        let resolved = await withCheckedContinuation { (waiter: CheckedContinuation<[[String]], Never>) in
            BlockingThread.run { waiter.resume(returning: hosts.map { isName($0) ? addresses(of: $0) : [$0] }) }
        }
        guard resolved.contains(where: { !$0.isEmpty }) else {
            throw PostgreSQLError(
                .cannotConnect, "the name `\(hosts.joined(separator: ","))` has no address",
                hint: "correct the host in the URL")
        }
        return expand(parameters, hosts, resolved)
    }

    /// One entry per address: libpq pairs the lists of hosts, addresses and ports. A socket's folder goes without address.
    static func expand(_ parameters: [String: String], _ hosts: [String], _ resolved: [[String]]) -> [String: String] {
        let ports = parameters["port", default: ""].split(separator: ",", omittingEmptySubsequences: false)
        // libpq says what is wrong with another number of ports.
        guard ports.count == 1 || ports.count == hosts.count else { return parameters }
        var entries: [(host: String, address: String, port: Substring)] = []
        for (index, host) in hosts.enumerated() {
            for address in resolved[index] {
                let port = ports.count == hosts.count ? ports[index] : ports[0]
                entries.append((host, address.hasPrefix("/") || address.hasPrefix("@") ? "" : address, port))
            }
        }
        var parameters = parameters
        parameters["host"] = entries.map(\.host).joined(separator: ",")
        parameters["hostaddr"] = entries.map(\.address).joined(separator: ",")
        if parameters["port"] != nil { parameters["port"] = entries.map(\.port).joined(separator: ",") }
        return parameters
    }

    /// Neither a socket's folder nor an address.
    private static func isName(_ host: String) -> Bool {
        var address = in6_addr()
        return !host.isEmpty && !host.hasPrefix("/") && !host.hasPrefix("@")
            && inet_pton(AF_INET, host, &address) != 1 && inet_pton(AF_INET6, host, &address) != 1
    }

    private static func addresses(of host: String) -> [String] {
        var wanted = addrinfo()
        wanted.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &wanted, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        return sequence(first: first, next: { $0?.pointee.ai_next }).compactMap { $0 }.compactMap(text)
    }

    private static func text(_ entry: UnsafeMutablePointer<addrinfo>) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
            let failure = getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, buffer.baseAddress, socklen_t(buffer.count), nil, 0,
                NI_NUMERICHOST)
            guard failure == 0, let start = buffer.baseAddress else { return nil }
            return String(cString: start)
        }
    }
}
