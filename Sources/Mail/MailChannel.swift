public import NIOCore
import NIOPosix
import NIOSSL

/// The way to a mail server: an address that the caller checked, and what is trusted there.
public struct MailRoute: Sendable {
    public let server: MailServer
    /// Numeric. Nothing is looked up here.
    public let address: String
    /// Certificates in PEM that are trusted instead of the system's.
    public let trusted: String?
    public let connect: TimeAmount
    /// For the whole conversation.
    public let whole: TimeAmount
    /// For one command; nil for no bound of its own.
    public let each: TimeAmount?
    /// Bytes that may come on the connection in all.
    public let bytes: Int
    /// For an IMAP server's first word.
    static let greeting = TimeAmount.seconds(10)

    public init(
        to server: MailServer, at address: String, trusted: String?, connect: TimeAmount, whole: TimeAmount,
        each: TimeAmount? = nil, bytes: Int = 32 << 20
    ) {
        self.server = server
        self.address = address
        self.trusted = trusted
        self.connect = connect
        self.whole = whole
        self.each = each
        self.bytes = bytes
    }
}

/// Opens channels with TLS where a server wants it.
struct MailChannel {
    let route: MailRoute
    private let context: NIOSSLContext

    /// - Throws: `MailFailure.refused` when the certificates can't be used.
    init(_ route: MailRoute) throws(MailFailure) {
        self.route = route
        do {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.minimumTLSVersion = .tlsv12
            if let trusted = route.trusted {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(trusted.utf8)))
            }
            context = try NIOSSLContext(configuration: tls)
        } catch {
            throw .refused("the certificates that were given for `\(route.server.host)` can't be used")
        }
    }

    var makeTLS: @Sendable () throws -> NIOSSLClientHandler {
        let (context, server) = (context, route.server)
        return { try NIOSSLClientHandler(context: context, serverHostname: server.isNumeric ? nil : server.host) }
    }

    /// Connects, with `add` filling the pipeline behind TLS.
    func open(on loop: any EventLoop, _ add: @escaping @Sendable (any Channel) throws -> Void) async throws(MailFailure)
        -> any Channel
    {
        let (makeTLS, security) = (makeTLS, route.server.security)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(route.connect).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                if security == .implicit { try channel.pipeline.syncOperations.addHandler(makeTLS()) }
                try add(channel)
            }
        }
        do {
            return try await bootstrap.connect(host: route.address, port: route.server.port).get()
        } catch {
            throw .notSent("the mail server can't be reached")
        }
    }

    static func reason(of error: any Error) -> String {
        error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError
            ? "TLS with the mail server failed" : "the connection to the mail server failed"
    }
}
