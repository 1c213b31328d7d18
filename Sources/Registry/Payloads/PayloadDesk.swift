public import Authority
public import Gate
import Wire

/// Reads what a call was given and what came back, for a person with the role `payload_reader`. Each reading leaves a leaf
/// before anything is opened.
public struct PayloadDesk: Sendable {
    private let administration: Administration
    private let gate: ActionGate

    /// A reason is kept for good, so it is short.
    private static let longestReason = 200
    private static let batch: Int64 = 1_000

    public init(administration: Administration, gate: ActionGate) {
        self.administration = administration
        self.gate = gate
    }

    /// Whether there is anything here for this person.
    public func isReader(_ person: PersonID, in organization: OrganizationID) async throws(RegistryError) -> Bool {
        guard try await administration.payloadReaders(in: organization).contains(person) else { return false }
        return try await administration.requirePerson(person, in: organization).standing == .active
    }

    public func read(
        _ call: CallID, because reason: String, by person: PersonID, in organization: OrganizationID
    ) async throws(RegistryError) -> CallPayloads {
        let unmoved = await administration.readings(of: [.organization(organization), .person(organization, person)])
        guard try await isReader(person, in: organization) else {
            throw RegistryError(
                .refused, "`\(person)` may not read arguments and results",
                hint: "that is a role of its own: `deputy people role NAME payload_reader`")
        }
        let reason = reason.trimmed
        guard !reason.isEmpty, reason.utf8.count <= PayloadDesk.longestReason else {
            throw RegistryError(
                .invalid, "say in 1 to \(PayloadDesk.longestReason) bytes why you read it",
                hint: "the reason stays in the ledger with your name")
        }
        guard try await isCall(call, of: organization) else {
            throw RegistryError(
                .unknown, "the ledger has no call `\(call)`", hint: "find it with `deputy ledger show --limit 100`")
        }
        do {
            return try await gate.readPayloads(
                of: call, in: organization, by: person, because: reason, under: unmoved)
        } catch let error as CommitError {
            throw RegistryError(error)
        } catch {
            throw RegistryError(.unavailable, "the payload can't be opened", hint: "see `deputy keys verify`")
        }
    }

    /// Looks from the end of the tree: what somebody looks into is mostly recent. Another organization's call isn't there.
    private func isCall(_ call: CallID, of organization: OrganizationID) async throws(RegistryError) -> Bool {
        let (store, tree, name) = (administration.store, TreeID.organization(organization), Array(call.raw.utf8))
        guard !name.isEmpty else { return false }
        return try await administration.read {
            var first = try await store.head(of: tree).size
            while first > 0 {
                let start = max(0, first - PayloadDesk.batch)
                for record in try await store.records(of: tree, from: start, limit: Int(first - start))
                where record.bytes.holds(name) {
                    let leaf = try JSON.parse(record.bytes)
                    if leaf["kind"] == "decision", leaf["call"]?.stringValue == call.raw { return true }
                }
                first = start
            }
            return false
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
