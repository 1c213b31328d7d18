public import Authority
import HTTPTypes
public import Hummingbird
public import Logging
import NIOCore
public import Telemetry
public import Turns
import Wire

/// What platforms post to us: `/hooks/<channel>/<account>`. A message is stored before the platform is told that it was
/// taken.
public struct HookServer: Sendable {
    private let organization: OrganizationID
    private let desk: ChannelDesk
    private let channels: [any HookChannel]
    private let inbox: InboxDesk
    private let presses: ButtonDesk
    private let refusals: Counter
    private let now: @Sendable () -> Timestamp
    private let log: Logger

    /// - Parameter refusals: what starts nothing, by channel and reason.
    public init(
        organization: OrganizationID, desk: ChannelDesk, channels: [any HookChannel], inbox: InboxDesk,
        presses: ButtonDesk, refusals: Counter, now: @escaping @Sendable () -> Timestamp, log: Logger
    ) {
        self.organization = organization
        self.desk = desk
        self.channels = channels
        self.inbox = inbox
        self.presses = presses
        self.refusals = refusals
        self.now = now
        self.log = log
    }

    /// More than any platform posts.
    private static let mostBytes = 1 << 20

    public func addRoutes(to router: Router<GatewayContext>) {
        router.post("/hooks/:channel/:account") { request, context in
            await answer(request, context)
        }
    }

    private func answer(_ request: Request, _ context: GatewayContext) async -> Response {
        guard let kind = context.parameters.get("channel").flatMap(ChannelKind.init),
            let name = context.parameters.get("account"),
            let channel = channels.first(where: { $0.traits.kind == kind }),
            let record = try? await desk.account(ChannelAccountID(organization: organization, kind: kind, name: name)),
            !record.account.isPaused, let signing = try? desk.signing(of: record)
        else {
            count("unknown-account", context.parameters.get("channel").flatMap(ChannelKind.init))
            return HookServer.response(HookReply(status: 404, body: Array("there is no such account\n".utf8)))
        }
        let body: ByteBuffer
        do { body = try await request.body.collect(upTo: HookServer.mostBytes) } catch {
            return refused(.tooLarge, record.account.id)
        }
        var headers: [String: String] = [:]
        for field in request.headers {
            // Two of a name are read by others as they like, so neither is.
            let name = field.name.canonicalName
            headers[name] = headers[name] == nil ? field.value : ""
        }
        let hook = HookRequest(
            method: request.method.rawValue, query: request.uri.query ?? "", headers: headers,
            body: Array(body.readableBytesView))
        switch channel.receive(hook, for: record.account, signing: signing, at: now()) {
        case .answered(let reply): return HookServer.response(reply)
        case .heldBack(let reply):
            count("held-back", kind)
            log.warning("the platform held events back", metadata: ["account": "\(record.account.id)"])
            return HookServer.response(reply)
        case .refused(let refusal): return refused(refusal, record.account.id)
        case .messages(let messages, let reply):
            do {
                for message in messages {
                    switch try await inbox.take(message) {
                    case .new: break
                    case .repeated: count("duplicate", kind)
                    }
                }
                return HookServer.response(reply)
            } catch {
                log.error(
                    "a message can't be stored", metadata: ["account": "\(record.account.id)", "error": "\(error)"])
                return HookServer.response(HookReply(status: 503))
            }
        case .pressed(let press, let reply):
            await presses.take(press)
            return HookServer.response(reply)
        }
    }

    private func count(_ reason: String, _ kind: ChannelKind?) {
        refusals.add(1, [kind?.rawValue ?? "none", reason])
    }

    private func refused(_ refusal: HookRefusal, _ account: ChannelAccountID) -> Response {
        count(refusal.counted, account.kind)
        log.warning("a hook was refused", metadata: ["account": "\(account)", "reason": "\(refusal.rawValue)"])
        return HookServer.response(
            HookReply(status: refusal.status, body: Array("\(refusal.sentence)\n".utf8)))
    }

    private static func response(_ reply: HookReply) -> Response {
        Response(
            status: .init(code: reply.status),
            headers: [.contentType: reply.contentType, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: reply.body)))
    }
}
