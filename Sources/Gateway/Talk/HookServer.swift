public import Authority
import HTTPTypes
public import Hummingbird
import NIOCore
public import Turns

/// What platforms post to us: `/hooks/<channel>/<account>`. A message is stored before the platform is told that it was
/// taken.
public struct HookServer: Sendable {
    private let organization: OrganizationID
    private let desk: ChannelDesk
    private let channels: [any HookChannel]
    private let taking: HookDesk
    private let now: @Sendable () -> Timestamp
    /// By where they come from: who sent them is known when they are whole.
    private let bodies = IncomingBodies<SourceAddress>(mostOfOne: 8 << 20, most: 64 << 20)

    public init(
        organization: OrganizationID, desk: ChannelDesk, channels: [any HookChannel], taking: HookDesk,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.organization = organization
        self.desk = desk
        self.channels = channels
        self.taking = taking
        self.now = now
    }

    /// More than any platform posts.
    private static let mostBytes = 1 << 20

    public func addRoutes(to router: Router<GatewayContext>) {
        // What is no POST is refused by the channel, and counted.
        for method in [HTTPRequest.Method.post, .get, .put, .delete, .patch] {
            router.on("/hooks/:channel/:account", method: method) { request, context in
                await answer(request, context)
            }
        }
    }

    private func answer(_ request: Request, _ context: GatewayContext) async -> Response {
        guard let kind = context.parameters.get("channel").flatMap(ChannelKind.init),
            let name = context.parameters.get("account"),
            let channel = channels.first(where: { $0.traits.kind == kind }),
            let record = try? await desk.account(ChannelAccountID(organization: organization, kind: kind, name: name)),
            !record.account.isPaused, let signing = try? desk.signing(of: record)
        else {
            taking.count("unknown-account", context.parameters.get("channel").flatMap(ChannelKind.init))
            return HookServer.response(HookReply(status: 404, body: Array("there is no such account\n".utf8)))
        }
        let body: ByteBuffer
        do throws(IncomingRefusal) {
            body = try await bodies.collect(
                request.body, upTo: HookServer.mostBytes, from: context.source(of: request))
        } catch {
            switch error {
            case .tooLarge, .ended:
                return HookServer.response(await taking.take(.refused(.tooLarge), of: record.account.id))
            case .noRoom:
                // Platforms send it again.
                taking.count("no-room", kind)
                return HookServer.response(HookReply(status: 503, body: Array("there is no room now\n".utf8)))
            }
        }
        let hook = HookServer.hook(request, Array(body.readableBytesView))
        let outcome = channel.receive(hook, for: record.account, signing: signing, at: now())
        return HookServer.response(await taking.take(outcome, of: record.account.id))
    }

    private static func hook(_ request: Request, _ body: [UInt8]) -> HookRequest {
        var headers: [String: String] = [:]
        for field in request.headers {
            // Two of a name are read by others as they like, so neither is.
            let name = field.name.canonicalName
            headers[name] = headers[name] == nil ? field.value : ""
        }
        return HookRequest(
            method: request.method.rawValue, query: request.uri.query ?? "", headers: headers, body: body)
    }

    private static func response(_ reply: HookReply) -> Response {
        Response(
            status: .init(code: reply.status),
            headers: [.contentType: reply.contentType, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: reply.body)))
    }
}
