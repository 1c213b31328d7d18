import ArgumentParser
import Wire

struct AppsRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Give the app another secret, while the one before still works.",
        discussion: """
            Make a second secret with the provider first. It is used at once; the one before is kept until the provider \
            has answered to the new one, and used as long as it doesn't. End the old one there after that: `deputy apps \
            list` says when.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The provider, such as gmail.")
    var provider: String

    @Option(help: "The agent whose own app it is.")
    var agent: String?

    @Option(help: "Read the new client secret from a file. Without it from standard input, or asked for.")
    var secretFile: String?

    @Option(help: "For an app that signs: the new private key in a PEM file, with its certificate if it has one.")
    var keyFile: String?

    @Option(help: "With --key-file and without a certificate: what the provider calls the key.")
    var keyID: String?

    @Option(help: "When the new one ends: a day such as 2027-05-31.")
    var secretExpires: String?

    @Option(help: "Give no secret now, but have it replaced every so many days from now on: 90d, or never.")
    var every: String?

    @Flag(
        help: """
            With --every, where the provider lets an app replace its own certificate, as Microsoft does: Deputy makes and \
            proves each new one, and has the one before removed. Needs no permission there.
            """)
    var automatic = false

    @Option(name: .customLong("object-id"), help: "With --automatic: the object id of the app registration.")
    var object: String?

    @Option(help: "With --automatic: the id of the directory that the app is registered in.")
    var tenant: String?

    @Option(help: "With --automatic: the certificate id of the one in use, so that it is removed too.")
    var currentKey: String?

    @Option(help: "With --automatic: for how long the one before is kept once the new one is proven: 24h, 0s.")
    var grace: String?

    @Flag(help: "What goes round by itself goes round now.")
    var now = false

    private var ofAutomatic: [String?] { [object, tenant, currentKey, grace] }

    func validate() throws {
        guard automatic || ofAutomatic.allSatisfy({ $0 == nil }) else {
            throw ValidationError("--object-id, --tenant, --current-key and --grace go with --automatic")
        }
        guard !automatic || (every != nil && every != "never") else {
            throw ValidationError("--automatic needs --every, such as 90d")
        }
        guard !automatic || object != nil else {
            throw ValidationError("--automatic needs --object-id: what the directory calls the app registration")
        }
        guard !now || (every == nil && !automatic && keyFile == nil && secretFile == nil) else {
            throw ValidationError("--now goes alone")
        }
        guard every == nil || (keyFile == nil && secretFile == nil && secretExpires == nil) else {
            throw ValidationError("--every sets a schedule, and no secret is given with it")
        }
        guard keyFile == nil || secretFile == nil else { throw ValidationError("give either a secret or a key") }
        guard keyID == nil || keyFile != nil else { throw ValidationError("--key-id names the key of a --key-file") }
    }

    func run() async throws {
        var body: JSONObject = [:]
        body["agent"] = agent.map { .string($0) }
        if now {
            body["now"] = true
            let answer = try await common.send("POST", ["apps", provider, "rotate"], body: body)
            return common.show(answer) {
                print("Another key of `\(provider)` is made and proven now: see `deputy apps list`.")
            }
        }
        if automatic, let every { return try await goRound(every, body) }
        if let every {
            body["every"] = .string(every)
            let answer = try await common.send("POST", ["apps", provider, "rotate"], body: body)
            return common.show(answer) { print(RotationText.line(answer, of: "The secret of `\(provider)`")) }
        }
        body["secretEnds"] = try secretExpires.map { .string("\(try Moment.end($0, as: "--secret-expires"))") }
        if let keyFile {
            body["key"] = .string(try SecretInput.read(from: keyFile, for: provider))
            body["file"] = .string(keyFile)
            body["keyID"] = keyID.map { .string($0) }
        } else {
            body["secret"] = .string(try SecretInput.read(from: secretFile, for: provider))
        }
        let answer = try await common.send("POST", ["apps", provider, "rotate"], body: body)
        common.show(answer) {
            print("The new secret of `\(provider)` is used from now on.")
            print("The one before is kept until `\(provider)` has answered to the new one: see `deputy apps list`.")
        }
    }
}

extension AppsRotateCommand {
    private func goRound(_ every: String, _ body: JSONObject) async throws {
        var body = body
        (body["automatic"], body["every"]) = (true, .string(every))
        body["object"] = object.map { .string($0) }
        body["tenant"] = tenant.map { .string($0) }
        body["currentKey"] = currentKey.map { .string($0) }
        body["grace"] = grace.map { .string($0) }
        let answer = try await common.send("POST", ["apps", provider, "rotate"], body: body)
        common.show(answer) {
            let next = answer["next"]?.integerValue.map { String(Moment.text($0).prefix(10)) } ?? "soon"
            print("The certificate of `\(provider)` is replaced by itself from now on, next on \(next).")
            if answer["key_id"] == nil {
                print("The one in use can't be removed without its certificate id: name it with `--current-key`.")
            }
        }
    }
}

/// What is said of a schedule.
enum RotationText {
    /// `replaced by itself on 2027-02-20`, `replaced by itself: adding`, `not replaced by itself: CODE`.
    static func automatic(_ rotation: JSON) -> String {
        let step = rotation["step"]?.stringValue ?? ""
        if let problem = rotation["problem"]?.stringValue {
            return (step == "ending" ? "not deleted there: " : "not replaced by itself: ") + words(problem)
        }
        guard step != "ending" else { return "no longer replaced by itself: what isn't used is deleted there" }
        guard step == "waiting", let next = rotation["next"]?.integerValue else { return "replaced by itself: \(step)" }
        return "replaced by itself on \(Moment.text(next).prefix(10))"
    }

    /// Why a key doesn't go round, in a few words.
    static func words(_ problem: String) -> String {
        switch problem {
        case "FAILED_PRECONDITION":
            "the project forbids uploaded keys, or the account has ten of them (`FAILED_PRECONDITION`)"
        case "PERMISSION_DENIED": "the account lacks the role Service Account Key Admin on itself (`PERMISSION_DENIED`)"
        case "old_key_left": "the one before is still known there: remove it by hand"
        case "new_key_refused": "the provider doesn't take the new one yet"
        case "key_refused": "the provider doesn't take the one in use"
        case "app_changed": "the app or its provider isn't what it was"
        case _: "the provider says `\(problem)`"
        }
    }

    static func line(_ answer: JSON, of what: String) -> String {
        guard let days = answer["every_days"]?.integerValue, let by = answer["replace_by"]?.integerValue else {
            return "\(what) has no schedule any more."
        }
        return "\(what) is to be replaced every \(days) days, next by \(Moment.text(by).prefix(10)). "
            + "You are told before that: nobody but you can make another with the provider."
    }
}
