import Authority
import Channels
import Egress
import Gate
import Turns

/// Sends what people are told in the home's own name by its mail server, and everything else by the account that it is from.
struct HomeMailDelivery: Delivery {
    let others: ChannelDelivery
    /// Nil while none is set up.
    let mail: @Sendable () async throws -> MailNotifier?

    func knowsRepeats(_ account: ChannelAccountID) async throws -> Bool {
        try await others.knowsRepeats(account)
    }

    func prepare(_ message: OutboundMessage) async -> Prepared {
        message.account.isHomeMail ? .ready(message) : await others.prepare(message)
    }

    func deliver(_ message: OutboundMessage, after parts: Int) async -> Delivered {
        guard message.account.isHomeMail else { return await others.deliver(message, after: parts) }
        let requests = MailChannel().requests(for: message, from: ChannelAccount(id: message.account))
        guard let request = requests.first else {
            return Delivered(parts: parts, .refused("there is nobody there who could be told"))
        }
        do {
            guard let mail = try await mail() else {
                return Delivered(parts: parts, .refused("the home has no mail server any more"))
            }
            return Delivered(parts: 1, .delivered(try await mail.send(request.body)))
        } catch let failure as NoticeFailure {
            return Delivered(parts: parts, DeliveryOutcome(failure))
        } catch {
            return Delivered(parts: parts, .putOff(after: nil, "the gateway can't read its own state"))
        }
    }
}

extension DeliveryOutcome {
    fileprivate init(_ failure: NoticeFailure) {
        self =
            switch failure {
            case .notSent(let reason): .retry(after: nil, reason)
            case .refused(let reason): .refused(reason)
            case .unknown(let reason): .unknown(reason)
            }
    }
}
