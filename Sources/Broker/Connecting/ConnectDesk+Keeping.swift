import Authority
import Definition
import Gate
import OAuth
public import Wire

/// What becomes of an account that was offered.
extension ConnectDesk {
    /// Keeps it: the tokens leave the flow and become a connection in one commit.
    ///
    /// - Parameters:
    ///   - shown: what the person saw.
    ///   - another: they say yes to another account than before.
    ///   - sharing: the agent's owner says yes to sharing their own.
    public func keep(
        _ flow: ConnectFlow, by visitor: ConnectVisitor, shown: Digest, another: Bool, sharing: Bool,
        party: ConnectParty
    ) async throws(ConnectError) -> ConnectionRecord {
        let offer: ConnectOffer
        do throws(ConnectRefusal) {
            offer = try flow.offer(by: visitor, shown: shown, at: world.now())
        } catch {
            throw .refused(error)
        }
        return try await keep(flow, offer, another: another, sharing: sharing) {
            party.connection(of: flow.aim, sharing: sharing && offer.isOwners, under: $0)
        }
    }

    /// - Parameter new: the connection that it becomes, made only while this reading holds.
    func keep(
        _ flow: ConnectFlow, _ offer: ConnectOffer, another: Bool, sharing: Bool, telling more: JSONObject = [:],
        as new: (EpochReading) -> NewConnection
    ) async throws(ConnectError) -> ConnectionRecord {
        do throws(ConnectRefusal) {
            try offer.check(another: another, sharing: sharing)
        } catch {
            throw .refused(error)
        }
        guard let held = HeldTokens(offer.tokens, opening: keys, place(flow.id, flow.revision)) else {
            throw .refused(.stale)
        }
        // Read first: whoever changes the owner's connections after that makes the commit fail.
        let scope = EpochScope.connections(flow.aim.organization, flow.aim.owner, flow.aim.provider)
        let unmoved = await commits.reading(scope)
        let earlier = try await current(flow.aim).first { $0.id == offer.replaces }
        if let earlier, !offer.replaces(account: earlier.account) { throw .refused(.changed) }
        let granted = Granted(
            provider: flow.aim.provider, clientID: offer.clientID, answer: held.answer, asked: held.at,
            requested: offer.asked,
            account: UpstreamAccount(
                id: offer.account.id, former: offer.account.former, email: offer.account.email,
                isVouched: offer.account.isVouched, name: offer.account.name, scopes: offer.granted))
        var told = more
        told["flow"] = .string(flow.id.raw)
        told["asked"] = .array(offer.asked.sorted().map { .string($0) })
        do throws(BrokerError) {
            return try await connections.keep(
                granted, for: new(unmoved), over: earlier, isSame: offer.before == nil,
                with: [ConnectChange.step(flow.step(to: .kept(offer.account)))], telling: told)
        } catch {
            // Pressed twice, the second finds everything moved by the first.
            let now = try await read { try await store.connectFlow(flow.id) }
            throw now?.revision == flow.revision ? .failed(error) : .refused(.over)
        }
    }

    /// Doesn't keep it: the provider is told, and nothing stays here.
    public func drop(_ flow: ConnectFlow, by visitor: ConnectVisitor) async throws(ConnectError) {
        let offer: ConnectOffer
        do throws(ConnectRefusal) {
            offer = try flow.offer(by: visitor, shown: nil, at: world.now())
        } catch {
            throw .refused(error)
        }
        try await drop(flow, offer)
    }

    /// - Parameter by: who says no; nil for the flow's own person.
    func drop(_ flow: ConnectFlow, _ offer: ConnectOffer, by: String? = nil) async throws(ConnectError) {
        try await step(
            flow.step(to: .ended(ConnectProblem(.dropped))), "connect.ended",
            ["because": .string(ConnectEnd.dropped.rawValue)], by: by)
        await giveBack(offer, of: flow)
    }

    /// Ends what nobody answered in time, so that no token waits here for ever.
    public func sweep() async {
        let expired = (try? await store.connectFlows(expiredAt: world.now(), most: 100)) ?? []
        for flow in expired {
            guard
                (try? await commits.commit(Transaction(changes: [ConnectChange.step(flow.step(to: .waiting))]))) != nil,
                case .offered(let offer) = flow.stage
            else { continue }
            await giveBack(offer, of: flow)
        }
    }

    /// Tells the provider to take a grant back that nobody wants. As well as it can: what it doesn't hear runs out.
    func giveBack(_ offer: ConnectOffer, of flow: ConnectFlow) async {
        guard let held = HeldTokens(offer.tokens, opening: keys, place(flow.id, flow.revision)),
            let service = try? await service(for: flow.aim, thatGave: offer.clientID)
        else { return }
        await giveBack(held.answer, of: offer.account.id, to: service)
    }

    func giveBack(_ answer: TokenAnswer, of account: String?, to service: ConnectService) async {
        await connections.giveBack(answer, of: account, at: service.server, as: service.app, of: apps, by: tokens)
    }
}
