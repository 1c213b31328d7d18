import Authority
import Broker
import Gate
import OAuth
import Synchronization
import Twins

/// A token endpoint that answers after a while, and counts.
final class RotatingErrands: UnaskedTokenErrands, UnaskedErrands {
    static let answersAfter = Duration.milliseconds(50)
    private let count = Mutex(0)
    private let asks = Mutex(0)

    /// How often it was asked since this was asked last.
    var asked: Int {
        asks.withLock { asks in
            defer { asks = 0 }
            return asks
        }
    }

    /// Forty characters each, for an hour.
    func tokens() throws(TokenProblem) -> TokenAnswer {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let text = String(repeating: "0", count: 40 - "\(number)".count) + "\(number)"
        guard let access = TokenText("a" + text), let refresh = TokenText("r" + text) else { throw .lost("no tokens") }
        return TokenAnswer(access: access, refresh: refresh, scopes: nil, lifetime: 3_600)
    }

    func ask(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> TokenAnswer {
        asks.withLock { $0 += 1 }
        try? await Task.sleep(for: RotatingErrands.answersAfter)
        return try tokens()
    }
}
