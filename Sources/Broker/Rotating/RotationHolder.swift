public import Authority
import Gate
import OAuth
import Wire

/// Whose key goes round, as one step finds it: our app at a provider, or a service account. The steps are the same for all; what
/// a provider is asked, and where the keys lie here, is its holder's.
protocol RotationHolder: Sendable {
    /// Nothing of it has moved since it was read.
    var unmoved: EpochReading { get }
    var end: SecretEnd? { get }
    /// What tells the key in use from others.
    var name: String { get }
    /// Whether the one before is kept yet.
    var isResting: Bool { get }

    /// An access token for the interface, given to one of its keys.
    ///
    /// - Returns: nil when the provider refuses the key, and where there is none.
    func token(
        by signer: RotationSigner, _ errands: any TokenErrands, at time: Timestamp
    ) async throws(RotationStop) -> TokenText?

    func adding(_ new: CertifiedKey, provedBy signer: RotationSigner, now: Int64) throws(GrantFault) -> KeyRequest
    /// What the answer to that calls the new one; nil where it needn't say.
    func id(in answer: KeyAnswer) throws(RotationStop) -> String?
    func removing(_ id: String, now: Int64) throws(GrantFault) -> KeyRequest

    /// Whether the provider has heard of the new one, where the answer was lost.
    func found(_ new: CertifiedKey, by desk: RotationDesk) async throws(RotationStop) -> RotationFound
    /// What the provider calls the one before; nil where it isn't known, and where it isn't ours to remove.
    ///
    /// - Parameter said: what the row calls it.
    func idBefore(_ said: String?, _ token: TokenText, by desk: RotationDesk) async throws(RotationStop) -> String?

    /// Puts the new one in its place, with the one before behind it, and writes the step down.
    func install(_ new: CertifiedKey, _ next: KeyRotation, at time: Timestamp) async throws(BrokerError)
    /// Drops the one before, and writes down with these changes that this round is over.
    func finish(
        _ changes: [any StoredChange], at time: Timestamp, isLeft: Bool, _ more: JSONObject
    ) async throws(BrokerError)
}

/// Which key asks.
enum RotationSigner {
    case now
    case before
    /// With what the provider calls it, where it said so.
    case next(CertifiedKey, id: String?)
}

enum RotationFound {
    case missing
    /// It gives tokens to it.
    case taken
    /// By what it calls it.
    case listed(String)
}

extension KeyRotation {
    /// What leaves about this key begin with.
    var word: String {
        switch subject {
        case .key: "connection.key"
        case .app, .connection, .provider, .server, .newTools: "app.key"
        }
    }

    /// The connection that it is of, where it is one's.
    public var connection: ConnectionID? {
        switch subject {
        case .key(let id): id
        case .app, .connection, .provider, .server, .newTools: nil
        }
    }
}

extension RotationStop {
    /// - Parameter isOfKey: whether the failure says that the key isn't one of the holder's.
    /// - Returns: nil where the key is refused.
    static func token(
        of ask: () async throws(TokenProblem) -> TokenAnswer, isOfKey: (TokenFailure.Kind) -> Bool
    ) async throws(RotationStop) -> TokenText? {
        do throws(TokenProblem) {
            return try await ask().access
        } catch {
            switch error {
            case .notSent, .lost: throw .later(nil)
            case .answered(let failure):
                if isOfKey(failure.kind) { return nil }
                if case .transient(let wait) = failure.kind { throw .later(wait) }
                throw .problem(failure.code ?? "HTTP \(failure.status)")
            }
        }
    }
}
