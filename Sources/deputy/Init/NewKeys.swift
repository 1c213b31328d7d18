import ArgumentParser
import Vault

/// Where the keys of a new home come from.
struct NewKeys: Sendable {
    var source = KeySource.file
    /// log₂ of scrypt's N.
    var cost = KeyRing.usualCost
    var asker: any KeyAsker = NobodyToAsk()
}

/// The same as flags.
struct NewKeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the keys come from: file, passphrase, credential, or a pkcs11: URI. See `deputy keys move`.",
            valueName: "source"))
    var keys = "file"

    @OptionGroup var cost: PassphraseCost

    func read(_ common: CommonOptions) throws -> NewKeys {
        NewKeys(source: try KeySource(keys), cost: cost.passphraseCost, asker: common.keyAnswers)
    }
}

/// What a guess of the passphrase costs.
struct PassphraseCost: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What a guess of a passphrase costs: 15 is 32 MiB of memory, each step doubles it, 20 is 1 GiB.",
            valueName: "15...20"))
    var passphraseCost = KeyRing.usualCost
}
