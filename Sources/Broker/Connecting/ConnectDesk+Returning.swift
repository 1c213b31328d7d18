public import Authority
import Definition
import Gate
import OAuth
import Vault
import Wire

/// The way back from a provider.
extension ConnectDesk {
    /// Takes the answer that a browser brought: exchanges its code and finds out whose account it is. Nothing is kept.
    ///
    /// - Parameters:
    ///   - flow: which the state of the answer has found.
    ///   - provider: of the path that the answer came to, which is this provider's alone.
    ///   - query: every parameter of the answer, each once.
    /// - Returns: the flow with an offer, or with what went wrong.
    public func arrive(
        _ flow: ConnectFlow, at provider: ProviderID, with query: [String: String], by visitor: ConnectVisitor?,
        redirectURI: String, party: ConnectParty
    ) async throws(ConnectError) -> ConnectFlow {
        let departure: ConnectDeparture
        do throws(ConnectRefusal) {
            departure = try flow.departure(by: visitor, at: world.now())
        } catch {
            throw .refused(error)
        }
        let result: Result<ConnectFlow, ConnectError>
        do throws(ConnectProblem) {
            guard flow.aim.provider == provider, departure.redirectURI == redirectURI,
                let service = try await known(flow.aim), service.app.clientID == departure.clientID,
                service.server.issuer == departure.issuer
            else { throw ConnectProblem(.mixUp) }
            let code = try ConnectAnswer.code(
                in: query, from: departure.issuer, namesItself: service.server.namesItself)
            result = try await exchange(code, departure, flow, service, party)
        } catch {
            return try await end(flow, error)
        }
        return try result.get()
    }

    private func known(_ aim: ConnectAim) async throws(ConnectProblem) -> ConnectService? {
        do throws(BrokerError) {
            return try await service(for: aim)?.asked(for: aim.owner)
        } catch {
            throw ConnectProblem(.unreachable, error.message, hint: error.hint)
        }
    }

    /// The handle is spent in a commit of its own, before anything is sent: of two answers at once, one goes on.
    private func exchange(
        _ code: String, _ departure: ConnectDeparture, _ flow: ConnectFlow, _ service: ConnectService,
        _ party: ConnectParty
    ) async throws(ConnectProblem) -> Result<ConnectFlow, ConnectError> {
        guard let code = TokenText(code),
            let verifier = try? keys.openPayload(departure.verifier, id: place(flow.id, flow.revision))
        else { throw ConnectProblem(.malformed) }
        let arrived = flow.step(to: .arrived(until: world.now().adding(seconds: ConnectFlow.exchangeSeconds)))
        do throws(ConnectError) {
            try await step(arrived, "connect.returned")
        } catch {
            return .failure(error)
        }
        do throws(ConnectProblem) {
            let code = ReturnedCode(
                code: code, verifier: CodeVerifier(String(decoding: verifier, as: UTF8.self)),
                redirectURI: departure.redirectURI)
            let offered = try await offer(code, departure, arrived, service, party)
            return await Result { () async throws(ConnectError) in try await keepOffer(offered, service) }
        } catch {
            return await Result { () async throws(ConnectError) in try await end(arrived, error) }
        }
    }

    private func keepOffer(
        _ offered: (flow: ConnectFlow, tokens: TokenAnswer), _ service: ConnectService
    ) async throws(ConnectError) -> ConnectFlow {
        do throws(ConnectError) {
            try await step(offered.flow, "connect.offered")
        } catch {
            let account: String? = if case .offered(let offer) = offered.flow.stage { offer.account.id } else { nil }
            await giveBack(offered.tokens, of: account, to: service)
            throw error
        }
        return offered.flow
    }

    private func offer(
        _ code: ReturnedCode, _ departure: ConnectDeparture, _ flow: ConnectFlow, _ service: ConnectService,
        _ party: ConnectParty
    ) async throws(ConnectProblem) -> (flow: ConnectFlow, tokens: TokenAnswer) {
        let asked = world.lasting()
        let answer = try await redeem(code, service)
        var account: UpstreamAccount?
        do throws(ConnectProblem) {
            let apis = try await shown(answer, flow, service)
            let found = try await self.account(
                apis, party.connection(of: flow.aim, sharing: false), service,
                withheld: departure.scopes.subtracting(answer.scopes ?? departure.scopes))
            account = found
            let granted = apis.scopes ?? found.scopes ?? departure.scopes
            let isExchanged = service.server.exchange != nil
            guard service.server.isOf(found, answer), service.server.isFor(service.app, answer) else {
                throw ConnectProblem(.mixUp)
            }
            guard !found.isByAddress else {
                throw ConnectProblem(.refused, "it says nothing but an address of whose account it is")
            }
            let before = try await replaced(departure, flow.aim)
            let isSame = if let before { await same(before, as: found, service, flow) } else { true }
            let offer = ConnectOffer(
                session: departure.session,
                account: OfferedAccount(found),
                asked: isExchanged ? granted : departure.scopes.answered(by: answer), granted: granted,
                replaces: departure.replaces,
                before: before.flatMap { isSame ? nil : OfferedAccount($0) },
                knownAs: isSame && before?.account != found.id ? before?.account : nil,
                isOwners: try await isOwners(found, flow.aim, party), clientID: service.app.registration,
                until: world.now().adding(seconds: ConnectFlow.offeredSeconds),
                tokens: try HeldTokens(isExchanged ? answer.withoutScopes : answer, at: asked).sealed(
                    by: keys, place(flow.id, flow.revision + 1)))
            return (flow.step(to: .offered(offer)), answer)
        } catch {
            await giveBack(answer, of: account?.id, to: service)
            throw error
        }
    }

