public import Authority
public import Broker
import Gate
public import Registry
import Synchronization

extension MemoryStore: LoginStore, SignInStore {
    public func login(_ login: Login, in organization: OrganizationID) async throws -> LoginRecord? {
        state.withLock { $0.logins.first { $0.login == login && $0.organization == organization } }
    }

    public func logins(in organization: OrganizationID) async throws -> [LoginRecord] {
        state.withLock(\.logins).filter { $0.organization == organization }.sorted {
            ($0.person.raw, $0.login.issuer, $0.login.subject) < ($1.person.raw, $1.login.issuer, $1.login.subject)
        }
    }

    public func signInSettings() async throws -> [UInt8]? { state.withLock(\.signInSettings) }
}

extension MemoryState {
    mutating func apply(login change: LoginChange) throws(CommitError) {
        switch change {
        case .link(let record):
            guard !logins.contains(where: { $0.login == record.login && $0.organization == record.organization }) else {
                throw .exists("login")
            }
            logins.append(record)
        case .unlink(let organization, let login, let person):
            let place = logins.firstIndex {
                $0.login == login && $0.organization == organization && $0.person == person
            }
            guard let place else { throw .exists("login") }
            logins.remove(at: place)
        case .unlinkAll(let organization, let person):
            logins.removeAll { $0.organization == organization && $0.person == person }
        }
    }

    mutating func apply(signIn change: SignInChange) {
        switch change {
        case .settings(let sealed): signInSettings = sealed
        }
    }
}
