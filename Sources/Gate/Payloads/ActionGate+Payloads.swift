public import Authority
import Ledger
public import Wire

/// One payload as it was kept, with what shows that a leaf commits to it: HMAC-SHA-256 of the text under the key.
public struct ReadPayload: Sendable, Hashable {
    public let id: String
    public let key: [UInt8]
    public let text: String

    /// As the independent verifier takes it.
    public var json: JSON {
        ["payload": .string(id), "key": .string(Base64.encode(key)), "text": .string(text)]
    }
}

/// What a call was given and what came back. Nil where there is none, or it was erased.
public struct CallPayloads: Sendable, Hashable {
    public let arguments: ReadPayload?
    public let result: ReadPayload?
}

extension ActionGate {
    /// Opens a call's payloads for somebody who may read them, once a leaf says who reads them and why.
    ///
    /// Who may is the caller's to judge; what that stands on is compared in the commit of the leaf.
    ///
    /// - Throws: `CommitError` when the leaf can't be written, and nothing is opened then.
    public func readPayloads(
        of call: CallID, in organization: OrganizationID, by person: PersonID, because reason: String,
        under unmoved: [EpochReading]
    ) async throws -> CallPayloads {
        let leaf = try Leaf(
            kind: .authority, time: world.now().microseconds,
            fields: [
                "change": "payload.read", "by": .string("person:\(person)"), "call": .string(call.raw),
                "reason": .string(reason),
            ])
        try await commits.commit(
            Transaction(requires: unmoved, leaves: [PlacedLeaf(leaf, in: .organization(organization))]))
        return CallPayloads(
            arguments: try await payloads.read("\(call)/arguments"), result: try await payloads.read("\(call)/result"))
    }
}
