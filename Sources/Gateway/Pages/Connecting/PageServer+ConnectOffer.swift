import Authority
import Broker
import Console
import Gate
import HTTPTypes
import Hummingbird
import Registry
import Wire

/// The account that came back: shown, and then kept or not.
extension PageServer {
    func offered(
        _ offer: ConnectOffer, _ flow: ConnectFlow, _ visit: Visit, problem: String? = nil
    ) -> Response {
        func shown(_ scopes: Set<String>) -> [String] { scopes.sorted().map { Inert.text($0) } }
        let sharedBy: String? =
            switch flow.aim.owner {
            case .agent(let agent): offer.isOwners ? agent.raw : nil
            case .person, .organization: nil
            }
        let view = ConnectOfferView(
            title: "Keep this account?", path: flow.path + "/answer", service: title(of: flow),
            name: offer.account.name.map { Inert.text($0) }, email: offer.account.email.map { Inert.text($0) },
            id: offer.account.id == offer.account.email ? nil : Inert.text(offer.account.id), purpose: flow.aim.purpose,
            granted: shown(offer.granted),
            missing: shown(offer.missing), more: shown(offer.granted.subtracting(offer.asked)),
            before: offer.before.map { Inert.text($0.told) }, sharedBy: sharedBy,
            shown: offer.shown(of: flow.id).hex, expires: offer.until.shown, problem: problem)
        return page(
            view, visit, place: "connections", status: problem == nil ? .ok : .unprocessableContent)
    }

    /// What was kept may be gone again, or too little by now.
    func kept(_ account: OfferedAccount, _ flow: ConnectFlow, _ visit: Visit) async throws -> Response {
        let needed = try await desks.guide.needed(for: flow.aim)
        let isDone = try await desks.guide.desk.current(flow.aim).contains { row in
            row.account == account.id && row.health == .healthy
                && (visit.query["done"] == "kept" || row.scopes.isSuperset(of: needed) && !row.isFoundLacking)
        }
        guard isDone, visit.query["again"] == nil else { return try await begin(flow, visit) }
        let link = flow.aim.agent.map { "/connect/agent/\(PercentEncoding.encode($0.raw))" } ?? "/connections"
        let view = MessageView(
            title: "\(title(of: flow)) is connected",
            text: "As \(Inert.text(account.shown)). What waited for it goes on by itself.",
            wayOut: "You can close this page.", link: link,
            linkName: flow.aim.agent.map { "See what else \($0) needs" } ?? "See your connections",
            otherLink: flow.path + "?again=yes", otherName: "Connect it again, or another account")
        return page(view, visit, place: "connections")
    }

    @Sendable func answerOffer(_ visit: Visit) async throws -> Response {
        let flow = try await flow(visit)
        do throws(ConnectError) {
            switch visit.form["answer"] {
            case "keep":
                guard let shown = visit.form["shown"].flatMap({ Digest(hex: $0) }) else { throw .refused(.changed) }
                _ = try await desks.guide.desk.keep(
                    flow, by: visit.connecting, shown: shown, another: visit.form["another"] == "yes",
                    sharing: visit.form["sharing"] == "yes", party: try await party(flow.aim))
            case "drop": try await desks.guide.desk.drop(flow, by: visit.connecting)
            case nil, _?: throw .refused(.changed)
            }
        } catch {
            if case .refused(.needsYes) = error, case .offered(let offer) = flow.stage {
                return offered(offer, flow, visit, problem: "Tick what you agree to first, or don't keep it.")
            }
            // Pressed twice: the page says what came of the first.
            if case .refused(.over) = error { return redirect(to: flow.path) }
            throw PageRefusal(error, flow: flow)
        }
        return redirect(to: flow.path + (visit.form["answer"] == "keep" ? "?done=kept" : ""))
    }

    func party(_ aim: ConnectAim) async throws(ConnectError) -> ConnectParty {
        do {
            return try await desks.guide.party(of: aim)
        } catch let error as RegistryError {
            throw .failed(
                BrokerError(error.code == .unavailable ? .unavailable : .refused, error.message, hint: error.hint))
        } catch {
            throw .failed(BrokerError(.unavailable, "the gateway can't read its own state"))
        }
    }
}

extension OfferedAccount {
    /// Everything that tells it from another: two accounts may have one address.
    fileprivate var told: String {
        [name, email, id].compactMap(\.self).reduce(into: [String]()) { words, word in
            if !words.contains(word) { words.append(word) }
        }.joined(separator: ", ")
    }
}
