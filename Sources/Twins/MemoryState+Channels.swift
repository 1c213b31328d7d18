public import Authority
import Gate
import Synchronization
public import Turns

extension MemoryState {
    mutating func apply(channel change: ChannelChange) throws(CommitError) {
        switch change {
        case .add(let record):
            guard !channelAccounts.contains(where: { $0.account.id == record.account.id }) else {
                throw .exists("\(record.account.id)")
            }
            channelAccounts.append(record)
        case .pause(let id, let isPaused):
            let index = try index(of: id)
            channelAccounts[index] = channelAccounts[index].with(isPaused: isPaused)
        case .pauseAll(let organization):
            channelAccounts = channelAccounts.map {
                $0.account.id.organization == organization ? $0.with(isPaused: true) : $0
            }
        case .remove(let id):
            channelAccounts.remove(at: try index(of: id))
            mailboxes.forget(id)
        }
    }

    private func index(of id: ChannelAccountID) throws(CommitError) -> Int {
        guard let index = channelAccounts.firstIndex(where: { $0.account.id == id }) else { throw .exists("\(id)") }
        return index
    }
}

extension ChannelAccountRecord {
    fileprivate func with(isPaused: Bool) -> ChannelAccountRecord {
        ChannelAccountRecord(account: account.with(isPaused: isPaused), sealed: sealed, created: created)
    }
}

extension MemoryStore: ChannelAccountStore {
    public func channelAccount(_ id: ChannelAccountID) async throws -> ChannelAccountRecord? {
        state.withLock(\.channelAccounts).first { $0.account.id == id }
    }

    public func channelAccounts(in organization: OrganizationID) async throws -> [ChannelAccountRecord] {
        state.withLock(\.channelAccounts).filter { $0.account.id.organization == organization }.sorted {
            ($0.account.id.kind.rawValue, $0.account.id.name) < ($1.account.id.kind.rawValue, $1.account.id.name)
        }
    }
}
