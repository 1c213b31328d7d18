public import Authority
public import Gate
import OAuth
public import OpenID
import Vault
public import Wire

/// What a browser is sent off with.
public struct BegunSignIn: Sendable {
    /// At the provider.
    public let url: String
    /// For the browser's cookie.
    public let ticket: String
}

/// What this very browser was sent off with, not long ago, to this provider: the answer that it brings has the same state.
public struct ReturnedTicket: Sendable {
    let ticket: SignInTicket

    /// What names this way there and back; it is taken once.
    public var digest: Digest { .sha256(of: Array("sign-in/\(ticket.request.state)".utf8)) }
}

/// Who came back.
public struct CompletedSignIn: Sendable {
    public let provider: SignInProvider
    public let token: IDToken
    /// A path of ours; empty where it was too long to be taken along.
    public let next: String
    /// The browser session whose person links this login; nil where somebody signs in.
    public let linking: String?
    /// What names this way there and back; it is taken once.
    public let digest: Digest
    /// When it is too old anyway.
    public let until: Timestamp
    /// What was known of the provider is as it was.
    public let unmoved: EpochReading
    /// The token, sealed for keeping.
    public let hint: [UInt8]?
}

/// The way to a provider and back.
extension SignInDesk {
    /// - Parameters:
    ///   - next: where the browser goes when all is well; forgotten where it is too long to be taken along.
    ///   - maxAge: how many seconds ago the person may have shown who they are at the provider; nil for any session there.
    ///   - linking: the browser session whose person wants to link a login; nil where somebody signs in.
    public func begin(
        _ provider: SignInProvider, redirectURI: String, next: String, maxAge: Int64? = nil, linking: String? = nil
    ) async throws(SignInProblem) -> BegunSignIn {
        let known = try await directory.provider(provider.issuer)
        let request = AuthorizationRequest.fresh(maxAge: maxAge)
        func ticket(_ next: String) throws(SignInProblem) -> String {
            let ticket = SignInTicket(
                provider: provider.name, issuer: provider.issuer.text, clientID: provider.clientID, request: request,
                asked: world.now(), next: next, linking: linking)
            guard let sealed = try? ticket.sealed(by: keys) else { throw .unreachable("the keys can't be used") }
            return sealed
        }
        let whole = try ticket(next)
        let sealed = whole.utf8.count > SignInTicket.longest ? try ticket("") : whole
        return BegunSignIn(
            url: request.url(
                at: known.metadata, client: provider.clientID, redirectURI: redirectURI, scopes: provider.scopes),
            ticket: sealed)
    }

    /// Whether a browser was sent off from here. Costs nothing that a stranger could use up.
    ///
    /// - Parameters:
    ///   - text: of the browser's cookie.
    ///   - state: of the answer.
    public func returned(
        _ text: String?, state: String?, to provider: SignInProvider
    ) throws(SignInProblem) -> ReturnedTicket {
        guard let ticket = text.flatMap({ SignInTicket($0, opening: keys) }), ticket.provider == provider.name,
            ticket.issuer == provider.issuer.text, ticket.clientID == provider.clientID, world.now() < ticket.until
        else { throw .stale }
        guard let state, isSame(state, ticket.request.state) else { throw .response(.state) }
        return ReturnedTicket(ticket: ticket)
    }

    private func isSame(_ left: String, _ right: String) -> Bool {
        Digest.constantTimeEqual(.sha256(of: Array(left.utf8)), .sha256(of: Array(right.utf8)))
    }

    /// Takes what a browser brought back. Nothing is changed here: whoever signs the person in spends `digest` in the same
    /// commit.
    ///
    /// - Parameter query: every parameter of the answer.
    public func complete(
        _ provider: SignInProvider, _ query: [String: String], _ returned: ReturnedTicket, redirectURI: String
    ) async throws(SignInProblem) -> CompletedSignIn {
        let unmoved = await unmoved
        let ticket = returned.ticket
        let known = try await directory.provider(provider.issuer)
        let code: String
        do throws(ResponseRefusal) {
            code = try AuthorizationResponse(query, to: ticket.request, from: known.metadata).code
        } catch { throw .response(error) }
        let grant = CodeGrant(code: code, verifier: ticket.request.verifier, redirectURI: redirectURI)
        let answer = try await redeem(grant, known.metadata, provider)
        let token = try await verified(answer, ticket, known, provider)
        return CompletedSignIn(
            provider: provider, token: token, next: ticket.next, linking: ticket.linking,
            digest: returned.digest, until: ticket.until, unmoved: unmoved,
            hint: try? keys.sealPayload(Array(token.text.utf8), id: SignInDesk.hintPlace))
    }

    /// Each is sealed under the same name: a hint that was put in another's place tells the provider of a session that isn't
    /// the browser's, and nothing more.
    static let hintPlace = "sign-in-hint"

    private func redeem(
        _ grant: CodeGrant, _ metadata: ProviderMetadata, _ provider: SignInProvider
    ) async throws(SignInProblem) -> IDTokenAnswer {
        let answer: UpstreamAnswer
        do throws(UpstreamFailure) {
            answer = try await errands.redeem(grant, at: metadata.token, as: provider)
        } catch {
            switch error {
            case .notSent(let reason), .unknown(let reason):
                throw .unreachable("\(metadata.token.origin): \(reason)")
            }
        }
        guard answer.status == 200 else { throw .code }
        guard let json = try? JSON.parse(answer.body), let tokens = IDTokenAnswer(json) else {
            throw .token(.malformed)
        }
        return tokens
    }

    private func verified(
        _ answer: IDTokenAnswer, _ ticket: SignInTicket, _ known: KnownProvider, _ provider: SignInProvider
    ) async throws(SignInProblem) -> IDToken {
        func token(_ known: KnownProvider) throws(TokenRefusal) -> IDToken {
            try IDToken(
                answer.idToken, from: known.metadata.client(provider.clientID), keys: known.keys,
                nonce: ticket.request.nonce, accessToken: answer.accessToken, askedAt: ticket.asked.seconds,
                maxAge: ticket.request.maxAge, now: world.now().seconds)
        }
        return try await withKeys(of: provider, known, because: .signIn, token)
    }

    /// Verifies with the keys that are known; with newer ones, once, where none of them signed.
    func withKeys<Token>(
        of provider: SignInProvider, _ known: KnownProvider, because cause: ProviderDirectory.Cause,
        _ verify: (KnownProvider) throws(TokenRefusal) -> Token
    ) async throws(SignInProblem) -> Token {
        let first: TokenRefusal
        do throws(TokenRefusal) { return try verify(known) } catch { first = error }
        guard first == .unknownKey,
            let newer = try await directory.refetched(provider.issuer, because: cause)
        else { throw .token(first) }
        do throws(TokenRefusal) { return try verify(newer) } catch { throw .token(error) }
    }
}

extension Timestamp {
    var seconds: Int64 { microseconds / 1_000_000 }
}
