public import Authority
public import Gate
import Synchronization

extension MemoryStore: NoticeStore {
    public func sendsNotices() async throws -> Bool { true }

    public func openNotices() async throws -> [QueuedNotice] {
        state.withLock { state in
            state.notices.values.filter(\.state.isOpen).sorted { ($0.created, $0.id) < ($1.created, $1.id) }
        }
    }

    public func notices(settledSince time: Timestamp) async throws -> [QueuedNotice] {
        state.withLock { state in
            state.notices.values.filter { $0.settled.map { $0 >= time } ?? false }
                .sorted { ($0.settled ?? time, $0.id) < ($1.settled ?? time, $1.id) }
        }
    }

    public func noticeCounts() async throws -> [NoticeState: Int] {
        state.withLock { state in Dictionary(grouping: state.notices.values, by: \.state).mapValues(\.count) }
    }

    public func noticeSettings() async throws -> [UInt8]? { state.withLock(\.noticeSettings) }
}
