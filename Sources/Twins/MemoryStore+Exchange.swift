public import Authority
public import Registry
import Synchronization

extension MemoryStore: ExchangeStore {
    public func tokenIssuers(in organization: OrganizationID) async throws -> [TokenIssuer] {
        state.withLock(\.exchange.issuers).filter { $0.organization == organization }.sorted { $0.name < $1.name }
    }

    public func exchangedGrants(of login: Login, in organization: OrganizationID) async throws -> [ExchangedGrant] {
        grants { $0.organization == organization && $0.login == login }
    }

    public func exchangedGrants(
        from issuer: String, in organization: OrganizationID
    ) async throws -> [ExchangedGrant] {
        grants { $0.organization == organization && $0.issuer == issuer }
    }

    private func grants(_ isMeant: (ExchangedGrant) -> Bool) -> [ExchangedGrant] {
        state.withLock(\.exchange.grants).values.filter(isMeant).sorted { $0.id < $1.id }
    }
}
