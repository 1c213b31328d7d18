import Glibc

/// What the system lets this process hold open.
enum OpenFiles {
    /// For the store, the ledger, providers and whatever else isn't a client's connection.
    private static let reserve = 256

    /// Takes as many open files as the service manager allows, and says how many connections they bear. Without room for
    /// its own files a gateway couldn't write its ledger.
    static func connections(atMost wanted: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return wanted }
        if limit.rlim_cur < limit.rlim_max {
            var raised = rlimit(
                rlim_cur: min(limit.rlim_max, max(limit.rlim_cur, rlim_t(wanted + reserve))), rlim_max: limit.rlim_max)
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        let bearable = Int(clamping: limit.rlim_cur)
        return min(wanted, max(bearable - reserve, bearable / 2))
    }
}
