import Broker
import Channels
import Turns
import Wire

/// What each channel has to be told of an account.
enum ChannelSettings {
    /// What is wrong; nil when nothing is.
    static func problem(_ kind: ChannelKind, _ settings: JSONObject) -> String? {
        switch kind {
        case .slack:
            do throws(SlackSettingsProblem) {
                _ = try SlackSettings(settings)
                return nil
            } catch {
                return error.sentence
            }
        case .mail:
            do throws(MailSettingsProblem) {
                _ = try MailAccountSettings(settings)
                return nil
            } catch {
                return error.sentence
            }
        case .web, .api:
            return settings.keys.first.map { "`\($0)` is no setting of \(kind.rawValue)" }
        }
    }
}

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
