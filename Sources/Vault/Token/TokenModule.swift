import CPKCS11
import Glibc
import Synchronization

/// A loaded PKCS#11 module. One operation at a time, initialised for it and finalised after it, so that each sees the
/// tokens that are there then.
struct TokenModule: Sendable {
    /// The module's own, constant; and the module is never unloaded.
    nonisolated(unsafe) private let list: UnsafePointer<ck_function_list>
    private static let turn = Mutex(())

    /// Throws `tokenUnusable` for what isn't a module, or one that others could have replaced.
    init(_ path: String) throws(VaultError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw VaultError(
                .tokenUnusable, "there is no PKCS#11 module at `\(path)`", hint: "install the token's driver")
        }
        guard status.st_uid == 0 || status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
            throw VaultError(
                .tokenUnusable, "`\(path)` could be replaced by other users, and would see every PIN",
                hint: "let root own it, and run `chmod go-w \(path)`")
        }
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL), let symbol = dlsym(handle, "C_GetFunctionList") else {
            throw VaultError(
                .tokenUnusable, "`\(path)` can't be loaded as a PKCS#11 module",
                hint: "name the driver's library in `module-path`; `pkcs11-tool --module \(path) --list-slots` tries it"
            )
        }
        var list: UnsafeMutablePointer<ck_function_list>?
        let answer = unsafeBitCast(symbol, to: ck_get_function_list.self)(&list)
        guard answer == CKR_OK, let list, list.pointee.version.major == 2 else {
            throw VaultError(.tokenUnusable, "`\(path)` doesn't speak PKCS#11 2")
        }
        self.list = UnsafePointer(list)
    }

    /// Runs `body` with the module ready. Blocks as long as the token takes.
    func use<Value: ~Copyable>(
        _ body: (ck_function_list) throws(VaultError) -> Value
    ) throws(VaultError) -> Value {
        try Self.turn.withLock { (_) throws(VaultError) in
            var arguments = ck_c_initialize_args()
            arguments.flags = CKF_OS_LOCKING_OK
            let answer = list.pointee.C_Initialize(&arguments)
            guard answer == CKR_OK || answer == CKR_CRYPTOKI_ALREADY_INITIALIZED else {
                throw TokenFault(answer).error("the PKCS#11 module can't be initialised")
            }
            defer { _ = list.pointee.C_Finalize(nil) }
            return try body(list.pointee)
        }
    }
}
