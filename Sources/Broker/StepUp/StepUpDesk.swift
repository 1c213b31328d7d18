import Authority
public import Definition
public import Gate
import Ledger
import OAuth
import Wire

/// Keeps what a provider's API says that a call lacks, so that the connection's owner is asked for it: never more than the agent's
/// own tools need or may need, and once. A provider that still refuses what it has granted since is believed no more.
public struct StepUpDesk: ScopeChallenges {
    private let store: any ConnectionStore
    private let commits: any Commits
    private let providers: ProviderShelf
    private let keeper: TokenKeeper?
    private let world: World

    /// - Parameter keeper: of the tokens; nil where no connection has any.
    public init(
        store: any ConnectionStore, commits: any Commits, providers: ProviderShelf, keeper: TokenKeeper?, world: World
    ) {
        self.store = store
        self.commits = commits
        self.providers = providers
        self.keeper = keeper
        self.world = world
    }

    /// Whether it is a provider with a manifest, and not a remote server.
    public func knows(_ use: ConnectionUse?) -> Bool {
        use.map { providers.manifest(of: $0.facts.provider) != nil } ?? false
    }

    public func challenged(_ lack: ScopeLack, by call: LackingCall) async -> ScopeLesson {
        if case .challenge(let text) = lack, let challenge = BearerChallenge(text), challenge.wantsSignIn {
            return await signIn(challenge.claims, by: call)
        }
        guard let use = call.use, let manifest = providers.manifest(of: use.facts.provider),
            let wanted = StepUpDesk.wanted(lack, by: call, at: manifest), !wanted.isEmpty
        else { return .nothing }
        let beyond = wanted.subtracting(call.most).subtracting(manifest.oauth?.scopes ?? [])
        guard beyond.isEmpty else {
            try? await commits.commit(
                Transaction(leaves: [try leaf("connection.scopes-refused", wanted, of: use, for: call)]))
            return .refused(.beyond(beyond, call, manifest))
        }
        for _ in 0..<3 {
            if let lesson = await learn(wanted, of: use, for: call, at: manifest) { return lesson }
        }
        return .nothing
    }

    /// A provider's API wants more of the owner's sign-in than the one had that the grant is of. Nobody else can give it that: the
    /// connection is out of use until its owner has signed in there with what it wants.
    private func signIn(_ claims: String?, by call: LackingCall) async -> ScopeLesson {
        guard let use = call.use, let keeper, let row = try? await store.connection(use.facts.id),
            row.kind == ConnectionDesk.grantKind
        else { return .nothing }
        // Connected again meanwhile: then this says nothing of what there is now.
        guard row.generation == use.generation, row.health == .healthy else { return .learned([]) }
        return await keeper.demanded(claims, of: use) ? .learned([]) : .nothing
    }

    /// Nil when somebody else changed the connection just then.
    private func learn(
        _ wanted: Set<String>, of use: ConnectionUse, for call: LackingCall, at manifest: ProviderManifest
    ) async -> ScopeLesson? {
        let scope = EpochScope.connections(use.organization, use.facts.owner, use.facts.provider)
        let reading = await commits.reading(scope)
        guard let row = try? await store.connection(use.facts.id) else { return .nothing }
        // Connected again meanwhile: what was refused isn't what there is now.
        guard row.generation == use.generation, row.health == .healthy else { return .learned([]) }
        guard row.kind == ConnectionDesk.grantKind, let server = manifest.oauth, server.exchange == nil else {
            return .refused(.notByConsent(wanted, row, manifest))
        }
        let settled = row.lacks.settled(wanted, for: call.tool, row.scopes, generation: row.generation)
        let open = wanted.subtracting(settled)
        guard !open.isEmpty else { return .refused(.stillRefused(settled, call, manifest)) }
        var lacks = row.lacks
        lacks.note(open, for: call.tool, always: call.needs, generation: row.generation)
        guard lacks != row.lacks else { return .learned(open) }
        do {
            try await commits.commit(
                Transaction(
                    requires: [reading], bumps: [scope],
                    changes: [BrokerChange.lack(row.id, row.generation, lacks)],
                    leaves: [try leaf("connection.scopes-needed", open, of: use, for: call)]))
            return .learned(open)
        } catch CommitError.moved, CommitError.exists {
            return nil
        } catch {
            return .nothing
        }
    }

