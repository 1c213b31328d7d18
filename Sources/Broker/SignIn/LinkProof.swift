public import Authority
import Gate
import OpenID
import Vault
public import Wire

/// A login that a provider named, for the one browser session that asked: what stands in the form with which its person
/// links it. Sealed, so that nobody puts another login there.
public struct ProvedLogin: Sendable, Hashable {
    public let issuer: String
    public let subject: String
    /// Whom the platform calls the person on its channel.
    public let senders: [SenderID]
    public let digest: Digest
    public let until: Timestamp
}

extension SignInDesk {
    private static let proofPlace = "sign-in-proof/"

    /// - Parameters:
    ///   - session: of the browser.
    ///   - senders: whom the platform calls the person on its channel.
    public func proof(
        of done: CompletedSignIn, being senders: [SenderID] = [], for session: String
    ) throws(BrokerError) -> String {
        let id = Base64.encodeURL(randomBytes(18))
        let value: JSON = [
            "issuer": .string(done.token.issuer), "subject": .string(done.token.subject),
            "session": .string(session), "senders": .array(senders.map { .string($0.raw) }),
            "digest": .string(done.digest.hex),
            "until": .number(JSONNumber(done.until.microseconds)),
        ]
        do throws(VaultError) {
            return id + "." + Base64.encodeURL(try keys.sealPayload(value.bytes(), id: SignInDesk.proofPlace + id))
        } catch {
            throw BrokerError(.unavailable, error.message, hint: error.hint)
        }
    }

    /// Nil when it isn't what `proof` made for this browser session, or is too old.
    public func proved(_ text: String, for session: String) -> ProvedLogin? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let sealed = Base64.decodeURL(parts[1]),
            let bytes = try? keys.openPayload(sealed, id: SignInDesk.proofPlace + parts[0]),
            let json = try? JSON.parse(bytes), json["session"]?.stringValue == session,
            let issuer = json["issuer"]?.stringValue, let subject = json["subject"]?.stringValue,
            let senders = json["senders"]?.arrayValue?.compactMap(\.stringValue),
            let digest = json["digest"]?.stringValue.flatMap({ Digest(hex: $0) }),
            let until = json["until"]?.integerValue, world.now() < Timestamp(microseconds: until)
        else { return nil }
        return ProvedLogin(
            issuer: issuer, subject: subject, senders: senders.map { SenderID($0) }, digest: digest,
            until: Timestamp(microseconds: until))
    }
}
