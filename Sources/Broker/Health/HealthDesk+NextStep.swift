import Authority
import Gate

extension HealthDesk {
    /// What somebody does about it; nil where nobody has to.
    public func nextStep(of event: HealthEvent) async throws -> String? {
        guard event.standing.state.needsSomebody else { return nil }
        switch event.subject {
        case .connection(let id), .key(let id):
            return try await connections.standing(of: id, in: organization)?.nextStep
        case .app(let provider, of: let agent):
            guard event.standing.cause != .rotationFailed else {
                return "look at `deputy doctor`: the one in use works on, and it is tried again"
            }
            return try await app(at: provider, of: agent)?.stepToReplace
        case .provider(let provider, let cause):
            return cause.step(at: provider, through: try await app(at: provider, of: nil))
        case .server(let provider), .newTools(let provider):
            return event.standing.cause.step(at: provider, through: nil)
        }
    }

    private func app(at provider: ProviderID, of agent: AgentID?) async throws -> AppRecord? {
        try await keeper.apps.list(in: organization).first { $0.provider == provider && $0.agent == agent }
    }
}

extension ConnectionCause {
    /// What is done about it where many connections stand so, or none in particular; nil where nobody has to do anything.
    ///
    /// - Parameter app: that the provider knows us by; nil where none is known.
    func step(at provider: ProviderID, through app: AppRecord?) -> String? {
        switch self {
        case .works, .notRenewed, .keyRotated, .revoked: nil
        case .endsSoon, .ended, .grantOver, .ownerAsked, .permissionsRefused, .answerLost, .refused, .otherApp,
            .otherAccount, .secretEnds, .rotationDue, .rotationFailed:
            "each owner connects again, and was told; `deputy connections list` says who they are"
        case .permissionsLacking: "whoever runs this home has it asked for: `deputy connections widen ID`"
        case .appRefused:
            app.map { "whoever runs this home mends our app at `\(provider)`: \($0.stepToReplace)" }
                ?? "whoever runs this home looks at `deputy apps list`"
        case .appMissing: "whoever runs this home adds the app again: `deputy apps add \(provider) --client-id ID`"
        case .providerForbids: "ask the administrators of `\(provider)` to allow this app"
        case .notAsRecorded, .unopened: "whoever runs this home looks at `deputy doctor`"
        case .toolsChanged: "whoever released them looks at what has changed: `deputy tools list`"
        case .toolsNew: "whoever may release them looks at them: `deputy tools list`"
        case .authorizationChanged:
            "whoever runs this home looks at it, and takes it: `deputy servers authorize \(provider)`"
        }
    }
}
