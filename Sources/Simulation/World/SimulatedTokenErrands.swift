import Authority
import Broker
import Gate
import OAuth

/// Carries what is asked of the token server over a network that loses, delays and slows it down.
struct SimulatedTokenErrands: TokenErrands {
    let universe: Universe
    let life: Life
    let server: SimulatedTokenServer
    /// The clock of the process.
    let now: @Sendable () -> Timestamp

    /// So many seconds after it has begun to ask nobody waits any more, by a clock that doesn't jump.
    static let patience: Int64 = 20

    func ask(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> TokenAnswer {
        let body = String(decoding: request.body(.form, with: []).bytes, as: UTF8.self)
        let token = String(body.split(separator: "refresh_token=").last ?? "")
        guard let number = server.issue(ofRefresh: token) else {
            universe.oracle.violate(.tokenFirst, "a refresh token that nobody gave")
            throw .answered(SimulatedTokenErrands.dead)
        }
        let begun = universe.clock.steady
        let fault: Fault?
        do throws(Gone) {
            fault = try await universe.arrive(at: .tokens, in: life, isRenewing: true)
        } catch {
            throw .lost("the process is gone")
        }
        if fault == .error { throw .notSent("no route") }
        // It stood still before a byte was out.
        if isTooLate(begun) { throw .notSent("it took too long") }
        let (sent, others) = server.begin(number)
        defer { server.finish(sent, of: number) }
        universe.asking(number, beside: others, now: now())
        let result = send(number, fault)
        await wait(fault)
        if life.isOver || isTooLate(begun) { throw .lost("no answer") }
        return try result.get()
    }

    /// What the server makes of it, and the network of its answer.
    private func send(_ number: Int, _ fault: Fault?) -> Result<TokenAnswer, TokenProblem> {
        let lost = Result<TokenAnswer, TokenProblem>.failure(.lost("no answer"))
        switch fault {
        case .lostRequest: return lost
        case .late:
            server.excuse(number)
            universe.later { _ = receive(number) }
            return lost
        case .lostAnswer:
            _ = receive(number)
            return lost
        case .crashAfter:
            _ = receive(number)
            life.end()
            return lost
        case .refused:
            universe.note("the consent of \(server.owner(of: number)) is taken back")
            server.end(number)
            return receive(number)
        case .badCredential:
            return .failure(.answered(TokenFailure(.registration, code: "invalid_client", status: 401)))
        case .tooMany:
            let after = 1 + universe.generator.below(90)
            return .failure(.answered(TokenFailure(.transient(after), code: "slow_down", status: 429)))
        case .serverError:
            // Whoever stands before the server says so too, after it has acted.
            if universe.generator.once(in: 2) { _ = receive(number) }
            return .failure(.answered(TokenFailure(.transient(nil), code: nil, status: 502)))
        case .crashBefore, .error, .slow, .fsync, .torn, .duplicate, .cancelled, .clockForward, .clockBack, .none:
            return receive(number)
        }
    }

    private func receive(_ number: Int) -> Result<TokenAnswer, TokenProblem> {
        switch server.receive(number) {
        case .granted(let answer):
            universe.note("renewed \(server.owner(of: number))")
            return .success(answer)
        case .refused: return .failure(.answered(SimulatedTokenErrands.dead))
        case .reused:
            universe.note("reused \(server.owner(of: number))")
            universe.oracle.check(
                server.isExcused(number), .reuse, "\(server.owner(of: number)) lost everything that it was given")
            return .failure(.answered(SimulatedTokenErrands.dead))
        }
    }

    private static let dead = TokenFailure(.dead, code: "invalid_grant", status: 400)

    /// The answer takes a while.
    private func wait(_ fault: Fault?) async {
        switch fault {
        case .slow: universe.clock.advance(microseconds: Int64(universe.generator.below(25)) * 1_000_000)
        case .lostAnswer, .lostRequest, .late:
            universe.clock.advance(microseconds: Int64(universe.generator.below(20)) * 1_000_000)
        case .crashBefore, .crashAfter, .error, .fsync, .torn, .duplicate, .refused, .badCredential, .serverError,
            .tooMany, .cancelled, .clockForward, .clockBack, .none:
            break
        }
        for _ in 0..<universe.generator.below(6) { await Task.yield() }
        await life.awake()
    }

    private func isTooLate(_ begun: Timestamp) -> Bool {
        universe.clock.steady > begun.adding(seconds: SimulatedTokenErrands.patience)
    }

    func isActive(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> Bool {
        let fault: Fault?
        do throws(Gone) {
            fault = try await universe.arrive(at: .introspection, in: life, isRenewing: true)
        } catch {
            throw .lost("the process is gone")
        }
        switch fault {
        case .error: throw .notSent("no route")
        case .lostAnswer: throw .lost("no answer")
        case .serverError: throw .answered(TokenFailure(.transient(nil), code: nil, status: 503))
        case .crashBefore, .crashAfter, .slow, .fsync, .torn, .lostRequest, .late, .duplicate, .refused,
            .badCredential, .tooMany, .cancelled, .clockForward, .clockBack, .none:
            return server.issue(ofRefresh: token.text).map(server.isGood(refresh:)) ?? false
        }
    }

    func authorizeDevice(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> DeviceAuthorization { throw .notSent("there are no devices here") }

    /// Tokens that nobody keeps are given back.
    func revoke(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> RevocationOutcome {
        guard !life.isOver else { throw .lost("the process is gone") }
        if let number = server.issue(ofRefresh: token.text) ?? server.issue(ofAccess: token.text) { server.end(number) }
        return .revoked
    }
}
