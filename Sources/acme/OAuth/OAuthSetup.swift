import Foundation

/// What stands in the authorization servers before anybody connects: apps, people, and where callers reach them.
struct OAuthSetup: Sendable {
    let slack: OAuthDesk
    let notion: OAuthDesk
    let google: OAuthDesk
    let microsoft: OAuthDesk
    let strict: OAuthDesk
    let domain = GoogleDomain()

    init(tokens: TokenStore, clock: AcmeClock) {
        slack = OAuthDesk(.slack, tokens: tokens, clock: clock)
        notion = OAuthDesk(.notion, tokens: tokens, clock: clock)
        google = OAuthDesk(.google, tokens: tokens, clock: clock)
        microsoft = OAuthDesk(.microsoft, tokens: tokens, clock: clock)
        strict = OAuthDesk(.strict, tokens: tokens, clock: clock)
    }

    private var desks: [OAuthDesk] {
        [slack, notion, google, microsoft, strict]
    }

    func desk(_ body: JSON) throws(SetupProblem) -> OAuthDesk {
        let service = body["service"]?.text
        guard let desk = desks.first(where: { $0.service.rawValue == service }) else {
            let known = desks.map(\.service.rawValue).joined(separator: ", ")
            throw SetupProblem("`service` must be one of \(known)")
        }
        return desk
    }

    /// `{"service", …}` with the members of `OAuthClient`.
    func client(_ body: JSON) throws(SetupProblem) {
        let client = try OAuthClient(body)
        try desk(body).step { $0.clients[client.id] = client }
    }

    /// `{"service", …}` with the members of `OAuthAccount`; without a service it is everybody's.
    func account(_ body: JSON) throws(SetupProblem) {
        let account = try OAuthAccount(body)
        let desks = body["service"] == nil ? desks : [try desk(body)]
        for desk in desks { desk.step { $0.put(account) } }
    }

    /// `{"service", "origin"}`.
    func origin(_ body: JSON) throws(SetupProblem) {
        guard let origin = body["origin"]?.text else { throw SetupProblem("`origin` must be a string") }
        try desk(body).set(origin: origin)
    }

    /// Reads `{"clients": […], "accounts": […], "origins": […]}`, whose entries are as in the calls of the control port.
    func read(_ path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw FileProblem(doing: "read", path: path)
        }
        guard let body = try? JSONReader.read(String(decoding: data, as: UTF8.self)), body.members != nil else {
            throw FileProblem(doing: "find an object in", path: path, code: EINVAL)
        }
        for entry in body["accounts"]?.items ?? [] { try account(entry) }
        for entry in body["clients"]?.items ?? [] { try client(entry) }
        for entry in body["origins"]?.items ?? [] { try origin(entry) }
    }
}
