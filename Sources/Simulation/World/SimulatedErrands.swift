import Authority
import Broker
import Gate
import Vault
import Wire

/// Asks the provider whose a credential is.
struct SimulatedErrands: Errands {
    let universe: Universe
    let life: Life

    func probeAccount(
        _ step: Step, at origin: String, with credential: borrowing Credential
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        let secret = credential.secret.withBytes { String(decoding: $0, as: UTF8.self) }
        let fault: Fault?
        do throws(Gone) {
            fault = try await universe.arrive(at: .errands, in: life)
        } catch {
            throw .unknown("the process is gone")
        }
        switch fault {
        case .error: throw .notSent("no route")
        case .lostAnswer: throw .unknown("the connection broke")
        case .crashBefore, .crashAfter, .slow, .fsync, .torn, .lostRequest, .late, .duplicate, .refused,
            .badCredential, .serverError, .tooMany, .cancelled, .clockForward, .clockBack, .none:
            break
        }
        guard let account = universe.provider.account(secret) else {
            return UpstreamAnswer(status: 401, headers: [], body: Array("{}".utf8))
        }
        let body: JSON = ["emailAddress": .string(account)]
        return UpstreamAnswer(status: 200, headers: [], body: body.bytes())
    }

    func discover(_ step: Step, for use: ConnectionUse?) async throws(UpstreamFailure) -> UpstreamAnswer {
        throw .notSent("there are no remote servers here")
    }

    func forget(_ connection: ConnectionID) {}
}
