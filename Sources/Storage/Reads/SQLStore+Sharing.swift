public import Authority
import Gate
public import Registry

extension SQLStore: SharingStore {
    private static let allGroups = Query("SELECT * FROM people_groups WHERE organization = $1 ORDER BY id")
    private static let allShares = Query("SELECT * FROM shares WHERE organization = $1 ORDER BY agent, grantee")

    public func sharing(in organization: OrganizationID) async throws -> Sharing {
        try await driver.snapshot { session in
            let groups = try await session.rows(SQLStore.allGroups, [organization.raw])
            let shares = try await session.rows(SQLStore.allShares, [organization.raw])
            return Sharing(
                groups: try groups.map { row in
                    try GroupRecord(
                        organization: organization, id: GroupID(row["id"]), name: row["name"],
                        members: Set([String](stored: row["members"]).map { PersonID($0) }))
                },
                shares: try shares.map { row in
                    guard let grantee = Grantee(text: try row["grantee"]) else {
                        throw StorageError(.corrupt, "a share can't be read")
                    }
                    let channels = try (row["channels"] as String?).map {
                        try [String](stored: $0).map(SharedPlace.init(text:))
                    }
                    guard channels?.contains(nil) != true else {
                        throw StorageError(.corrupt, "the channels of a share can't be read")
                    }
                    return try ShareRecord(
                        organization: organization, agent: AgentID(row["agent"]), grantee: grantee,
                        rights: Set([String](stored: row["rights"]).compactMap(ShareRight.init)),
                        channels: channels.map { Set($0.compactMap(\.self)) }, by: row["shared_by"],
                        at: Timestamp(microseconds: row["at"]))
                })
        }
    }
}
