import ArgumentParser
import Authority
import Wire

/// The five answers as flags.
struct InitOptions: ParsableArguments {
    @Option(help: "The organization's name, as people say it. Without it its id.")
    var name: String?

    @Option(help: "A mail domain of its own. May be given several times.")
    var domain: [String] = []

    @Option(
        help: ArgumentHelp(
            "The first person, such as `Dana Lee <dana@acme.example>`.", valueName: "name <mail>"))
    var person: String?

    @Option(help: "How the world reaches the gateway, such as https://deputy.example. Without it this machine alone.")
    var publicURL: String?

    @Option(
        help: ArgumentHelp(
            "How people are told: none, smtps://user@host:465, smtp://host:587 with STARTTLS, or a webhook's https://.",
            valueName: "way"))
    var notices: String?

    @Option(help: "The sender of mailed notices. Without it deputy@ and the first domain.")
    var from: String?

    @Option(help: "Read the mail server's password from a file.")
    var passwordFile: String?

    @Option(help: "Read the webhook's secret (whsec_...) from a file. Without it one is made and shown once.")
    var secretFile: String?

    @Flag(help: "Ask nothing.")
    var yes = false

    /// From the flags alone.
    func read(organization: String?) throws -> NewHome {
        guard let id = organization ?? name.map(OrganizationName.id), !id.isEmpty else {
            throw CommandFailure(
                .refused, "invalid", "the organization isn't named",
                hint: "name it, such as `deputy init acme --domain acme.example`")
        }
        let domains = try OrganizationName.domains(domain)
        guard !domains.isEmpty else {
            throw InitOptions.missing("an organization has at least one mail domain", "--domain acme.example")
        }
        return NewHome(
            organization: try OrganizationName.checked(id), name: name ?? id, domains: domains,
            person: try person.map { try NewPerson.parse($0, domains: domains) },
            publicURL: try publicURL.map { try PublicURL.parse($0, as: "--public-url") },
            notices: try notices(notices ?? "none", domains, password: InitOptions.noPassword))
    }

    /// From the flags, and from whoever is asked for the rest.
    func ask(_ questions: inout Questions, organization: String?) throws -> NewHome {
        let id = try organization.map(OrganizationName.checked)
        let called =
            try name
            ?? questions.ask("What is the organization called?", usual: id?.raw) { answer in
                _ = try id ?? OrganizationName.checked(OrganizationName.id(of: answer))
                return answer
            } ?? id?.raw ?? ""
        var domains = try OrganizationName.domains(domain)
        if domains.isEmpty {
            domains =
                try questions.ask("Which mail domains are its own?", usual: nil) { answer in
                    let read = try OrganizationName.domains([answer])
                    guard !read.isEmpty else { throw InitOptions.missing("at least one is needed", "acme.example") }
                    return read
                } ?? []
        }
        let first =
            try person.map { try NewPerson.parse($0, domains: domains) }
            ?? questions.ask(
                "Who is the first person? Write `Dana Lee <dana@\(domains[0])>`.", usual: "nobody yet"
            ) { try NewPerson.parse($0, domains: domains) }
        let url =
            try publicURL.map { try PublicURL.parse($0, as: "--public-url") }
            ?? questions.ask(
                "How does the world reach the gateway? Write https://deputy.\(domains[0]).", usual: "this machine alone"
            ) { try PublicURL.parse($0, as: "--public-url") }
        let asked = { try Questions.secret("The mail server's password") }
        let way =
            try notices.map { try self.notices($0, domains, password: asked) }
            ?? questions.ask(
                "How are people told that something waits? Write smtps://user@host:465, or a webhook's https://.",
                usual: "not at all"
            ) { try self.notices($0, domains, password: asked) }
        return NewHome(
            organization: try id ?? OrganizationName.checked(OrganizationName.id(of: called)), name: called,
            domains: domains, person: first, publicURL: url, notices: way ?? .none)
    }

    private func notices(
        _ text: String, _ domains: [String], password: () throws -> [UInt8]
    ) throws -> NewNotices {
        if text == "none" { return .none }
        if text.hasPrefix("https://") || text.hasPrefix("http://") {
            return .webhook(url: text, secret: try secretFile.map(FirstLine.of) ?? [])
        }
        guard text.hasPrefix("smtp") else {
            throw CommandFailure(
                .refused, "invalid", "`--notices` can't be `\(text)`",
                hint: "none, smtps://user@host:465, smtp://host:587 or a webhook's https://")
        }
        let sender = from ?? "deputy@\(domains.first ?? "")"
        let hasUser = text.contains("@")
        let given = try passwordFile.map(FirstLine.of)
        return .mail(server: text, from: sender, password: try given ?? (hasUser ? password() : []))
    }

    private static func noPassword() throws -> [UInt8] {
        throw InitOptions.missing("the mail server's user has no password", "--password-file FILE")
    }

    private static func missing(_ what: String, _ flag: String) -> CommandFailure {
        CommandFailure(.refused, "invalid", what, hint: "add `\(flag)`")
    }
}
