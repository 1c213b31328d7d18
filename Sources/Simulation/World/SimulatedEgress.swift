import Authority
import Broker
import Gate
import Vault
import Wire

/// The way out: takes the credential that the permit names, and carries requests over a network that loses, delays and
/// doubles them.
struct SimulatedEgress: Sendable {
    let universe: Universe
    let life: Life
    let credentials: any CredentialSource
    /// The planted mistake of remembering tokens without whose they are.
    private let remembered = Confined<[Int64: Lent]>([:])

    init(universe: Universe, life: Life, credentials: any CredentialSource) {
        (self.universe, self.life, self.credentials) = (universe, life, credentials)
    }

    /// A secret for one request, with the generation of a token.
    fileprivate struct Lent {
        let secret: String
        let generation: Int64?
    }

    private enum Delivery {
        case answered(UpstreamAnswer)
        case notSent(String)
        case unknown
    }

    /// The secret that goes with this call's requests, from the product's own credential source.
    private func secret(_ call: JudgedCall) async throws -> Lent {
        guard let use = call.connection else { throw CredentialError.gone }
        if try await universe.arrive(at: .credentials, in: life) == .error { throw CredentialError.gone }
        if universe.bug == .otherCredential, let other = universe.oracle.otherSecret(than: call.agent.raw) {
            return Lent(secret: other, generation: nil)
        }
        let lent = Lent(try await credentials.credential(for: use, by: call.agent))
        guard universe.bug == .ownerNotInKey, let generation = lent.generation else { return lent }
        if let other = remembered.value[generation] { return other }
        remembered.value[generation] = lent
        return lent
    }

    /// Another token in the place of one that the provider refused without doing anything; nil where there is none.
    ///
    /// - Throws: `notSent` when there may be one soon.
    private func other(than lent: Lent, _ call: JudgedCall) async throws(UpstreamFailure) -> Lent? {
        universe.refused(lent.secret)
        guard let generation = lent.generation, let use = call.connection else { return nil }
        do throws(CredentialError) {
            guard
                let other = try await credentials.credential(for: use, by: call.agent, rejecting: generation)
            else { return nil }
            return Lent(other)
        } catch {
            switch error {
            case .notRenewed, .unreadable: throw .notSent("there is no other token just now")
            case .gone, .notAsJudged, .sealBroken, .expired: return nil
            }
        }
    }

    private func deliver(_ step: Step, _ call: JudgedCall, _ secret: String) -> UpstreamAnswer {
        let tool = String(step.path.dropFirst())
        universe.lent(secret)
        let sending = Sending(
            call: call.id.raw, tool: tool, body: (try? JSON.parse(step.body))?.canonicalText ?? "",
            account: universe.provider.owner(of: secret) ?? "")
        guard universe.provider.account(secret) != nil else {
            universe.oracle.saw(refused: sending)
            return UpstreamAnswer(status: 401, headers: [], body: [])
        }
        universe.oracle.saw(sending)
        guard
            let body = universe.provider.receive(
                call.id.raw, tool, String(decoding: step.body, as: UTF8.self), with: secret)
        else { return UpstreamAnswer(status: 401, headers: [], body: []) }
        universe.note("sent \(call.id) \(tool)")
        return UpstreamAnswer(status: 200, headers: [], body: body.bytes())
    }

    /// The planted mistake: the same effect again.
    func again(_ step: Step, _ call: JudgedCall) async -> UpstreamAnswer? {
        guard let lent = try? await secret(call) else { return nil }
        return deliver(step, call, lent.secret)
    }
}

extension SimulatedEgress.Lent {
    fileprivate init(_ credential: borrowing Credential) {
        self.init(
            secret: credential.secret.withBytes { String(decoding: $0, as: UTF8.self) },
            generation: credential.generation)
    }
}

extension SimulatedEgress: Upstream {
    func effect(_ step: Step, spending permit: consuming Permit) async -> EffectReport {
        let call = permit.call
        let spent = permit.spend()
        let lent: Lent
        do {
            lent = try await self.secret(call)
        } catch {
            return EffectReport(.failure(.notSent("the credential can't be had")), spent)
        }
        let result = await carry(step, call, lent.secret)
        guard case .success(let answer) = result, answer.status == 401 else { return EffectReport(result, spent) }
        do throws(UpstreamFailure) {
            guard let other = try await other(than: lent, call) else { return EffectReport(result, spent) }
            return EffectReport(await carry(step, call, other.secret), spent)
        } catch {
            return EffectReport(.failure(error), spent)
        }
    }

    private func carry(
        _ step: Step, _ call: JudgedCall, _ secret: String
    ) async -> Result<UpstreamAnswer, UpstreamFailure> {
        let fault: Fault?
        do throws(Gone) {
            fault = try await universe.arrive(at: .effect, in: life)
        } catch {
            return .failure(.unknown("the process is gone"))
        }
        let unknown = Result<UpstreamAnswer, UpstreamFailure>.failure(.unknown("the connection broke"))
        switch fault {
        case .error: return .failure(.notSent("no route"))
        case .lostRequest: return unknown
        case .late:
            universe.later { [self] in _ = deliver(step, call, secret) }
            return unknown
        case .lostAnswer:
            _ = deliver(step, call, secret)
            return unknown
        case .crashAfter:
            _ = deliver(step, call, secret)
            life.end()
            return unknown
        case .refused: return .success(UpstreamAnswer(status: 422, headers: [], body: []))
        case .badCredential: return .success(UpstreamAnswer(status: 401, headers: [], body: []))
        case .duplicate:
            // A proxy on the way sends it twice. The provider sees the same call twice.
            _ = deliver(step, call, secret)
            universe.oracle.doubled(call.id.raw)
        case .crashBefore, .slow, .fsync, .torn, .cancelled, .serverError, .tooMany, .clockForward, .clockBack, .none:
            break
        }
        let answer = deliver(step, call, secret)
        // It takes a while to come back.
        for _ in 0..<universe.generator.below(6) { await Task.yield() }
        universe.oracle.returned(call.id.raw)
        return .success(answer)
    }

    func probe(_ step: Step, under permit: borrowing Permit) async throws(UpstreamFailure) -> UpstreamAnswer {
        try await look(.probe, permit.call) { UpstreamAnswer(status: 200, headers: [], body: []) }
    }

    func verify(_ step: Step, after spent: borrowing Spent) async throws(UpstreamFailure) -> UpstreamAnswer {
        let call = spent.call
        return try await look(.verify, call) {
            guard universe.provider.has(call.id.raw), let account = call.connection?.facts.account else {
                return UpstreamAnswer(status: 404, headers: [], body: [])
            }
            return UpstreamAnswer(
                status: 200, headers: [], body: universe.provider.answer(call.id.raw, account).bytes())
        }
    }

    private func look(
        _ port: Port, _ call: JudgedCall, _ answer: () -> UpstreamAnswer
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        let fault: Fault?
        do throws(Gone) {
            fault = try await universe.arrive(at: port, in: life)
        } catch {
            throw .unknown("the process is gone")
        }
        switch fault {
        case .error: throw .notSent("no route")
        case .lostAnswer: throw .unknown("the connection broke")
        case .crashBefore, .crashAfter, .slow, .fsync, .torn, .lostRequest, .late, .duplicate, .refused,
            .badCredential, .serverError, .tooMany, .cancelled, .clockForward, .clockBack, .none:
            return answer()
        }
    }
}
