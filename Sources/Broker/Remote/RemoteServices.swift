public import Authority
import Definition
import Gate
public import OAuth
import Wire

/// A remote server that people connect accounts at, as it was pinned.
public struct RemoteService: Sendable {
    public let provider: ProviderID
    /// Its whole address, which its tokens are bound to.
    public let place: String
    public let authorization: ResourceAuthorization

    public init(provider: ProviderID, place: String, authorization: ResourceAuthorization) {
        self.provider = provider
        self.place = place
        self.authorization = authorization
    }

    var manifest: ProviderManifest {
        let host = place.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(String.init)
        return .remoteServer(
            provider, title: host.map { "\(provider) (\($0))" } ?? provider.raw, place: place,
            oauth: authorization.authorizationServer)
    }
}

/// The remote servers of an organization, for the broker.
public struct RemoteServices: Sendable {
    /// Every server that is connected by signing in, in the order of their names.
    let all: @Sendable (OrganizationID) async throws -> [RemoteService]
    /// Where this home describes itself as a client of one server alone; nil while nobody could read it.
    let clientDocument: @Sendable (ProviderID) -> String?
    /// Nil where there are none.
    let errands: (any RemoteErrands)?

    public init(
        all: @escaping @Sendable (OrganizationID) async throws -> [RemoteService],
        clientDocument: @escaping @Sendable (ProviderID) -> String?, errands: (any RemoteErrands)?
    ) {
        self.all = all
        self.clientDocument = clientDocument
        self.errands = errands
    }

    /// Where there are none.
    public static let none = RemoteServices(all: { _ in [] }, clientDocument: { _ in nil }, errands: nil)

    func service(_ provider: ProviderID, in organization: OrganizationID) async throws(BrokerError) -> RemoteService? {
        do {
            return try await all(organization).first { $0.provider == provider }
        } catch {
            throw BrokerError(.unavailable, "the gateway can't read its own state", hint: "see `deputy doctor`")
        }
    }
}

/// Everything that gives out tokens: this home's providers, and an organization's remote servers.
struct Services: Sendable {
    let providers: ProviderShelf
    let remotes: RemoteServices

    func manifest(
        of provider: ProviderID, in organization: OrganizationID
    ) async throws(BrokerError) -> ProviderManifest? {
        if let manifest = providers.manifest(of: provider) { return manifest }
        return try await remotes.service(provider, in: organization)?.manifest
    }

    /// - Throws: `unknown`, with what was probably meant.
    func known(
        _ provider: ProviderID, in organization: OrganizationID
    ) async throws(BrokerError) -> ProviderManifest {
        if let manifest = try await manifest(of: provider, in: organization) { return manifest }
        return try providers.known(provider)
    }
}
