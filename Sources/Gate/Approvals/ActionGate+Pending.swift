public import Authority

extension ActionGate {
    /// What waits for this person's answer, newest first. Without arguments, which are the approver's alone to see.
    public func pending(for person: PersonID, in organization: OrganizationID) async throws -> [Approval] {
        try await approvals.approvals(in: organization, pending: true, limit: 1000).filter {
            $0.state == .waiting && $0.approvers.contains(person)
        }
    }
}
