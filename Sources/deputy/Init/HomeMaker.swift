import Authority
import Broker
import FoundationEssentials
import Registry

/// Makes a home whole, or leaves the folder as it was.
struct HomeMaker {
    let new: NewHome
    let paths: HomePaths
    let origins: [ProviderID: String]
    let keys: NewKeys
    /// The secret that was made for the webhook; shown once.
    private(set) var webhookSecret: String?

    init(new: NewHome, paths: HomePaths, origins: [ProviderID: String], keys: NewKeys) {
        (self.new, self.paths, self.origins, self.keys) = (new, paths, origins, keys)
    }

    mutating func make() async throws {
        let existed = FileManager.default.fileExists(atPath: paths.root)
        let before = Set(contents)
        try HomeFolder.checkUnused(paths)
        // What isn't made here is never removed: somebody else may be making a home in this folder.
        let home = try await Home.create(
            paths, organization: new.organization, origins: origins, publicURL: new.publicURL, isDemo: false,
            keys: keys)
        do {
            try await fill(home)
        } catch {
            for name in contents where !before.contains(name) {
                try? FileManager.default.removeItem(atPath: paths.root + "/" + name)
            }
            if !existed { try? FileManager.default.removeItem(atPath: paths.root) }
            throw error
        }
    }

    private var contents: [String] { (try? FileManager.default.contentsOfDirectory(atPath: paths.root)) ?? [] }

    private mutating func fill(_ home: Home) async throws {
        let composition = try await Composition(home, CompositionSettings(isQuiet: true))
        do {
            try await fill(composition)
        } catch {
            try? await composition.close()
            throw error
        }
        try await composition.close()
    }

    private mutating func fill(_ composition: Composition) async throws {
        let administration = composition.registered.administration
        let administrator = composition.ground.administrator
        try await administration.addOrganization(
            new.organization, name: new.name, domains: new.domains, by: administrator)
        if let person = new.person {
            _ = try await administration.addPerson(
                person.id, name: person.name, email: person.email, subjects: [:], by: administrator,
                in: new.organization)
        }
        switch new.notices {
        case .none: break
        case .mail(let server, let from, var password):
            _ = try await composition.asking.noticeDesk.setMail(
                server, from: from, password: &password, trusted: nil, by: administrator.text)
        case .webhook(let url, var secret):
            webhookSecret = try await composition.asking.noticeDesk.setWebhook(
                url, secret: &secret, by: administrator.text)
        }
    }
}
