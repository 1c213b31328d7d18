public import Authority
public import Gate

extension ConnectionStore {
    /// Whether nobody has connected, connected again, or chosen what a notice asks for since it was queued.
    public func isMissing(_ provider: ProviderID, for notice: QueuedNotice) async throws -> Bool {
        let owners = [Owner.person(notice.person), .agent(notice.agent)]
        let isChosen = try await choices(in: notice.organization).contains {
            $0.agent == notice.agent && $0.provider == provider && owners.contains($0.owner) && $0.at > notice.created
        }
        if isChosen { return false }
        return try await !connections(in: notice.organization, of: nil).contains { row in
            row.provider == provider && row.health == .healthy && row.granted > notice.created
                && owners.contains(row.owner)
        }
    }
}
