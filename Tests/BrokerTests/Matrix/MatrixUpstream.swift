import Authority
import Broker
import Gate
import Synchronization
import Vault
import Wire

/// A provider that writes down whose secret it saw for which call, and answers with that account.
final class MatrixUpstream: Upstream {
    private let credentials: any CredentialSource
    private let table: MatrixTable
    private let seen = Mutex<[Int: [String]]>([:])

    init(credentials: any CredentialSource, table: MatrixTable) {
        self.credentials = credentials
        self.table = table
    }

    /// The secrets that came with each call.
    var journal: [Int: [String]] { seen.withLock { $0 } }

    func probe(_ step: Step, under permit: borrowing Permit) async throws(UpstreamFailure) -> UpstreamAnswer {
        throw .notSent("nothing is probed")
    }

    func verify(_ step: Step, after spent: borrowing Spent) async throws(UpstreamFailure) -> UpstreamAnswer {
        throw .notSent("nothing is verified")
    }

    func effect(_ step: Step, spending permit: consuming Permit) async -> EffectReport {
        let (use, agent) = (permit.call.connection, permit.call.agent)
        let spent = permit.spend()
        guard let use, let number = Int(String(decoding: step.body, as: UTF8.self)) else {
            return EffectReport(.failure(.notSent("there is no connection")), spent)
        }
        let secret: String
        do throws(CredentialError) {
            let credential = try await credentials.credential(for: use, by: agent)
            secret = credential.secret.withBytes { String(decoding: $0, as: UTF8.self) }
        } catch {
            return EffectReport(.failure(.notSent("\(error)")), spent)
        }
        seen.withLock { $0[number, default: []].append(secret) }
        let account = table.secret(secret)?.account ?? ""
        let answer: JSON = ["call": .number(JSONNumber(Int64(number))), "account": .string(account)]
        return EffectReport(.success(UpstreamAnswer(status: 200, headers: [], body: answer.bytes())), spent)
    }
}

/// Providers that say whose a secret is.
struct MatrixErrands: Errands {
    let table: MatrixTable

    func forget(_ connection: ConnectionID) {}

    func discover(_ step: Step, for use: ConnectionUse?) async throws(UpstreamFailure) -> UpstreamAnswer {
        throw .notSent("nothing is discovered")
    }

    func probeAccount(
        _ step: Step, at origin: String, with credential: borrowing Credential
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        let text = credential.secret.withBytes { String(decoding: $0, as: UTF8.self) }
        let account = JSON.string(table.secret(text)?.account ?? "")
        let body: JSON = ["emailAddress": account, "id": account, "summary": account]
        return UpstreamAnswer(status: 200, headers: [], body: body.bytes())
    }
}

struct MatrixPlanner: RequestPlanner {
    func plan(_ arguments: JSONObject, call: CallID) throws(PlanError) -> RequestPlan {
        RequestPlan(
            effect: Step(
                kind: .effect, method: "POST", path: "/", query: "",
                body: Array((arguments["number"]?.stringValue ?? "").utf8)))
    }
}

struct MatrixExecutor: ToolExecutor {
    func execute(_ permit: consuming Permit, through upstream: any Upstream) async -> ToolOutcome {
        let step = permit.call.plan.effect
        let report = await upstream.effect(step, spending: permit)
        return switch report.result {
        case .success(let answer): .done((try? JSON.parse(answer.body)) ?? .null, labels: .fresh)
        case .failure(.notSent(let reason)): .notSent(reason)
        case .failure(.unknown(let reason)): .unknown(reason)
        }
    }
}
