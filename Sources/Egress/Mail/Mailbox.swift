import Gate
import Mail
import NIOCore
import Wire

/// A mailbox as tools see it: what is asked and answered is JSON.
struct Mailbox: Sendable {
    let access: MailAccess
    let login: MailLogin
    /// Whose it is; nil while that is asked.
    let account: String?
    let checked: CheckedAddress
    let limits: EgressLimits

    /// Bytes of a message's text that are fetched, as they are carried.
    static let textBytes = 256 << 10
    /// What a tool answers with of it.
    static let textCharacters = 100_000

    func answer(_ path: String, _ wanted: JSON) async throws(MailFailure) -> JSON {
        switch path {
        case "/account": try await whose()
        case "/folders": try await folders()
        case "/search": try await search(wanted)
        case "/read": try await read(wanted)
        case "/part": try await part(wanted)
        case "/send": try await send(wanted)
        case "/sent": try await sent(wanted)
        case "/draft": try await draft(wanted)
        case "/move": try await move(wanted)
        case "/mark": try await mark(wanted)
        default: throw .refused("nothing is called `\(path)` in a mailbox")
        }
    }

    func session<Value: Sendable>(
        _ body: @Sendable (IMAPSession) async throws(MailFailure) -> Value
    ) async throws(MailFailure) -> Value {
        try await IMAPSession.run(as: login, by: try await route(to: access.imap), body)
    }

    func route(
        to server: MailServerAddress, whole: TimeAmount? = nil, each: TimeAmount? = nil, bytes: Int = 32 << 20
    ) async throws(MailFailure) -> MailRoute {
        let address: Address
        do throws(UpstreamFailure) {
            address = try await checked.address(of: server.host)
        } catch {
            switch error {
            case .notSent(let reason), .unknown(let reason): throw .notSent(reason)
            }
        }
        return MailRoute(
            to: MailServer(
                server.scheme.isImplicit ? .implicit : .startTLS, host: server.host,
                isNumeric: Address(server.host) != nil, port: server.port),
            at: address.text, trusted: access.certificates, connect: limits.connect,
            whole: whole ?? TimeAmount(limits.whole), each: each, bytes: bytes)
    }

    /// The server opens the mailbox to nobody else, so the name that opened it is whose it is.
    private func whose() async throws(MailFailure) -> JSON {
        try await session { _ in }
        let address = access.address(ofUser: login.user) ?? login.user
        guard MailAddress(address) != nil else { return ["id": .string(address)] }
        return ["id": .string(address), "email": .string(address)]
    }

    private func folders() async throws(MailFailure) -> JSON {
        let folders = try await session { session throws(MailFailure) in try await session.folders() }
        return [
            "folders": .array(
                folders.map { folder in
                    var fields: JSONObject = ["name": .string(folder.name.text)]
                    fields["use"] = folder.use.map { .string($0) }
                    return .object(fields)
                })
        ]
    }

    func folder(_ wanted: JSON, _ key: String = "folder") throws(MailFailure) -> MailFolderName {
        let text = wanted[key]?.stringValue ?? "INBOX"
        guard let name = MailFolderName(text) else { throw .refused("`\(text)` can't be a folder's name") }
        return name
    }
}

/// A message of a folder: what tells the folder from another of its name, and the message's number in it.
struct MailID: Sendable, Hashable, CustomStringConvertible {
    let validity: UInt32
    let number: UInt32

    init(validity: UInt32, number: UInt32) {
        self.validity = validity
        self.number = number
    }

    init(_ wanted: JSON) throws(MailFailure) {
        let text = wanted["id"]?.stringValue ?? ""
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { part in
            part.utf8.allSatisfy { $0 &- 0x30 < 10 } ? UInt32(part) : nil
        }
        guard parts.count == 2, let validity = parts[0], let number = parts[1], number > 0 else {
            throw .refused("`\(text)` can't be a message's id: take one that a search gave")
        }
        self.init(validity: validity, number: number)
    }

    var description: String { "\(validity)-\(number)" }

    func check(_ folder: OpenFolder) throws(MailFailure) {
        guard folder.validity == validity else { throw .refused("the folder was made anew: search it again") }
    }

    static func missing(_ name: MailFolderName) -> MailFailure {
        .refused("the folder `\(name.text)` has no such message: search it again")
    }
}
