public import Authority
import Gate
public import Registry

extension SQLStore: SharingStore {
    private static let allGroups = Query("SELECT * FROM people_groups WHERE organization = $1 ORDER BY id")
    private static let allShares = Query("SELECT * FROM shares WHERE organization = $1 ORDER BY agent, grantee")
    private static let oneGroup = Query("SELECT * FROM people_groups WHERE organization = $1 AND id = $2")
    private static let sharesOfAgent = Query(
        "SELECT * FROM shares WHERE organization = $1 AND agent = $2 ORDER BY grantee")

    public func sharing(in organization: OrganizationID) async throws -> Sharing {
        try await driver.snapshot { session in
            let groups = try await session.rows(SQLStore.allGroups, [organization.raw])
            let shares = try await session.rows(SQLStore.allShares, [organization.raw])
            return Sharing(
                groups: try groups.map { try GroupRecord(row: $0, in: organization) },
                shares: try shares.map { try ShareRecord(row: $0, in: organization) })
        }
    }

    public func sharing(of agent: AgentID, in organization: OrganizationID) async throws -> Sharing {
        try await driver.snapshot { session in
            let shares = try await session.rows(SQLStore.sharesOfAgent, [organization.raw, agent.raw])
                .map { try ShareRecord(row: $0, in: organization) }
            var groups: [GroupRecord] = []
            for share in shares {
                guard case .group(let id) = share.grantee else { continue }
                groups += try await session.rows(SQLStore.oneGroup, [organization.raw, id.raw])
                    .map { try GroupRecord(row: $0, in: organization) }
            }
            return Sharing(groups: groups, shares: shares)
        }
    }
}

extension GroupRecord {
    fileprivate init(row: Row, in organization: OrganizationID) throws {
        self.init(
            organization: organization, id: try GroupID(row["id"]), name: try row["name"],
            members: try Set([String](stored: row["members"]).map { PersonID($0) }))
    }
}

extension ShareRecord {
    fileprivate init(row: Row, in organization: OrganizationID) throws {
        guard let grantee = Grantee(text: try row["grantee"]) else {
            throw StorageError(.corrupt, "a share can't be read")
        }
        let channels = try (row["channels"] as String?).map { try [String](stored: $0).map(SharedPlace.init(text:)) }
        guard channels?.contains(nil) != true else {
            throw StorageError(.corrupt, "the channels of a share can't be read")
        }
        self.init(
            organization: organization, agent: try AgentID(row["agent"]), grantee: grantee,
            rights: try Set([String](stored: row["rights"]).compactMap(ShareRight.init)),
            channels: channels.map { Set($0.compactMap(\.self)) }, by: try row["shared_by"],
            at: Timestamp(microseconds: try row["at"]))
    }
}
