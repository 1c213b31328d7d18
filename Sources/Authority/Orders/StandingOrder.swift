/// A delegate's written authority to act when nobody asks: for whom, with which tools, to what effect, for whose eyes, how often
/// and until when.
public struct StandingOrder: Hashable, Sendable {
    /// As the delegate's instructions call it.
    public let name: String
    public let principal: PersonID
    /// By their names, as they were when it was taken: a tool that comes later isn't among them.
    public let tools: Set<String>
    public let effects: EffectSet
    /// Who may get something by it. Nobody outside the organization ever does.
    public let recipients: Recipients
    public let callsPerDay: Int
    public let until: Timestamp

    public enum Recipients: Hashable, Sendable {
        case insiders
        /// Empty: what it does goes to nobody.
        case only(Set<PersonID>)
    }

    public init(
        name: String, principal: PersonID, tools: Set<String>, effects: EffectSet, recipients: Recipients,
        callsPerDay: Int, until: Timestamp
    ) {
        self.name = name
        self.principal = principal
        self.tools = tools
        self.effects = effects
        self.recipients = recipients
        self.callsPerDay = callsPerDay
        self.until = until
    }

    /// Whether it speaks of this call at all.
    ///
    /// - Parameter facets: nil when it is asked whether the tool may be listed.
    func covers(_ tool: ToolSpec, _ facets: Facets?, for principal: PersonID?) -> Bool {
        guard principal == self.principal, tools.contains(tool.name), effects.contains(tool.effect) else {
            return false
        }
        return facets?.destinations.allSatisfy(isRecipient) ?? true
    }

    private func isRecipient(_ destination: Destination) -> Bool {
        switch (destination, recipients) {
        case (.outsider, _): false
        case (.insider, .insiders): true
        case (.insider(let person), .only(let people)): people.contains(person)
        }
    }
}

/// An order, and whether it holds now.
public struct StandingOrderFacts: Hashable, Sendable {
    public enum Standing: String, Hashable, Sendable, CaseIterable {
        case live
        case expired
        /// The instructions say something else by now than when it was taken.
        case edited
    }

    public let order: StandingOrder
    /// Of the instructions that it was taken from.
    public let revision: String
    public let standing: Standing
    /// Calls that were made under it today, this one not counted.
    public var used: Int

    public init(order: StandingOrder, revision: String, standing: Standing, used: Int = 0) {
        self.order = order
        self.revision = revision
        self.standing = standing
        self.used = used
    }
}
