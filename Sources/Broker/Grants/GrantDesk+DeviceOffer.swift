import Authority
import Gate
import OAuth
import Vault
import Wire

// What a code brought is shown before it is kept, as in the browser: in the same row, with the handle of the flow in the
// place of the browser's session.
extension GrantDesk {
    /// Keeps the account that is offered: its tokens leave the flow and become a connection in one commit.
    ///
    /// - Parameter new: its `isSharedWithOwner` is the yes to sharing the account of the agent's owner.
    public func keepDevice(
        _ handle: String, for new: NewConnection, yes: DeviceYes
    ) async throws(BrokerError) -> ConnectionRecord {
        guard let (flow, shown) = try await waiting(try flow(handle, for: new), new),
            case .offered(let offer) = flow.stage
        else { throw GrantDesk.over }
        guard Digest.constantTimeEqual(shown.shown, yes.shown) else { throw BrokerError(.changed) }
        guard offer.account.isCalled(yes.account) else {
            throw BrokerError(
                .refused, "the account is `\(offer.account.shown)`, and the yes names `\(yes.account)`",
                hint: "name the account that is shown, or say no")
        }
        let isAnother = offer.before.map { before in yes.insteadOf.map(before.isCalled) ?? false }
        if let before = offer.before, isAnother != true {
            throw BrokerError(
                .refused,
                "`\(offer.account.shown)` would take the place of `\(before.shown)`, and nobody has said yes to that",
                hint: "say so with `--instead-of \(before.email ?? before.id)`, or keep both with `--replaces none`")
        }
        guard !offer.isOwners || new.isSharedWithOwner else {
            throw BrokerError(
                .refused, "`\(offer.account.shown)` is the account of the agent's owner",
                hint: "use an account of the agent's own, or say that this is meant with `--shared-with-owner`")
        }
        do throws(ConnectError) {
            return try await connecting.keep(
                flow, offer, another: isAnother ?? false, sharing: new.isSharedWithOwner,
                telling: ["grant": "device_code"]
            ) { new.sharing(new.isSharedWithOwner && offer.isOwners, under: [$0]) }
        } catch {
            throw BrokerError(error)
        }
    }

    /// Doesn't keep it: the provider is told, and nothing stays here.
    public func dropDevice(_ handle: String, for new: NewConnection) async throws(BrokerError) {
        guard let (flow, _) = try await waiting(try flow(handle, for: new), new), case .offered(let offer) = flow.stage
        else { throw GrantDesk.over }
        do throws(ConnectError) {
            try await connecting.drop(flow, offer, by: new.by)
        } catch {
            throw BrokerError(error)
        }
    }

    /// What waits for the answer of whoever has the handle; nil when nothing does.
    func waiting(
        _ device: DeviceFlow, _ new: NewConnection
    ) async throws(BrokerError) -> (flow: ConnectFlow, offer: DeviceOffer)? {
        let aim = try new.aim()
        guard let flow = try await desk.read({ try await connecting.store.connectFlow(for: aim) }),
            case .offered(let offer) = flow.stage(at: world.now()), offer.session == device.session
        else { return nil }
        return (flow, DeviceOffer(offer, of: flow, over: try await earlier(offer.replaces, aim)))
    }

