/// Kinds of evidence that may discharge an obligation.
public struct EvidenceKinds: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// A human's answer, bound to the digest of the exact call.
    public static let approval = EvidenceKinds(rawValue: 1)
    /// An approval that stays open for these arguments or this destination.
    public static let window = EvidenceKinds(rawValue: 2)
    /// A delegate's written, expiring authority for unattended work.
    public static let order = EvidenceKinds(rawValue: 4)
}

/// Something that a human agreed to, already matched to this call by the gate.
public struct Evidence: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case approval, window, order
    }

    public let kind: Kind
    /// Who agreed.
    public let by: PersonID

    public init(kind: Kind, by: PersonID) {
        self.kind = kind
        self.by = by
    }

    var kinds: EvidenceKinds {
        switch kind {
        case .approval: .approval
        case .window: .window
        case .order: .order
        }
    }
}

/// Somebody has to agree: who may, and by which kind of evidence.
public struct Obligation: Hashable, Sendable {
    /// Any one of them is enough. Empty: nobody can, and the obligation stays open.
    public let approvers: Set<PersonID>
    public let accepts: EvidenceKinds

    public init(approvers: Set<PersonID>, accepts: EvidenceKinds) {
        self.approvers = approvers
        self.accepts = accepts
    }

    func isDischarged(by evidence: [Evidence]) -> Bool {
        evidence.contains { accepts.isSuperset(of: $0.kinds) && approvers.contains($0.by) }
    }
}
