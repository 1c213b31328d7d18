import Authority

/// A way to break the naive evaluation on purpose. A comparison that doesn't notice it would notice nothing else.
enum Fault: Hashable, Sendable {
    /// The rule never says anything.
    case forgets(Rule)
    /// One rule of the layer is a little wrong.
    case bends(Layer)
}

extension Layer {
    /// What `Fault.bends` gets wrong in this layer.
    var bentRule: String {
        switch self {
        case .standing: "an expired client is taken for an active one"
        case .access: "a principal who isn't listed is no user"
        case .hardBlocks: "a window discharges what leaves the organization"
        case .toolPolicy: "`allow: []` is read as no `allow` key"
        case .tier: "tier 1 may create"
        case .flow: "every insider may read everything"
        case .credential: "without a connection of the owner, anybody's will do"
        case .oversight: "an approver of a claw agrees to their own request"
        case .budget: "one call more than the limit"
        }
    }
}