    /// Finds out whose account it is, and puts it into the row. What is refused is given back.
    func offer(
        _ answer: TokenAnswer, _ asked: Timestamp, of device: DeviceFlow, for new: NewConnection,
        _ service: ConnectService
    ) async throws(BrokerError) -> DeviceOffer {
        var account: String?
        do throws(BrokerError) {
            let found = try await desk.account(of: answer, for: new)
            account = found.id
            let isOwners = try await desk.isOwners(found, for: new)
            let aim = try new.aim()
            let earlier = try await earlier(device.replaces, aim)
            let flow = try await connecting.open(aim)
            let isSame = if let earlier { await connecting.same(earlier, as: found, service, flow) } else { true }
            let offer = ConnectOffer(
                session: device.session, account: OfferedAccount(found),
                asked: Set(device.scopes).answered(by: answer),
                granted: answer.scopes ?? found.scopes ?? Set(device.scopes), replaces: earlier?.id,
                before: earlier.flatMap { isSame ? nil : OfferedAccount($0) },
                knownAs: isSame && earlier?.account != found.id ? earlier?.account : nil, isOwners: isOwners,
                clientID: service.app.registration,
                until: world.now().adding(seconds: ConnectFlow.offeredSeconds),
                tokens: try sealed(answer, asked, connecting.place(flow.id, flow.revision + 1)))
            let next = flow.step(to: .offered(offer))
            do throws(ConnectError) {
                try await connecting.step(next, "connect.offered", ["grant": "device_code"], by: new.by)
            } catch {
                throw BrokerError(error)
            }
            // What was offered before and not answered is over.
            if case .offered(let forgotten) = flow.stage { await connecting.giveBack(forgotten, of: flow) }
            return DeviceOffer(offer, of: next, over: earlier)
        } catch {
            await connecting.giveBack(answer, of: account, to: service)
            throw error
        }
    }

    /// - Throws: `invalid` when it isn't said which.
    func replaced(_ replaces: Replaced, by new: NewConnection) async throws(BrokerError) -> ConnectionRecord? {
        let rows = try await current(try new.aim())
        switch replaces {
        case .none: return nil
        case .one(let id):
            guard let row = rows.first(where: { $0.id == id }) else { throw BrokerError.noConnection(id) }
            return row
        case .theOnlyOne:
            guard rows.count <= 1 else {
                throw BrokerError(
                    .invalid, "`\(new.owner.text)` has \(rows.count) connections at `\(new.provider)`",
                    hint: "say whose place the new one takes with `--replaces ID`, or `--replaces none`; "
                        + "`deputy connections list` has the ids")
            }
            return rows.first
        }
    }

    private func earlier(_ id: ConnectionID?, _ aim: ConnectAim) async throws(BrokerError) -> ConnectionRecord? {
        guard let id else { return nil }
        return try await current(aim).first { $0.id == id }
    }

    private func current(_ aim: ConnectAim) async throws(BrokerError) -> [ConnectionRecord] {
        do throws(ConnectError) {
            return try await connecting.current(aim)
        } catch {
            throw BrokerError(error)
        }
    }

    private func sealed(
        _ answer: TokenAnswer, _ asked: Timestamp, _ place: String
    ) throws(BrokerError) -> [UInt8] {
        do throws(ConnectProblem) {
            return try HeldTokens(answer, at: asked).sealed(by: keys, place)
        } catch {
            throw BrokerError(.unavailable, "the tokens can't be sealed", hint: error.hint)
        }
    }

    static let over = BrokerError(.refused, "no account waits for an answer any more", hint: "begin again")
}

extension BrokerError {
    init(_ error: ConnectError) {
        switch error {
        case .failed(let error): self = error
        case .refused(let refusal): self.init(refusal)
        }
    }

    init(_ refusal: ConnectRefusal) {
        switch refusal {
        case .unknown, .stale, .over: self = GrantDesk.over
        case .changed: self.init(.refused, "what was shown isn't what there is any more", hint: "look again")
        case .needsYes: self.init(.refused, "it takes a yes of its own", hint: "look again at what it replaces")
        case .somebodyElses, .nobody, .anotherBrowser: self = GrantDesk.anotherFlow
        }
    }
}

extension NewConnection {
    /// The row that it shares with the ways in a browser: of those at once, one goes on.
    ///
    /// - Throws: `refused` for a person, and for an agent that nobody owns.
    func aim() throws(BrokerError) -> ConnectAim {
        guard case .agent(let agent) = owner, let agentOwner else {
            throw BrokerError(.refused, "a code connects the accounts of agents alone")
        }
        return ConnectAim(
            organization: organization, person: agentOwner, owner: owner, agent: agent, provider: provider)
    }
}
