public import Broker
public import Gate
import Mail
import NIOCore
public import Wire

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
        try await send(mail.bytes, to)
    }

    /// Sends a letter in the home's own name: recipients, id and text as channels write them.
    ///
    /// - Returns: its `Message-ID`.
    public func send(_ wanted: JSON) async throws(NoticeFailure) -> String {
        let letter: Letter
        do throws(MailFailure) {
            letter = try Letter(wanted, from: settings.from.text)
        } catch {
            throw NoticeFailure(error, without: [])
        }
        guard let to = letter.recipients.first, letter.recipients.count == 1 else {
            throw .refused("the letter isn't for one person")
        }
        try await send(letter.bytes, to)
        return letter.messageID
    }

    private func send(_ bytes: [UInt8], _ to: MailAddress) async throws(NoticeFailure) {
        let address = try await checkedAddress()
        let forms = settings.password.map { password in SecretForms(password.withBytes { Array($0) }) }
        if let forms { secrets.begin(forms) }
        defer { if let forms { secrets.end(forms) } }
        do throws(MailFailure) {
            try await deliver(bytes, to, at: address)
        } catch {
            throw NoticeFailure(error, without: forms?.patterns ?? [])
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

    private func deliver(_ bytes: [UInt8], _ to: MailAddress, at address: Address) async throws(MailFailure) {
        guard let outgoing = OutgoingMail(from: settings.from, to: [to], bytes: bytes) else {
            throw .refused("the notice can't be written as a mail")
        }
        var login: MailLogin?
        if let user = settings.user, let password = settings.password {
            login = MailLogin(user: user, .password, secret: Lent(secret: password))
            if login == nil { throw .refused("`\(user)` can't be a login") }
        }
        let server = MailServer(
            MailServer.Security(settings.security), host: settings.host, isNumeric: Address(settings.host) != nil,
            port: settings.port)
        try await SMTPClient.send(
            outgoing, as: login, helloName: settings.from.helloName,
            by: MailRoute(
                to: server, at: address.text, trusted: settings.trusted, connect: limits.connect, whole: .seconds(60)))
    }
}

/// A held secret as mail's protocols want it.
struct Lent: LentSecret {
    let secret: HeldSecret

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try secret.withBytes(body)
    }
}

extension MailServer.Security {
    fileprivate init(_ security: MailSettings.Security) {
        self =
            switch security {
            case .implicit: .implicit
            case .startTLS: .startTLS
            case .clear: .clear
            }
    }
}

extension NoticeFailure {
    fileprivate init(_ failure: MailFailure, without patterns: [[UInt8]]) {
        let reason = Redactor.redact(failure.reason, patterns)
        self =
            switch failure {
            case .notSent: .notSent(reason)
            case .refused, .denied: .refused(reason)
            case .unknown: .unknown(reason)
            }
    }
}

extension MailAddress {
    /// What we call ourselves (RFC 5321 section 4.1.1.1): the domain that we send for. The machine's own name may be one that
    /// nobody outside can look up.
    var helloName: String {
        text.split(separator: "@").last.map(String.init) ?? "localhost"
    }
}
