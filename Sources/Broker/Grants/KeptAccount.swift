import OAuth
import Wire

/// What is kept of a service account's grant, while its key may be another: the key in use, and the one before for as long as
/// that isn't forgotten. Whom it acts as and what for stay as they were written.
struct KeptAccount {
    let account: ServiceAccountKey
    /// Asked with where the provider refuses the one in use.
    let before: ServiceAccountKey?
    private let rest: JSONObject

    /// - Returns: nil unless this is what such a grant keeps.
    init?(_ text: TokenText) {
        guard let bytes = Base64.decodeURL(text.text), let stored = (try? JSON.parse(bytes))?.objectValue,
            let account = stored["account"].flatMap(ServiceAccountKey.init(stored:))
        else { return nil }
        self.account = account
        before = stored["before"].flatMap(ServiceAccountKey.init(stored:))
        rest = stored
    }

    /// The same grant, with these keys.
    init(_ kept: KeptAccount, now account: ServiceAccountKey, before: ServiceAccountKey?) {
        self.account = account
        self.before = before
        rest = kept.rest
    }

    /// For sealing alone. A secret.
    var text: TokenText? {
        var stored = rest
        stored["account"] = account.stored
        stored["before"] = before?.stored
        return TokenText(Base64.encodeURL(JSON.object(stored).bytes()))
    }
}
