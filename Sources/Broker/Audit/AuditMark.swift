import Authority
import Ledger
import Vault
import Wire

/// Up to where the ledger was compared with the connections, and the sum of what it told of them there. The next audit
/// goes on from it. Sealed, so that nobody else can make one.
struct AuditMark: Sendable {
    let tree: MerkleTree
    let previous: Digest
    let sum: ConnectionSum
    /// Of the sum; drawn anew with each audit that begins at the beginning.
    let key: [UInt8]

    init(tree: MerkleTree, previous: Digest, sum: ConnectionSum, key: [UInt8]) {
        self.tree = tree
        self.previous = previous
        self.sum = sum
        self.key = key
    }

    /// Nil for bytes that this home didn't seal for this organization.
    init?(_ sealed: [UInt8], of organization: OrganizationID, with keys: KeyRing) {
        guard let bytes = try? keys.openPayload(sealed, id: AuditMark.sealID(organization)),
            let json = try? JSON.parse(bytes),
            let size = json["size"]?.integerValue,
            let edge = json["edge"]?.stringValue.flatMap(Base64.decodeURL),
            let tree = MerkleTree(size: size, edgeBytes: edge),
            let previous = json["previous"]?.stringValue.flatMap({ Digest(hex: $0) }),
            let count = json["count"]?.integerValue,
            let words = json["sum"]?.arrayValue?.compactMap({ $0.stringValue.flatMap { UInt64($0, radix: 16) } }),
            let sum = ConnectionSum(words: words, count: count),
            let key = json["key"]?.stringValue.flatMap(Base64.decodeURL), key.count == 32
        else { return nil }
        self.init(tree: tree, previous: previous, sum: sum, key: key)
    }

    func sealed(of organization: OrganizationID, with keys: KeyRing) throws(VaultError) -> [UInt8] {
        let json: JSON = [
            "size": .number(JSONNumber(tree.size)), "edge": .string(Base64.encodeURL(tree.edgeBytes)),
            "previous": .string(previous.hex), "count": .number(JSONNumber(sum.count)),
            "sum": .array(sum.words.map { .string(String($0, radix: 16)) }), "key": .string(Base64.encodeURL(key)),
        ]
        return try keys.sealPayload(json.bytes(), id: AuditMark.sealID(organization))
    }

    private static func sealID(_ organization: OrganizationID) -> String { "audit-mark/\(organization)" }
}
