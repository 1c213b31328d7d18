public import Authority
public import Registry
public import Wire

extension SQLStore: BrowserStore {
    private static let oneLink = Query("SELECT * FROM login_links WHERE hash = $1")
    private static let byHash = Query("SELECT * FROM browser_sessions WHERE hash = $1 OR previous = $1")
    private static let byPerson = Query(
        "SELECT * FROM browser_sessions WHERE organization = $1 AND person = $2 ORDER BY created, id")

    public func loginLink(_ hash: Digest) async throws -> LoginLink? {
        try await row(SQLStore.oneLink, [hash.bytes]).map { row in
            try LoginLink(
                hash: hash, organization: OrganizationID(row["organization"]), person: PersonID(row["person"]),
                expires: Timestamp(microseconds: row["expires"]))
        }
    }

    public func browserSession(_ hash: Digest) async throws -> BrowserSession? {
        try await row(SQLStore.byHash, [hash.bytes]).map(BrowserSession.init(row:))
    }

    public func browserSessions(
        of person: PersonID, in organization: OrganizationID
    ) async throws -> [BrowserSession] {
        try await rows(SQLStore.byPerson, [organization.raw, person.raw]).map(BrowserSession.init(row:))
    }
}

extension BrowserSession {
    fileprivate init(row: Row) throws {
        guard let hash = Digest(bytes: try row["hash"] as [UInt8]) else {
            throw StorageError(.corrupt, "a browser session can't be read")
        }
        try self.init(
            id: BrowserSessionID(row["id"]), organization: OrganizationID(row["organization"]),
            person: PersonID(row["person"]), hash: hash,
            previous: (try row["previous"] as [UInt8]?).flatMap { Digest(bytes: $0) },
            rotated: Timestamp(microseconds: row["rotated"]), csrf: row["csrf"], browser: row["browser"],
            created: Timestamp(microseconds: row["created"]), lastSeen: Timestamp(microseconds: row["last_seen"]),
            provided: try ProvidedSession(row: row))
    }
}

extension ProvidedSession {
    /// Nil for a session of another origin.
    fileprivate init?(row: Row) throws {
        guard let provider = try row["provider"] as String?, let issuer = try row["issuer"] as String?,
            let subject = try row["subject"] as String?
        else { return nil }
        try self.init(
            provider: provider, login: Login(issuer: issuer, subject: subject), session: row["provider_session"],
            hint: row["hint"])
    }
}
