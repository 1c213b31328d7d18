import Synchronization

/// How often a mail was begun with and not come to an end with: one that breaks its session each time holds up those behind it.
final class MailDoubts: Sendable {
    private let tries = Mutex<[UInt32: Int]>([:])
    private static let most = 3

    /// - Returns: false when it was tried as often as it may.
    func begin(_ number: UInt32) -> Bool {
        tries.withLock { tries in
            tries[number, default: 0] += 1
            return tries[number, default: 0] <= MailDoubts.most
        }
    }

    func end(_ number: UInt32) { tries.withLock { $0[number] = nil } }
}
