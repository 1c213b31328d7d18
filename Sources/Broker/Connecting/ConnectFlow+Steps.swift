public import Authority
public import Wire

/// A browser that is signed in: whose, and which.
public struct ConnectVisitor: Sendable, Hashable {
    public let organization: OrganizationID
    public let person: PersonID
    /// The id of the browser session.
    public let session: String

    public init(organization: OrganizationID, person: PersonID, session: String) {
        self.organization = organization
        self.person = person
        self.session = session
    }
}

/// What may follow what, and by whom. Pure.
extension ConnectFlow {
    public static let awaySeconds: Int64 = 600
    public static let offeredSeconds: Int64 = 600
    /// How long an exchange may take before it counts as lost.
    public static let exchangeSeconds: Int64 = 60

    /// The person who finishes is the person who asked: nobody else sees or does anything here.
    public func check(_ visitor: ConnectVisitor?) throws(ConnectRefusal) {
        guard let visitor else { throw .nobody }
        guard visitor.organization == aim.organization, visitor.person == aim.person else { throw .somebodyElses }
    }

    /// The departure that an answer belongs to. The state has found the flow; it counts once, for the browser that was sent
    /// off, within ten minutes.
    public func departure(by visitor: ConnectVisitor?, at now: Timestamp) throws(ConnectRefusal) -> ConnectDeparture {
        try check(visitor)
        guard case .away(let departure) = stage else { throw .over }
        guard visitor?.session == departure.session else { throw .anotherBrowser }
        guard now < departure.until else { throw .stale }
        return departure
    }

    /// The offer that a person answers, in the browser in which it is shown.
    ///
    /// - Parameter shown: what the page showed; nil for a no, which needs none.
    public func offer(by visitor: ConnectVisitor, shown: Digest?, at now: Timestamp) throws(ConnectRefusal)
        -> ConnectOffer
    {
        try check(visitor)
        guard case .offered(let offer) = stage else { throw .over }
        guard visitor.session == offer.session else { throw .anotherBrowser }
        guard now < offer.until else { throw .stale }
        if let shown, !Digest.constantTimeEqual(offer.shown(of: id), shown) { throw .changed }
        return offer
    }

    /// The stage as it is at a moment: what has run out isn't under way any more.
    public func stage(at now: Timestamp) -> ConnectStage {
        if let until = stage.until, now >= until { return .waiting }
        return stage
    }
}

extension ConnectOffer {
    /// - Parameters:
    ///   - another: the person says yes to another account than before.
    ///   - sharing: the agent's owner says yes to sharing their own.
    public func check(another: Bool, sharing: Bool) throws(ConnectRefusal) {
        guard before == nil || another, !isOwners || sharing else { throw .needsYes }
    }
}
