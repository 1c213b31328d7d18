import Mustache

/// A view value that becomes a page.
public protocol PageView: Sendable {
    /// The name of its template.
    static var template: String { get }
    var title: String { get }
}

/// What surrounds every page.
public struct Frame: Sendable {
    /// Nil for who isn't signed in.
    public let person: String?
    public let organization: String?
    /// What every form carries; nil for who isn't signed in.
    public let csrf: String?
    /// The place in the navigation, such as `approvals`.
    public let place: String
    /// Said once, after something was done.
    public let notice: String?

    public init(person: String?, organization: String?, csrf: String?, place: String, notice: String? = nil) {
        self.person = person
        self.organization = organization
        self.csrf = csrf
        self.place = place
        self.notice = notice
    }
}

/// View value to HTML. Pure.
public struct Pages: Sendable {
    private let library: MustacheLibrary

    /// - Throws: when a template of ours is broken, which the first test would find.
    public init() throws {
        let texts: [(String, [UInt8])] = [
            ("head", PackageResources.head_mustache), ("foot", PackageResources.foot_mustache),
            ("approvals", PackageResources.approvals_mustache), ("approval", PackageResources.approval_mustache),
            ("connections", PackageResources.connections_mustache), ("tokens", PackageResources.tokens_mustache),
            ("week", PackageResources.week_mustache), ("browsers", PackageResources.browsers_mustache),
            ("agreements", PackageResources.agreements_mustache), ("login", PackageResources.login_mustache),
            ("message", PackageResources.message_mustache), ("tools", PackageResources.tools_mustache),
            ("tool", PackageResources.tool_mustache), ("signin", PackageResources.signin_mustache),
            ("linklogin", PackageResources.linklogin_mustache), ("payloads", PackageResources.payloads_mustache),
            ("consent", PackageResources.consent_mustache), ("clients", PackageResources.clients_mustache),
            ("account", PackageResources.account_mustache),
            ("connect", PackageResources.connect_mustache), ("offer", PackageResources.offer_mustache),
            ("connectcard", PackageResources.connectcard_mustache),
            ("chat", PackageResources.chat_mustache), ("chats", PackageResources.chats_mustache),
            ("memory", PackageResources.memory_mustache), ("ownmemory", PackageResources.ownmemory_mustache),
            ("memoryrow", PackageResources.memoryrow_mustache),
            ("schedules", PackageResources.schedules_mustache),
            ("senders", PackageResources.senders_mustache), ("shares", PackageResources.shares_mustache),
            ("linksender", PackageResources.linksender_mustache),
        ]
        var templates: [String: MustacheTemplate] = [:]
        for (name, bytes) in texts {
            templates[name] = try MustacheTemplate(string: String(decoding: bytes, as: UTF8.self))
        }
        library = MustacheLibrary(templates: templates)
    }

    public static let stylesheet = PackageResources.style_css
    /// The one script that there is: it keeps a conversation up to date.
    public static let chatScript = PackageResources.chat_js

    public func render<View: PageView>(_ view: View, in frame: Frame) -> String {
        let navigation = Place.allCases.map { place in
            NavigationItem(name: place.name, path: place.path, isHere: place.rawValue == frame.place)
        }
        return library.render(
            Framed(
                title: view.title, person: frame.person, organization: frame.organization, csrf: frame.csrf,
                notice: frame.notice, navigation: frame.person == nil ? [] : navigation, view: view),
            withTemplate: View.template) ?? ""
    }
}

private struct Framed<View: PageView> {
    let title: String
    let person: String?
    let organization: String?
    let csrf: String?
    let notice: String?
    let navigation: [NavigationItem]
    let view: View
}

private struct NavigationItem {
    let name: String
    let path: String
    let isHere: Bool
}

private enum Place: String, CaseIterable {
    case approvals, chats, memory, connections, agreements, tools, clients, tokens, schedules, week, browsers, senders,
        shares

    var path: String { "/" + rawValue }

    var name: String {
        switch self {
        case .approvals: "Approvals"
        case .chats: "Talk"
        case .memory: "Memory"
        case .connections: "Connections"
        case .agreements: "Assistants"
        case .tools: "Tools"
        case .clients: "Clients"
        case .tokens: "Tokens"
        case .senders: "Channels"
        case .shares: "Shared"
        case .schedules: "Schedules"
        case .week: "This week"
        case .browsers: "Browsers"
        }
    }
}
