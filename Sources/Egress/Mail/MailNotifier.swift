public import Broker
public import Gate
import NIOCore
import NIOPosix
import NIOSSL
import Wire

/// Sends notices by mail: one connection for each, at an address that was checked, under the server's verified name.
public struct MailNotifier: Notifier {
    let settings: MailSettings
    let policy: AddressPolicy
    let resolver: any NameResolving
    let limits: EgressLimits
    let secrets: LiveSecrets

    public init(_ settings: MailSettings, addresses: AddressPolicy, limits: EgressLimits, secrets: LiveSecrets) {
        self.init(settings, addresses: addresses, resolver: SystemResolver(), limits: limits, secrets: secrets)
    }

    init(
        _ settings: MailSettings, addresses: AddressPolicy, resolver: any NameResolving, limits: EgressLimits,
        secrets: LiveSecrets
    ) {
        self.settings = settings
        policy = addresses
        self.resolver = resolver
        self.limits = limits
        self.secrets = secrets
    }

    public func notify(_ notice: Notice) async throws(NoticeFailure) {
        guard let to = MailAddress(notice.address) else { throw .refused("the person's address can't be mailed to") }
        let mail = try NoticeMail(notice, from: settings.from, to: to)
        let address = try await checkedAddress()
        let login = settings.password.flatMap { password in
            settings.user.map { SMTPDialogue.Login(user: $0, password: password) }
        }
        let forms = login.map { SecretForms(of: $0) }
        if let forms { secrets.begin(forms) }
        defer { if let forms { secrets.end(forms) } }
        do throws(NoticeFailure) {
            try await deliver(mail, to, at: address, login)
        } catch {
            throw forms.map(error.redacted) ?? error
        }
    }

    private func checkedAddress() async throws(NoticeFailure) -> Address {
        let addresses: [Address]
        do {
            addresses = try await resolver.addresses(of: settings.host)
        } catch {
            throw .notSent("the name `\(settings.host)` can't be looked up")
        }
        guard let first = addresses.first else { throw .notSent("the name `\(settings.host)` has no address") }
        guard addresses.allSatisfy(policy.allows) else {
            throw .refused("`\(settings.host)` leads to an address that nothing may connect to")
        }
        guard settings.security != .clear || addresses.allSatisfy(\.isLoopback) else {
            throw .refused("`\(settings.host)` is only reached over TLS")
        }
        return first
    }

    private func deliver(
        _ mail: NoticeMail, _ to: MailAddress, at address: Address, _ login: SMTPDialogue.Login?
    ) async throws(NoticeFailure) {
        let context: NIOSSLContext
        do {
            context = try NIOSSLContext(configuration: try tls())
        } catch {
            throw .refused("the certificates that were given for `\(settings.host)` can't be used")
        }
        // A numeric host is verified by the address itself.
        let name = Address(settings.host) == nil ? settings.host : nil
        let (settings, limits) = (settings, limits)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let result = loop.makePromise(of: Void.self)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(limits.connect).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let makeTLS = { try NIOSSLClientHandler(context: context, serverHostname: name) }
                if settings.security == .implicit { try channel.pipeline.syncOperations.addHandler(makeTLS()) }
                let dialogue = SMTPDialogue(
                    security: settings.security, login: login, helloName: settings.from.helloName, from: settings.from,
                    to: to,
                    message: mail.bytes)
                let handler = SMTPHandler(dialogue, result: result, makeTLS: makeTLS)
                try channel.pipeline.syncOperations.addHandler(handler)
                let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
                let deadline = channel.eventLoop.scheduleTask(in: MailNotifier.whole) { bound.value.late() }
                result.futureResult.whenComplete { _ in deadline.cancel() }
            }
        }
        do {
            _ = try await bootstrap.connect(host: address.text, port: settings.port).get()
        } catch {
            result.fail(NoticeFailure.notSent("the mail server can't be reached"))
        }
        do {
            try await result.futureResult.get()
        } catch {
            throw error as? NoticeFailure ?? .unknown("the connection to the mail server failed")
        }
    }

    private static let whole = TimeAmount.seconds(60)

    private func tls() throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let trusted = settings.trusted {
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(trusted.utf8)))
        }
        return tls
    }
}

extension SecretForms {
    fileprivate init(of login: SMTPDialogue.Login) {
        self.init(login.password.withBytes { Array($0) })
    }
}

extension NoticeFailure {
    fileprivate func redacted(_ forms: SecretForms) -> NoticeFailure {
        switch self {
        case .notSent(let reason): .notSent(Redactor.redact(reason, forms.patterns))
        case .refused(let reason): .refused(Redactor.redact(reason, forms.patterns))
        case .unknown(let reason): .unknown(Redactor.redact(reason, forms.patterns))
        }
    }
}

extension MailAddress {
    /// What we call ourselves (RFC 5321 section 4.1.1.1): the domain that we send for. The machine's own name may be one that
    /// nobody outside can look up.
    fileprivate var helloName: String {
        text.split(separator: "@").last.map(String.init) ?? "localhost"
    }
}
