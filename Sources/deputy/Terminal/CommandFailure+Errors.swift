import Broker
import Gate
import Gateway
import Glibc
import NIOCore
import Registry
import Storage
import Vault
import Wire

extension CommandFailure {
    /// Errors of the desks and of the home, as a command tells them; nil for the parser's own.
    init?(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as RegistryError:
            self.init(.refused, error.code.rawValue, error.message, hint: error.hint)
        case let error as BrokerError:
            self.init(.refused, error.code.rawValue, error.message, hint: error.hint)
        case let error as StorageError: self.init(error)
        case let error as VaultError:
            self.init(.homeUnusable, error.code.rawValue, error.message, hint: error.hint)
        case let error as FaceError:
            self.init(.refused, error.code.rawValue, error.message, hint: error.hint)
        case let error as ForkedTree: self.init(error)
        case is CancellationError:
            self.init(.refused, "cancelled", "it was interrupted", hint: "see with `deputy doctor` what came of it")
        default: return nil
        }
    }

    /// What passes by itself, such as a database that is down, isn't the home's fault: a supervisor tries again.
    init(_ error: StorageError) {
        let exitCode: CommandExit =
            switch error.code {
            case .unreachable, .leaseLost: .refused
            case .held, .notDurable, .newer, .altered, .unreadable, .corrupt, .badText, .otherDatabase, .databaseURL,
                .olderCopy:
                .homeUnusable
            }
        self.init(exitCode, error.code.rawValue, error.message, hint: error.hint)
    }

    init(_ fork: ForkedTree) {
        self.init(
            fork.isShorter ? .homeUnusable : .unproven, fork.isShorter ? "older_copy" : "forked", fork.description,
            hint: "put the database of this home back, or bring an older state in with `deputy restore`")
    }

    /// Why a gateway doesn't listen.
    ///
    /// - Parameter flags: those that name another place.
    init?(_ error: any Error, listeningAt host: String, _ port: Int, flags: String = "`--host` and `--port`") {
        switch error {
        case let error as IOError:
            self.init(
                .refused, "address", "`\(host)` port \(port) can't be listened at: \(error.localReason)",
                hint: "name another with \(flags); port 0 takes a free one")
        case is SocketAddressError, is SocketAddressError.UnknownHost:
            self.init(
                .refused, "address", "`\(host)` isn't an address of this machine",
                hint: "name one with \(flags), such as 127.0.0.1 or 0.0.0.0")
        default: return nil
        }
    }
}

extension IOError {
    /// What the system says, without the name of the call that failed.
    fileprivate var localReason: String { String(cString: strerror(errnoCode)) }
}
