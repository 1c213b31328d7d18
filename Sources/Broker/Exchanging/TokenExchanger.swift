import Authority
import Definition
import Gate
import Ledger
import OAuth
import Synchronization
import Vault
import Wire

/// Gives a person's token, which is for us, for one that the provider's API takes: for that person, for one agent, and for
/// what the connection may do. The provider is asked whose the new token is before anybody uses it.
public final class TokenExchanger: Sendable {
    let keeper: TokenKeeper
    let exchanges: HeldExchanges
    private let flights = Mutex<[ExchangeKey: Task<Result<HeldExchange, CredentialError>, Never>]>([:])

    /// - Parameter keeper: of the tokens that are exchanged.
    public convenience init(keeper: TokenKeeper) {
        self.init(keeper: keeper, exchanges: HeldExchanges())
    }

    init(keeper: TokenKeeper, exchanges: HeldExchanges) {
        self.keeper = keeper
        self.exchanges = exchanges
    }

    /// - Parameter rejected: the number of one that the API refused, so that it doesn't do.
    func token(
        for use: ConnectionUse, by agent: AgentID, rejecting rejected: Int64?
    ) async throws(CredentialError) -> HeldToken {
        let key = ExchangeKey(use, agent)
        let held: HeldExchange
        if let known = exchanges.found(key), known.number != rejected, known.isAlive(at: keeper.world.lasting()) {
            held = known
        } else {
            held = try await exchanged(key, use, agent).get()
        }
        do throws(VaultError) {
            let secret = try keeper.sealing.keys.open(
                SealedSecret(bytes: held.sealed), context(of: use, agent, held.number))
            return HeldToken(generation: held.number, secret: secret)
        } catch {
            // Not this one's: it is of no use to anybody here.
            exchanges.drop(key)
            throw .sealBroken(error)
        }
    }

    /// Callers of the same share one exchange.
    private func exchanged(
        _ key: ExchangeKey, _ use: ConnectionUse, _ agent: AgentID
    ) async -> Result<HeldExchange, CredentialError> {
        let flight = flights.withLock { flights in
            if let flight = flights[exchanges.same(key)] { return flight }
            let flight = Task {
                let result: Result<HeldExchange, CredentialError>
                do throws(CredentialError) {
                    result = .success(try await self.exchange(key, use, agent))
                } catch {
                    result = .failure(error)
                }
                self.flights.withLock { $0[self.exchanges.same(key)] = nil }
                return result
            }
            flights[exchanges.same(key)] = flight
            return flight
        }
        return await flight.value
    }

    private func exchange(
        _ key: ExchangeKey, _ use: ConnectionUse, _ agent: AgentID
    ) async throws(CredentialError) -> HeldExchange {
        if let code = exchanges.pause(key, at: keeper.world.lasting()) {
            throw .notRenewed("`\(code)`; it is asked again soon")
        }
        let (token, expires) = try await ExchangeAttempt(exchanger: self, key: key, use: use, agent: agent).run()
        let number = exchanges.next()
        var bytes = Array(token.text.utf8)
        do throws(VaultError) {
            let sealed = try keeper.sealing.keys.seal(Secret(consuming: &bytes), context(of: use, agent, number))
            let held = HeldExchange(number: number, sealed: sealed.bytes, expires: expires)
            exchanges.keep(held, for: key)
            return held
        } catch {
            throw .sealBroken(error)
        }
    }

    private func context(of use: ConnectionUse, _ agent: AgentID, _ number: Int64) -> SealContext {
        var context = use.sealContext(kind: "exchanged/\(use.fingerprint)/\(agent)")
        context.generation = number
        return context
    }
}
