public import Authority
import Glibc
import NIOSSL
import Synchronization

/// The certificate and key that new connections get. They can be renewed while others go on.
public final class LiveIdentity: Sendable {
    /// What came of looking at the files again.
    public enum Renewal: Sendable, Equatable {
        case unchanged
        case renewed
        /// They can't be used as they are now, so what was there before goes on.
        case kept(FaceError)
    }

    private struct State {
        var context: NIOSSLContext
        /// The files that were read last, used or not: what is bad is told once.
        var read: [FileStamp?]
        /// The files when they were looked at last.
        var seen: [FileStamp?]
    }

    private let files: TLSFiles
    private let state: Mutex<State>

    /// Reads the files.
    public init(_ files: TLSFiles, now: Timestamp) throws(FaceError) {
        self.files = files
        let stamps = LiveIdentity.stamps(of: files)
        state = Mutex(State(context: try files.load(now: now), read: stamps, seen: stamps))
    }

    var context: NIOSSLContext { state.withLock(\.context) }

    /// Reads the files again, whether or not they changed.
    public func renew(now: Timestamp) -> Renewal { renew(LiveIdentity.stamps(of: files), now) }

    /// Reads the files again if they changed and have come to rest: certificate and key are seldom written in one step.
    public func renewIfChanged(now: Timestamp) -> Renewal {
        let stamps = LiveIdentity.stamps(of: files)
        let isDue = state.withLock { state in
            defer { state.seen = stamps }
            return stamps != state.read && stamps == state.seen
        }
        return isDue ? renew(stamps, now) : .unchanged
    }

    private func renew(_ stamps: [FileStamp?], _ now: Timestamp) -> Renewal {
        do throws(FaceError) {
            let context = try files.load(now: now)
            state.withLock { $0 = State(context: context, read: stamps, seen: stamps) }
            return .renewed
        } catch {
            state.withLock { ($0.read, $0.seen) = (stamps, stamps) }
            return .kept(error)
        }
    }

    private static func stamps(of files: TLSFiles) -> [FileStamp?] {
        [FileStamp(files.certificate), FileStamp(files.key)]
    }
}

/// What differs when a file is another one or was written again.
private struct FileStamp: Equatable {
    private let numbers: [Int]

    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        numbers = [
            Int(status.st_dev), Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
            status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
    }
}
