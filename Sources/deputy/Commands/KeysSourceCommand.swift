import ArgumentParser
import Broker
import Registry
import Vault
import Wire

struct KeysSourceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "source", abstract: "Where the keys come from. Opens nothing.",
        discussion: "Whether the source still opens them, `deputy doctor` tells.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let paths = common.paths
        let source = try Home.translating { try KeyRing.source(of: paths.keyFile) }
        common.show(["source": .string("\(source)"), "file": .string(paths.keyFile)]) {
            print("The keys come from `\(source)`: \(source.meaning)")
            print("Their file is \(paths.keyFile).")
        }
    }
}

extension KeySource {
    /// One sentence.
    fileprivate var meaning: String {
        switch self {
        case .file: "their file holds them as they are, so whoever reads it has them."
        case .credential: "their file is sealed, and systemd hands what opens it to the service alone."
        case .passphrase: "their file is sealed, and whoever starts the gateway types what opens it."
        case .token: "their file is sealed by a key that never leaves its token."
        }
    }
}

struct KeysMoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Take the keys to another source, or change the passphrase.",
        discussion: """
            The gateway must be stopped. No secret is opened and nothing is sealed anew: the key file alone is written. If \
            the command is interrupted, the file is the old one or the new one.

            `passphrase` asks twice for a new one. `credential` or `credential:NAME` takes what systemd hands to the service \
            (`LoadCredentialEncrypted=deputy-key`), here by `systemd-run --pipe --uid=deputy -p LoadCredentialEncrypted=deputy-key \
            deputy keys move --to credential`. `pkcs11:token=LABEL;object=KEY?module-path=/PATH.so` takes an AES key of a token, \
            which makes it if it has none of that name; it asks for the PIN unless the URI goes on with \
            `&pin-source=file:/PATH` or `&pin-source=credential:NAME`. `file` leaves the keys open in their file.

            Copies of a file that held the keys open still do: delete them, and make a new key with `deputy keys rotate`.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("The new source: passphrase, credential, a pkcs11: URI, or file.", valueName: "source"))
    var to: String

    @OptionGroup var cost: PassphraseCost

    func run() async throws {
        let source = try KeySource(to)
        let composition = try await Composition.open(
            common.paths, CompositionSettings(isQuiet: true, asker: common.keyAnswers))
        let old = composition.home.keys.source ?? .file
        do {
            try await KeyDesk(
                rows: composition.home.store, commits: composition.home.store, keys: composition.home.keys,
                world: composition.world
            ).move(
                to: source, cost: cost.passphraseCost, asking: common.keyAnswers,
                by: composition.ground.administrator.text)
            try await composition.close()
        } catch {
            try? await composition.close()
            throw error
        }
        common.show(["from": .string("\(old)"), "to": .string("\(source)")]) {
            print("The keys come from `\(source)` now. Back up \(common.paths.keyFile) anew.")
            if old == .file {
                print("Copies of the file before hold the keys open: delete them, and run `deputy keys rotate`.")
            }
        }
    }
}
