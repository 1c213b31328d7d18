import ArgumentParser
import Wire

struct ConnectionsRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Give a service account's connection another key of the same account.",
        discussion: """
            The provider is asked for a token with the new key first: without one the old key stays. End the old key at \
            the provider after that.

            With --automatic Deputy makes each new key itself and uploads its public half, so that no key is ever in a file. \
            For that the service account needs the role Service Account Key Admin (roles/iam.serviceAccountKeyAdmin) on itself, \
            and on nothing else. Whoever holds a key of an account with that role can make itself more of them, which outlive the \
            one that is deleted: give it only where keys that go round are worth that.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The connection's id.")
    var id: String

    @Option(help: "The JSON key file of the new key.")
    var serviceAccount: String?

    @Option(help: "When the new key ends: a day such as 2027-05-31.")
    var keyExpires: String?

    @Option(help: "Give no key now, but have it replaced every so many days from now on: 90d, or never.")
    var every: String?

    @Flag(
        help:
            "With --every: Deputy makes, uploads and proves each new key, and deletes the one that it uploaded before.")
    var automatic = false

    @Flag(help: "With --automatic: delete the key in use too, which somebody else made, once another is proven.")
    var removeCurrent = false

    @Option(help: "With --automatic: for how long the one before is kept once the new one is proven: 24h, 0s.")
    var grace: String?

    @Flag(help: "What goes round by itself goes round now.")
    var now = false

    func validate() throws {
        guard [now, every != nil, serviceAccount != nil].count(where: \.self) == 1,
            serviceAccount != nil || keyExpires == nil
        else {
            throw ValidationError(
                "give either the new key with --service-account, or a schedule with --every, or --now alone")
        }
        guard automatic || (!removeCurrent && grace == nil) else {
            throw ValidationError("--remove-current and --grace go with --automatic")
        }
        guard !automatic || (every != nil && every != "never") else {
            throw ValidationError("--automatic needs --every, such as 90d")
        }
    }

    func run() async throws {
        if automatic, let every { return try await goRound(every) }
        if now {
            let answer = try await common.send("POST", ["connections", id, "rotate"], body: ["now": true])
            return common.show(answer) {
                print("Another key of `\(id)` is made and proven now: see `deputy connections show \(id)`.")
            }
        }
        if let every {
            let answer = try await common.send("POST", ["connections", id, "rotate"], body: ["every": .string(every)])
            return common.show(answer) {
                print(RotationText.line(answer, of: "The key of `\(id)`"))
                guard answer["automatic"] != nil else { return }
                print(
                    "A new one was under way, and what isn't used is deleted there: see `deputy connections show \(id)`."
                )
            }
        }
        let file = serviceAccount ?? ""
        var body: JSONObject = [
            "key": .string(try SecretInput.read(from: file, for: id)), "file": .string(file),
        ]
        body["keyEnds"] = try keyExpires.map { .string("\(try Moment.end($0, as: "--key-expires"))") }
        let answer = try await common.send("POST", ["connections", id, "rotate"], body: body)
        common.show(answer) { print("`\(id)` uses the new key; the old one is destroyed here.") }
    }

    private func goRound(_ every: String) async throws {
        var body: JSONObject = ["automatic": true, "every": .string(every)]
        if removeCurrent { body["removeCurrent"] = true }
        body["grace"] = grace.map { .string($0) }
        let answer = try await common.send("POST", ["connections", id, "rotate"], body: body)
        common.show(answer) {
            let next = answer["next"]?.integerValue.map { String(Moment.text($0).prefix(10)) } ?? "soon"
            print("The key of `\(id)` is replaced by itself from now on, next on \(next).")
            print(
                "`\(answer["account"]?.stringValue ?? "")` needs the role Service Account Key Admin on itself for that; try it "
                    + "with `--now`.")
            if answer["key_id"] == nil {
                print("The key in use stays known there: delete it by hand after that, or say `--remove-current`.")
            }
        }
    }
}
