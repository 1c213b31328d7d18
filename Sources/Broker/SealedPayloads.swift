public import Gate
public import Vault

/// Seals arguments and results for the payload store.
public struct SealedPayloads: PayloadSealing {
    private let keys: KeyRing

    public init(keys: KeyRing) {
        self.keys = keys
    }

    public func seal(_ payload: [UInt8], id: String) throws -> [UInt8] { try keys.sealPayload(payload, id: id) }

    public func open(_ sealed: [UInt8], id: String) throws -> [UInt8] { try keys.openPayload(sealed, id: id) }
}
