import Authority
import OAuth
import Vault
import Wire

/// Tokens that wait for their person's yes: sealed in the flow's row, so that a crash loses the flow and nothing else.
struct HeldTokens {
    let answer: TokenAnswer
    /// When it was asked for.
    let at: Timestamp

    init(_ answer: TokenAnswer, at: Timestamp) {
        self.answer = answer
        self.at = at
    }

    func sealed(by keys: KeyRing, _ place: String) throws(ConnectProblem) -> [UInt8] {
        var object: JSONObject = [
            "access": .string(answer.access.text), "at": .number(JSONNumber(at.microseconds)),
            "about": .object(answer.about),
        ]
        if let refresh = answer.refresh { object["refresh"] = .string(refresh.text) }
        if let idToken = answer.idToken { object["idToken"] = .string(idToken.text) }
        if let lifetime = answer.lifetime { object["lifetime"] = .number(JSONNumber(lifetime)) }
        if let scopes = answer.scopes { object["scopes"] = .array(scopes.sorted().map { .string($0) }) }
        do throws(VaultError) {
            return try keys.sealPayload(JSON.object(object).bytes(), id: place)
        } catch {
            throw ConnectProblem(.unreachable, error.message, hint: error.hint)
        }
    }

    /// Nil when it isn't what `sealed` made for this place.
    init?(_ sealed: [UInt8], opening keys: KeyRing, _ place: String) {
        guard let bytes = try? keys.openPayload(sealed, id: place), let json = try? JSON.parse(bytes),
            let access = json["access"]?.stringValue.flatMap(TokenText.init), let at = json["at"]?.integerValue
        else { return nil }
        answer = TokenAnswer(
            access: access, refresh: json["refresh"]?.stringValue.flatMap(TokenText.init),
            idToken: json["idToken"]?.stringValue.flatMap(TokenText.init),
            scopes: json["scopes"]?.arrayValue.map { Set($0.compactMap(\.stringValue)) },
            lifetime: json["lifetime"]?.integerValue, about: json["about"]?.objectValue ?? [:])
        self.at = Timestamp(microseconds: at)
    }
}
