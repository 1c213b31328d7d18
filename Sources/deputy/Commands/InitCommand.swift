import ArgumentParser
import Authority
import FoundationEssentials
import Registry
import Wire

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a home with one organization, in five questions.",
        discussion: """
            Each question is a flag as well, and is asked only in a terminal, for what no flag says. Elsewhere the \
            defaults hold: nobody yet, this machine alone, no notices. The organization and its domain have none.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The organization's id, such as `acme`. Without it made from its name.")
    var organization: String?

    @OptionGroup var answers: InitOptions

    @Option(
        help: ArgumentHelp(
            "Reach a provider somewhere else, such as `notion=https://notion.example`.", valueName: "provider=origin"))
    var providerOrigin: [String] = []

    @OptionGroup var keys: NewKeyOptions

    func run() async throws {
        guard !FileManager.default.fileExists(atPath: common.paths.database) else {
            throw CommandFailure(
                .homeUnusable, "exists", "`\(common.paths.root)` is a home already",
                hint: "name another folder with `--home`")
        }
        let origins = try origins()
        let isAsking = Terminal.canAsk && !common.json && !answers.yes
        let new = try isAsking ? asked() : answers.read(organization: organization)
        var maker = HomeMaker(new: new, paths: common.paths, origins: origins, keys: try keys.read(common))
        try await maker.make()
        let secret = maker.webhookSecret
        common.show(answer(new, secret: secret)) { show(new, secret: secret) }
    }

    private func asked() throws -> NewHome {
        print("A home for Deputy in \(common.paths.root). An empty answer takes what stands in brackets.\n")
        var questions = Questions()
        defer { print("") }
        return try answers.ask(&questions, organization: organization)
    }

    private func answer(_ new: NewHome, secret: String?) -> JSON {
        var answer: JSONObject = [
            "home": .string(common.paths.root), "organization": .string(new.organization.raw),
        ]
        answer["person"] = new.person.map { .string($0.id.raw) }
        answer["url"] = new.publicURL.map { .string($0) }
        answer["webhook_secret"] = secret.map { .string($0) }
        return .object(answer)
    }

    private func show(_ new: NewHome, secret: String?) {
        print("Made a home for `\(new.organization)` in \(common.paths.root).")
        if let secret { print("The webhook's secret, shown this once: \(secret)") }
        let home = common.home.map { " --home \($0)" } ?? ""
        let owner = new.person?.id.raw ?? "NAME"
        var next = [
            "deputy agents add notes --acts-as assistant --owner \(owner) --slot notion:person\(home)",
            "deputy serve\(home)",
            "deputy login \(owner)\(home)",
        ]
        if new.person == nil {
            next = ["deputy people add NAME --email NAME@\(new.domains.first ?? "")\(home)"] + next.dropLast()
        }
        print("Next:")
        for command in next { print("  " + command) }
    }

    private func origins() throws -> [ProviderID: String] {
        var origins: [ProviderID: String] = [:]
        for pair in try Pair.parse(providerOrigin, as: "--provider-origin") {
            origins[ProviderID(pair.key)] = pair.value
        }
        return origins
    }
}
