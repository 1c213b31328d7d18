import Broker
import Turns
import Wire

/// Seals with the home's keys.
struct VaultChannelSealing: ChannelSealing {
    let secrets: SigningSecrets

    func seal(_ secret: inout [UInt8], of account: ChannelAccountID) throws -> [UInt8] {
        try secrets.seal(&secret, for: account.place)
    }

    func signing(_ sealed: [UInt8], of account: ChannelAccountID) throws -> any ChannelSigning {
        LentSigning(secret: try secrets.open(sealed, for: account.place))
    }
}

private struct LentSigning: ChannelSigning {
    let secret: HeldSecret

    func isHMACSHA256(_ mac: [UInt8], of message: [UInt8]) -> Bool { secret.isHMACSHA256(mac, of: message) }
}
