import Authority
import Registry

extension ServerDesk {
    /// Why nobody may call a tool now, in words.
    func absence(of name: String, in organization: OrganizationID) async -> String {
        let found = try? await tools(in: organization).first { "\($0.server).\($0.name)" == name }
        guard let found else { return "the tool isn't there any more" }
        return switch found.state {
        case .released: "the tool is back just now: look again"
        case .withdrawn: "its server doesn't list the tool any more"
        case .quarantined where found.release == nil: "the tool is in quarantine, and nobody has released it"
        case .quarantined: "the tool is in quarantine: it has changed since it was released"
        }
    }
}
