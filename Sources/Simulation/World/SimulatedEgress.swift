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

    private enum Delivery {
        case answered(UpstreamAnswer)
        case notSent(String)
        case unknown
    }

    /// The secret that goes with this call's requests, from the product's own credential source.
    private func secret(_ call: JudgedCall) async throws -> String {
        guard let use = call.connection else { throw CredentialError.gone }
        if try await universe.arrive(at: .credentials, in: life) == .error { throw CredentialError.gone }
        if universe.bug == .otherCredential, let other = universe.oracle.otherSecret(than: call.agent.raw) {
            return other
        }
        return try await credentials.credential(for: use, by: call.agent).secret.withBytes {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private func deliver(_ step: Step, _ call: JudgedCall, _ secret: String) -> UpstreamAnswer {
        let tool = String(step.path.dropFirst())
        universe.oracle.saw(
            Sending(
                call: call.id.raw, tool: tool, body: (try? JSON.parse(step.body))?.canonicalText ?? "",
                account: universe.provider.account(secret) ?? ""))
        guard
            let body = universe.provider.receive(
                call.id.raw, tool, String(decoding: step.body, as: UTF8.self), with: secret)
        else { return UpstreamAnswer(status: 401, headers: [], body: []) }
        universe.note("sent \(call.id) \(tool)")
        return UpstreamAnswer(status: 200, headers: [], body: body.bytes())
    }

    /// The planted mistake: the same effect again.
    func again(_ step: Step, _ call: JudgedCall) async -> UpstreamAnswer? {
        guard let secret = try? await secret(call) else { return nil }
        return deliver(step, call, secret)
    }
}

extension SimulatedEgress: Upstream {
    func effect(_ step: Step, spending permit: consuming Permit) async -> EffectReport {
        let call = permit.call
        let spent = permit.spend()
        let secret: String
        do {
            secret = try await self.secret(call)
        } catch {
            return EffectReport(.failure(.notSent("the credential can't be had")), spent)
        }
        return EffectReport(await carry(step, call, secret), spent)
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
        case .crashBefore, .slow, .fsync, .torn, .cancelled, .clockForward, .clockBack, .none: break
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
            .badCredential, .cancelled, .clockForward, .clockBack, .none:
            return answer()
        }
    }
}
