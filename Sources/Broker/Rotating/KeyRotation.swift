public import Authority
public import Gate

/// How far a key of ours is on its way round, where it goes by itself. The raw value is its name in the store.
public enum RotationStep: String, Sendable, CaseIterable {
    /// The next one isn't due.
    case waiting
    /// The next one is made and sealed. The provider may have been told of it, or not.
    case adding
    /// The provider has been told of it, and hasn't given a token to it yet.
    case proving
    /// It is used, and the one before rests in case it isn't known everywhere yet.
    case resting
    /// The provider may have been told to forget the one before, or not.
    case removing
    /// Nobody wants it any more, and the provider may know a key that isn't used: it is to be deleted there.
    case ending
}

/// A key of ours that is replaced at its provider by itself, step by step.
public struct KeyRotation: Sendable, Hashable {
    public let organization: OrganizationID
    /// Of our app at a provider, or of a connection that a service account's key made.
    public let subject: HealthSubject
    public let provider: ProviderID
    public let place: RotationPlace
    /// For how many seconds the key before is kept once the new one is proven.
    public let grace: Int64
    public var step: RotationStep
    /// What the provider calls the key in use, and while another follows it the one that is to go; nil where nobody said.
    public var keyID: String?
    /// What it calls the one that follows; nil where it didn't say.
    public var nextID: String?
    /// The one that follows, sealed until it is in its place; empty otherwise.
    public var sealed: [UInt8]
    /// How often this step was tried.
    public var attempts: Int64
    /// Not to be tried before.
    public var due: Timestamp
    /// Why it doesn't go on: the provider's own word, or one of ours. It is tried again nevertheless.
    public var problem: String?
    /// One more with each change.
    public var version: Int64

    public init(
        organization: OrganizationID, subject: HealthSubject, provider: ProviderID, place: RotationPlace, grace: Int64,
        step: RotationStep, keyID: String?, nextID: String?, sealed: [UInt8], attempts: Int64, due: Timestamp,
        problem: String?, version: Int64
    ) {
        self.organization = organization
        self.subject = subject
        self.provider = provider
        self.place = place
        self.grace = grace
        self.step = step
        self.keyID = keyID
        self.nextID = nextID
        self.sealed = sealed
        self.attempts = attempts
        self.due = due
        self.problem = problem
        self.version = version
    }

    /// Whose own app it is; nil for the home's.
    var agent: AgentID? {
        switch subject {
        case .app(_, of: let agent): agent
        case .connection, .provider, .key, .server, .newTools: nil
        }
    }

    /// The row's key, and what the key that follows is sealed under.
    public var id: String { KeyRotation.id(of: subject, in: organization) }

    public static func id(of subject: HealthSubject, in organization: OrganizationID) -> String {
        "rotation/\(organization)/\(subject.text)"
    }

    /// When the next one is begun: when the schedule says so, and before the provider ends this one.
    static func due(every days: Int64, said: Timestamp?, given: Timestamp) -> Timestamp {
        let scheduled = given.adding(seconds: days * 86_400)
        return [scheduled, said?.adding(seconds: -aheadSeconds)].compactMap(\.self).min() ?? scheduled
    }

    /// So long before a provider's end another is made.
    static let aheadSeconds: Int64 = 30 * 86_400

    /// Whether nobody is told of this end but by how the rotation goes.
    func covers(_ end: SecretEnd, at now: Timestamp) -> Bool { now < end.ends || end.isScheduled }

    /// How the key stands whose rotation doesn't go on; nil where it does. A service account's is for whoever runs this home and
    /// its project to mend, while the connection works on; in the last week before the provider ends the key, that comes first.
    func standing(_ end: SecretEnd?, at now: Timestamp) -> ConnectionStanding? {
        guard let problem else { return nil }
        guard connection != nil else {
            return ConnectionStanding(.expiring, .rotationFailed, code: problem, until: end?.said)
        }
        if let said = end?.said {
            let last = SecretEnd(organization: organization, subject: subject, provider: provider, ends: said)
            if let days = last.warning(at: now), days <= 7 {
                return ConnectionStanding(
                    days == 0 ? .operatorAction : .expiring, .secretEnds, code: "\(days)", until: said)
            }
        }
        return ConnectionStanding(.operatorAction, .rotationFailed, code: problem, until: end?.said)
    }
}

/// What a provider calls the app or the account whose keys go round.
public struct RotationPlace: Sendable, Hashable {
    /// The application's object id in Microsoft's directory, or the service account's address at Google.
    public let object: String
    /// The directory it is registered in; nil where the manifest says it.
    public let tenant: String?

    public init(object: String, tenant: String?) {
        self.object = object
        self.tenant = tenant
    }
}

public protocol RotationStore: Sendable {
    func rotation(of subject: HealthSubject, in organization: OrganizationID) async throws -> KeyRotation?
    /// By their subjects.
    func rotations(in organization: OrganizationID) async throws -> [KeyRotation]
    /// Those whose time has come, the longest due first.
    func rotationsDue(by time: Timestamp, limit: Int) async throws -> [KeyRotation]
}

public enum RotationChange: StoredChange {
    /// Refused (`exists`) where there is one already.
    case add(KeyRotation)
    /// Refused (`exists`) unless it follows the version that is there.
    case step(KeyRotation)
    /// What isn't there is no fault.
    case drop(HealthSubject, OrganizationID)
}