    /// What the provider wants; nil when it says nothing of scopes that could be read.
    static func wanted(_ lack: ScopeLack, by call: LackingCall, at manifest: ProviderManifest) -> Set<String>? {
        let named: Set<String>?
        switch lack {
        case .unnamed: named = nil
        case .named(let words):
            guard words.count <= 100, words.allSatisfy(Scopes.isOne) else { return nil }
            named = words.isEmpty ? nil : Set(words)
        case .challenge(let text):
            guard let challenge = BearerChallenge(text), challenge.error == "insufficient_scope" else { return nil }
            named = challenge.scopes.flatMap { $0.isEmpty ? nil : $0 }
        }
        let prefix = manifest.oauth?.dialect.scopePrefix ?? ""
        let own = named.map { Set($0.map { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0 }) }
        guard let own else { return call.needs }
        guard manifest.refusal.missingScopes.isAnyEnough else { return own }
        // Of several that would do, the one that its manifest says.
        return [call.needs, call.mayNeed, call.most].map(own.intersection).first { !$0.isEmpty } ?? own
    }

    private func leaf(
        _ change: String, _ scopes: Set<String>, of use: ConnectionUse, for call: LackingCall
    ) throws -> PlacedLeaf {
        let leaf = try Leaf(
            kind: .authority, time: world.now().microseconds,
            fields: [
                "change": .string(change), "by": .string("provider:\(use.facts.provider)"),
                "connection": .string(use.facts.id.raw), "agent": .string(call.agent.raw), "tool": .string(call.tool),
                "scopes": .array(scopes.sorted().prefix(100).map { .string($0) }),
            ])
        return PlacedLeaf(leaf, in: .organization(use.organization))
    }
}

extension ScopeRefusal {
    fileprivate static func beyond(
        _ scopes: Set<String>, _ call: LackingCall, _ manifest: ProviderManifest
    ) -> ScopeRefusal {
        ScopeRefusal(
            "`\(manifest.provider)` wants \(listed(scopes)) for `\(call.tool)`, which no tool of `\(call.agent)` may ask for",
            wayOut:
                "let `\(call.agent)` use a tool that needs it (`deputy agents edit \(call.agent) --tool …`), or name it "
                + "under `mayNeed` of `\(call.tool)` in `providers/\(manifest.provider).json5`")
    }

    fileprivate static func notByConsent(
        _ scopes: Set<String>, _ row: ConnectionRecord, _ manifest: ProviderManifest
    ) -> ScopeRefusal {
        let flag =
            switch row.owner {
            case .person(let person): "--person \(person)"
            case .agent(let agent): "--agent \(agent)"
            case .organization: "--organization"
            }
        let way =
            OwnGrant.isAnew(row.kind)
            ? "allow it at the provider, and connect with `deputy connections add \(manifest.provider) \(flag) … --scope`"
            : manifest.oauth?.exchange != nil && row.kind == ConnectionDesk.grantKind
                ? "name it under `exchange` in `providers/\(manifest.provider).json5`, and allow it at the provider"
                : "make another key there that may, and connect with it: `deputy connections add \(manifest.provider) \(flag)`"
        return ScopeRefusal("the credential lacks \(listed(scopes))", wayOut: way)
    }

    fileprivate static func stillRefused(
        _ scopes: Set<String>, _ call: LackingCall, _ manifest: ProviderManifest
    ) -> ScopeRefusal {
        ScopeRefusal(
            "`\(manifest.provider)` has granted \(listed(scopes)) and still refuses `\(call.tool)` for want of it",
            wayOut: "whoever administers the account there has to look; asking again would change nothing")
    }

    private static func listed(_ scopes: Set<String>) -> String {
        scopes.sorted().map { "`\($0)`" }.joined(separator: ", ")
    }
}
