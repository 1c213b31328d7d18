import Authority
import Broker
import Gate
import Synchronization
import Twins
import Vault
import Wire

/// A provider that writes down whose secret it saw for which call, and answers with that account.
final class MatrixUpstream: Upstream {
    private let credentials: any CredentialSource
    private let table: MatrixTable
    private let tokens: MatrixTokens
    private let seen = Mutex<[Int: [Seen]]>([:])

    /// One request.
    struct Seen: Sendable {
        let secret: String
        /// It was answered with 401.
        let isRefused: Bool
    }

    init(credentials: any CredentialSource, table: MatrixTable, tokens: MatrixTokens) {
        self.credentials = credentials
        self.table = table
        self.tokens = tokens
    }

    /// What came with each call.
    var journal: [Int: [Seen]] { seen.withLock { $0 } }

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
        var refused: Int64?
        // As egress does it, but for how often: here a token may well end on its way.
        for _ in 0..<10 {
            let secret: String
            do throws(CredentialError) {
                (secret, refused) = try await self.secret(for: use, by: agent, rejecting: refused)
            } catch {
                return EffectReport(.failure(.notSent("\(error)")), spent)
            }
            let isRefused = tokens.isDead(secret)
            seen.withLock { $0[number, default: []].append(Seen(secret: secret, isRefused: isRefused)) }
            guard !isRefused else { continue }
            let account = table.secret(secret)?.account ?? ""
            let answer: JSON = ["call": .number(JSONNumber(Int64(number))), "account": .string(account)]
            return EffectReport(.success(UpstreamAnswer(status: 200, headers: [], body: answer.bytes())), spent)
        }
        return EffectReport(.failure(.notSent("every token was refused")), spent)
    }

    private func secret(
        for use: ConnectionUse, by agent: AgentID, rejecting refused: Int64?
    ) async throws(CredentialError) -> (String, Int64?) {
        if let refused {
            guard let credential = try await credentials.credential(for: use, by: agent, rejecting: refused) else {
                throw .expired
            }
            return (credential.secret.withBytes { String(decoding: $0, as: UTF8.self) }, credential.generation)
        }
        let credential = try await credentials.credential(for: use, by: agent)
        return (credential.secret.withBytes { String(decoding: $0, as: UTF8.self) }, credential.generation)
    }
}

/// Providers that say whose a secret is.
struct MatrixErrands: UnaskedErrands {
    let table: MatrixTable

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
