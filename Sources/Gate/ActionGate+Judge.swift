import Authority
import Wire

/// What judging one request came to.
enum Judging {
    case judged(JudgedRequest)
    /// There was nothing to decide about.
    case refused(Answer)
}

extension ActionGate {
    /// Gathers the facts and decides, without anybody's agreement. Writes nothing.
    func judge(_ request: ToolCallRequest, concurrent: Int) async throws -> Judging {
        guard let authority = try await authority(for: request) else { return .refused(.noSuchTool) }
        let shelf = shelves.current
        guard shelf.catalogue.version == authority.mandate.catalogue.version else {
            throw CommitError.moved(.organization(request.organization))
        }
        guard let (index, tool) = shelf.find(request.tool) else { return .refused(.noSuchTool) }
        let arguments: JSONObject
        do {
            arguments = try validated(request.arguments, tool, authority)
        } catch {
            let listing = try await gather(request, authority, index, tool, arguments: nil, concurrent: concurrent)
            return .refused(
                mayBeListed(listing.request, listing.mandate) ? .invalid(error.violations) : .noSuchTool)
        }
        let gathered = try await gather(request, authority, index, tool, arguments: arguments, concurrent: concurrent)
        return .judged(
            JudgedRequest(request, authority, tool, gathered, decide(gathered.request, gathered.mandate)))
    }

    /// What the registry knows, of the very agent that is asked: another one's mandate would lend another one's accounts.
    public func authority(for request: ToolCallRequest) async throws -> AuthorityFacts? {
        let found = try await facts.facts(for: request)
        if let found, found.mandate.agent != request.agent { throw MixedUpFacts(agent: found.mandate.agent) }
        return found
    }

    /// Arguments as they will be judged and sent: an omitted subject is the principal's own, defaults are filled in.
    func validated(
        _ arguments: JSONObject, _ tool: CallableTool, _ authority: AuthorityFacts
    ) throws(SchemaViolations) -> JSONObject {
        var arguments = arguments
        if tool.spec.isCompanyWide, let name = tool.roles.first(where: { $0.value == .subject })?.key,
            arguments[name] == nil, let own = authority.subjects[tool.spec.provider]
        {
            arguments[name] = .string(own)
        }
        return try tool.schema.validate(.object(arguments)).objectValue ?? [:]
    }
}

/// The registry answered with the facts of an agent that wasn't asked for.
private struct MixedUpFacts: Error {
    let agent: AgentID
}
