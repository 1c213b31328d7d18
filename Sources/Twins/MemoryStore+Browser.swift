public import Authority
public import Registry
import Synchronization
public import Wire

extension MemoryStore: BrowserStore {
    public func loginLink(_ hash: Digest) async throws -> LoginLink? { state.withLock { $0.loginLinks[hash] } }

    public func browserSession(_ hash: Digest) async throws -> BrowserSession? {
        state.withLock { $0.browserSessions.values.first { $0.hash == hash || $0.previous == hash } }
    }

    public func browserSessions(
        of person: PersonID, in organization: OrganizationID
    ) async throws -> [BrowserSession] {
        state.withLock { state in
            state.browserSessions.values.filter { $0.person == person && $0.organization == organization }
                .sorted { ($0.created, $0.id) < ($1.created, $1.id) }
        }
    }
}
