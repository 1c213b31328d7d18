import Foundation
import Gate
import Registry
import Synchronization

@testable import Storage

/// A folder of its own for one test's store, gone with it.
final class TemporaryHome: Sendable {
    let folder: URL
    private let losses = Mutex<[String]>([])

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: String { folder.appending(path: "deputy.sqlite").path }

    /// What the store said of queued writes that it lost.
    var lost: [String] { losses.withLock { $0 } }

    func open(_ settings: StoreSettings = StoreSettings()) throws(StorageError) -> SQLStore {
        try SQLStore.open(at: path, settings) { [self] reason in losses.withLock { $0.append(reason) } }
    }

    /// Why the store can't be opened; nil when it can.
    func fault(_ settings: StoreSettings = StoreSettings()) -> StorageError? {
        do throws(StorageError) {
            _ = try open(settings)
            return nil
        } catch {
            return error
        }
    }

    /// What a crash at this moment would leave: the files without anything that closing does to them.
    func crashed() throws -> TemporaryHome {
        let copy = try TemporaryHome()
        for file in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: path + file, toPath: copy.path + file)
        }
        return copy
    }
}
