public import Authority
import Logging
public import Wire

/// What a person may see of an agent.
public enum Listing: Sendable {
    case tools([CallableTool])
    /// The agent can do nothing for this person, and why.
    case nothing([Finding])
    /// There is no such agent, or this person may not use it. Both answer alike.
    case noSuchAgent
    case unavailable(String)
}

/// What a call would come to, without anything being done or recorded.
public enum Explanation: Sendable {
    case decision(Decision, tool: ToolSpec)
    case invalid([SchemaViolation])
    case noSuchAgent
    case noSuchTool
}

extension ActionGate {
    /// The tools that aren't certainly denied to this requester, in the order of their names.
    ///
    /// - Parameter request: its tool and arguments don't matter.
    public func list(for request: ToolCallRequest) async -> Listing {
        do {
            guard let authority = try await authority(for: request) else { return .noSuchAgent }
            let shelf = shelves.current
            guard shelf.catalogue.version == authority.mandate.catalogue.version else {
                return .unavailable("the tools are changing just now; try again")
            }
            var shown: [CallableTool] = []
            var denials: [Finding] = []
            for tool in shelf.all {
                guard let (index, _) = shelf.find(tool.spec.name) else { continue }
                let gathered = try await gather(request, authority, index, tool, arguments: nil, concurrent: 0)
                switch decide(gathered.request, gathered.mandate).verdict {
                case .permit, .ask, .connect: shown.append(tool)
                // An order that is over is no secret, and why a call is refused is recorded with the call.
                case .deny(let findings) where findings.allSatisfy(\.rule.isOrderOver): shown.append(tool)
                case .deny(let findings): denials += findings
                }
            }
            if !shown.isEmpty { return .tools(shown) }
            if denials.contains(where: { $0.rule == .notAUser || $0.rule == .otherOrganization }) {
                return .noSuchAgent
            }
            let told = denials.filter(\.rule.isTold)
            return .nothing(told.reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
        } catch {
            if !Task.isCancelled { log.error("tools could not be listed", metadata: ["error": "\(error)"]) }
            return .unavailable("the gateway can't read its own state")
        }
    }

    /// Decides without committing anything. For administrators: it names rules that an agent's client isn't told.
    ///
    /// - Parameter assuming: decides under these facts of the registry in the place of those that hold now.
    public func explain(
        _ request: ToolCallRequest, assuming: AuthorityFacts? = nil
    ) async throws -> Explanation {
        let found = if let assuming { assuming } else { try await authority(for: request) }
        guard let authority = found else { return .noSuchAgent }
        let shelf = shelves.current
        guard shelf.catalogue.version == authority.mandate.catalogue.version else {
            throw CommitError.moved(.organization(request.organization))
        }
        guard let (index, tool) = shelf.find(request.tool) else { return .noSuchTool }
        do {
            let arguments = try validated(request.arguments, tool, authority)
            let gathered = try await gather(request, authority, index, tool, arguments: arguments, concurrent: 0)
            return .decision(decide(gathered.request, gathered.mandate), tool: tool.spec)
        } catch let error as SchemaViolations {
            return .invalid(error.violations)
        }
    }
}
