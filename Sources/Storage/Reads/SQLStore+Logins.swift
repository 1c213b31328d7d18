public import Authority
public import Broker
public import Registry

extension SQLStore: LoginStore, SignInStore {
    private static let oneLogin = Query(
        "SELECT * FROM logins WHERE organization = $1 AND issuer = $2 AND subject = $3")
    private static let allLogins = Query(
        "SELECT * FROM logins WHERE organization = $1 ORDER BY person, issuer, subject")

    public func login(_ login: Login, in organization: OrganizationID) async throws -> LoginRecord? {
        try await row(SQLStore.oneLogin, [organization.raw, login.issuer, login.subject]).map(LoginRecord.init(row:))
    }

    public func logins(in organization: OrganizationID) async throws -> [LoginRecord] {
        try await rows(SQLStore.allLogins, [organization.raw]).map(LoginRecord.init(row:))
    }

    public func signInSettings() async throws -> [UInt8]? { try await value(SealedValue.signIn.rawValue) }
}

extension LoginRecord {
    fileprivate init(row: Row) throws {
        try self.init(
            organization: OrganizationID(row["organization"]),
            login: Login(issuer: row["issuer"], subject: row["subject"]), person: PersonID(row["person"]),
            by: row["linked_by"], at: Timestamp(microseconds: row["at"]))
    }
}