    private func redeem(
        _ code: ReturnedCode, _ service: ConnectService
    ) async throws(ConnectProblem) -> TokenAnswer {
        let server = service.server
        do throws(TokenProblem) {
            let asked = try await apps.asking(plainly: service.app) { app throws(TokenProblem) in
                try await tokens.ask(code.request(for: server.resource), at: server.token, as: app, in: server.dialect)
            }
            await apps.prove(asked.app)
            return asked.answer
        } catch {
            switch error {
            case .answered(let failure): throw ConnectProblem(failure)
            case .notSent(let reason), .lost(let reason): throw ConnectProblem(.unreachable, reason)
            }
        }
    }

    /// - Parameter withheld: what was asked for and not granted.
    private func account(
        _ answer: TokenAnswer, _ new: NewConnection, _ service: ConnectService, withheld: Set<String>
    ) async throws(ConnectProblem) -> UpstreamAccount {
        do throws(BrokerError) {
            if service.server.resource != nil {
                return try await connections.account(
                    of: answer, for: new, at: service, errands: remotes.errands, now: world.now())
            }
            return try await connections.account(of: answer, for: new)
        } catch {
            if error.code == .unavailable { throw ConnectProblem(.unreachable, error.message, hint: error.hint) }
            // A remote server's own words say what is wrong with it.
            guard service.server.resource == nil else {
                throw ConnectProblem(.refused, error.message, hint: error.hint)
            }
            guard withheld.isEmpty else {
                throw ConnectProblem(
                    .refused, "it doesn't say whose account it is without the permissions that were left out",
                    hint: "begin again, and allow " + withheld.sorted().joined(separator: ", "))
            }
            throw ConnectProblem(.refused, error.message)
        }
    }

    private func replaced(
        _ departure: ConnectDeparture, _ aim: ConnectAim
    ) async throws(ConnectProblem) -> ConnectionRecord? {
        guard let id = departure.replaces else { return nil }
        do throws(ConnectError) {
            return try await current(aim).first { $0.id == id }
        } catch {
            throw ConnectProblem(.unreachable, "the gateway can't read its own state")
        }
    }

    /// The account must be its owner's own; an agent's may be its owner's, if they say so.
    private func isOwners(
        _ account: UpstreamAccount, _ aim: ConnectAim, _ party: ConnectParty
    ) async throws(ConnectProblem) -> Bool {
        do throws(BrokerError) {
            return try await connections.isOwners(account, for: party.connection(of: aim, sharing: false))
        } catch {
            throw ConnectProblem(.account, error.message, hint: error.hint)
        }
    }

    private func end(_ flow: ConnectFlow, _ problem: ConnectProblem) async throws(ConnectError) -> ConnectFlow {
        let ended = flow.step(to: .ended(problem))
        try await step(ended, "connect.ended", ["because": .string(problem.end.rawValue)])
        return ended
    }
}

/// What a browser brought, and what shows that it was sent off from here.
private struct ReturnedCode {
    let code: TokenText
    let verifier: CodeVerifier
    let redirectURI: String

    func request(for resource: String?) -> TokenRequest {
        .code(code, verifier: verifier, redirectURI: redirectURI, for: resource)
    }
}

extension Set<String> {
    /// What was asked for, as far as answers name it: what asks for a refresh token is granted with one (OpenID Connect Core
    /// section 11), and Entra doesn't say so.
    func answered(by answer: TokenAnswer) -> Set<String> {
        answer.refresh == nil ? self : subtracting(["offline_access"])
    }
}

extension Result where Failure == ConnectError {
    fileprivate init(_ body: () async throws(ConnectError) -> Success) async {
        do throws(ConnectError) {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}

extension AuthorizationServer {
    /// Whether an answer is for the workspace that the account is of. One that names none says nothing against it.
    func isOf(_ account: UpstreamAccount, _ answer: TokenAnswer) -> Bool {
        guard let named = tenant.flatMap({ JSON.object(answer.about).value(at: $0)?.stringValue }) else { return true }
        return account.id.hasPrefix(named + "/")
    }

    /// Whether an answer is for this app, where both say which. One that names none says nothing against it.
    func isFor(_ app: ProviderApp, _ answer: TokenAnswer) -> Bool {
        guard let known = app.appID,
            let named = self.app.flatMap({ JSON.object(answer.about).value(at: $0)?.stringValue })
        else { return true }
        return named == known
    }
}
