import Authority
import Gate
import Wire

struct SimulatedPlanner: RequestPlanner {
    let tool: String

    func plan(_ arguments: JSONObject, call: CallID) throws(PlanError) -> RequestPlan {
        let body = JSON.object(arguments).bytes()
        func step(_ kind: StepKind, _ path: String) -> Step {
            Step(
                kind: kind, method: kind == .effect ? "POST" : "GET", path: path, query: "",
                headers: [Step.Header("x-call", call.raw)], body: kind == .effect ? body : [])
        }
        let isChecked = tool == "gmail.tell" || tool == "gmail.mend"
        return RequestPlan(
            probes: isChecked ? [step(.probe, "/probe")] : [], effect: step(.effect, "/" + tool),
            verifications: isChecked ? [step(.verify, "/sent")] : [])
    }
}

/// Carries out a call as the product's own executors do: a probe where the plan has one, one effect, and a look when its
/// answer got lost.
struct SimulatedExecutor: ToolExecutor {
    /// Whose words come back, and who may read them.
    enum Brings {
        case own, organization, outsiders
    }

    let tool: String
    let brings: Brings
    /// The planted mistake of sending again what nobody knows the end of.
    let retries: Bool

    func execute(_ permit: consuming Permit, through upstream: any Upstream) async -> ToolOutcome {
        let call = permit.call
        for step in call.plan.probes {
            do throws(UpstreamFailure) {
                _ = try await upstream.probe(step, under: permit)
            } catch {
                return .notSent("it could not be looked at")
            }
        }
        let report = await upstream.effect(call.plan.effect, spending: permit)
        switch report.result {
        case .success(let answer): return outcome(of: answer, for: call)
        case .failure(.notSent(let reason)): return .notSent(reason)
        case .failure(.unknown(let reason)):
            if retries, let egress = upstream as? SimulatedEgress {
                return await egress.again(call.plan.effect, call).map { outcome(of: $0, for: call) } ?? .unknown(reason)
            }
            return await look(after: report.spent, through: upstream) ?? .unknown(reason)
        }
    }

    private func look(after spent: borrowing Spent, through upstream: any Upstream) async -> ToolOutcome? {
        let call = spent.call
        for step in call.plan.verifications {
            guard let answer = try? await upstream.verify(step, after: spent), answer.status == 200 else { continue }
            return outcome(of: answer, for: call)
        }
        return nil
    }

    private func outcome(of answer: UpstreamAnswer, for call: JudgedCall) -> ToolOutcome {
        let labels: Labels =
            switch brings {
            case .own: Labels(integrity: .ownWords, readers: .organization)
            case .organization: Labels(integrity: .colleague, readers: .organization)
            case .outsiders: Labels(integrity: .outsider, readers: call.readers)
            }
        guard answer.status < 300 else {
            return .refused(
                ProviderRefusal(
                    status: answer.status, code: "no", message: "no", retryAfter: nil,
                    isCredentialRefused: answer.status == 401), labels: labels)
        }
        return .done((try? JSON.parse(answer.body)) ?? .null, labels: labels)
    }
}
