public import Turns
import Wire

/// Seals nothing: what it gives holds the secret, and the account that it is for. A message is signed by the digest of secret
/// and message.
public struct FakeChannelSealing: ChannelSealing {
    public init() {}

    private struct Altered: Error {}

    public func seal(_ secret: inout [UInt8], of account: ChannelAccountID) throws -> [UInt8] {
        defer { secret = [] }
        return Array(account.place.utf8) + [0] + secret
    }

    public func signing(_ sealed: [UInt8], of account: ChannelAccountID) throws -> any ChannelSigning {
        let head = Array(account.place.utf8) + [0]
        guard sealed.starts(with: head) else { throw Altered() }
        return Signing(secret: Array(sealed.dropFirst(head.count)))
    }

    public static func mac(of message: [UInt8], with secret: [UInt8]) -> [UInt8] {
        Digest.sha256(of: secret + message).bytes
    }

    private struct Signing: ChannelSigning {
        let secret: [UInt8]

        func isHMACSHA256(_ mac: [UInt8], of message: [UInt8]) -> Bool {
            mac == FakeChannelSealing.mac(of: message, with: secret)
        }
    }
}
