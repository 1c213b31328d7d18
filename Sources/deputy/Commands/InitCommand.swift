import ArgumentParser
import Authority
import Registry
import Wire

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a home with one organization.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The organization's id, such as `acme`.")
    var organization: String

    @Option(help: "Its name, as people say it.")
    var name: String?

    @Option(help: "A mail domain of its own. May be given several times.")
    var domain: [String]

    @Option(
        help: ArgumentHelp(
            "Reach a provider somewhere else, such as `notion=https://notion.example`.", valueName: "provider=origin"))
    var providerOrigin: [String] = []

    func run() async throws {
        guard !domain.isEmpty else {
            throw CommandFailure(
                .refused, "invalid", "an organization has at least one mail domain", hint: "add `--domain example.org`")
        }
        let home = try await Home.create(
            common.paths, organization: OrganizationID(organization), origins: try origins(), isDemo: false)
        let composition = try await Composition.compose(home, CompositionSettings(isQuiet: true))
        try await composition.administration.addOrganization(
            OrganizationID(organization), name: name ?? organization, domains: domain,
            by: composition.administrator)
        try await composition.close()
        common.show(["home": .string(common.paths.root), "organization": .string(organization)]) {
            print("Made a home for `\(organization)` in \(common.paths.root).")
            print("Next: `deputy people add NAME --email NAME@\(domain[0])`, then `deputy serve`.")
        }
    }

    private func origins() throws -> [ProviderID: String] {
        var origins: [ProviderID: String] = [:]
        for pair in try Pair.parse(providerOrigin, as: "--provider-origin") {
            origins[ProviderID(pair.key)] = pair.value
        }
        return origins
    }
}
