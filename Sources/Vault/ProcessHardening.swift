import Glibc

/// Keeps the memory of this process, and so every ``Secret`` in it, out of other hands.
public enum ProcessHardening {
    /// Forbids core dumps (`RLIMIT_CORE` 0, soft and hard) and makes the process undumpable (`PR_SET_DUMPABLE` 0), so
    /// that a crash handler given by `core_pattern` gets nothing and another process of the same user can't attach.
    ///
    /// Call it once at the start, before the first key is read. It can't be undone, is inherited by children only as
    /// far as the core limit goes, and makes `/proc/self` files belong to root: tools that measure this process need
    /// root then. Throws ``VaultError`` with the code `hardening` if the system refuses.
    public static func apply() throws(VaultError) {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        guard setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0 else {
            throw refused("core dumps could not be forbidden")
        }
        guard try control(setDumpable, 0) == 0, try control(getDumpable, 0) == 0 else {
            throw refused("the process could not be made undumpable")
        }
    }

    /// Whether the process may still be dumped or attached to.
    public static var isDumpable: Bool {
        get throws(VaultError) { try control(getDumpable, 0) != 0 }
    }

    private static let getDumpable: Int32 = 3
    private static let setDumpable: Int32 = 4

    private typealias Control = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32

    /// `prctl` is variadic in C, which Swift doesn't import; its integer arguments travel the same way on the System V
    /// and AAPCS64 conventions, so the symbol is called by its fixed form.
    private static func control(_ option: Int32, _ value: UInt) throws(VaultError) -> Int32 {
        guard let symbol = dlsym(nil, "prctl") else {
            throw VaultError(.hardening, "the system offers no `prctl`")
        }
        return unsafeBitCast(symbol, to: Control.self)(option, value, 0, 0, 0)
    }

    private static func refused(_ what: String) -> VaultError {
        VaultError(.hardening, "\(what): \(systemError())", hint: "check the limits of the service manager")
    }
}
