import ArgumentParser
import FoundationEssentials
import Wire

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the home into one sealed file, while it is in use.",
        discussion: """
            The file holds the database, the manifests and the workspaces, sealed with the key of the home: it may lie with \
            somebody who isn't trusted. A key file that is sealed itself is in it too, and opens with its source alone; one \
            that holds the keys open isn't: back it up apart.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The file to make. It must not be there yet.")
    var file: String

    func run() async throws {
        let answer = try await common.send("POST", ["backup"], body: ["file": .string(WholePath.of(file))])
        common.show(answer) {
            print(
                "Wrote \(file) (\(answer["bytes"]?.text ?? "0") bytes), sealed with \(answer["key"]?.stringValue ?? "")."
            )
            for path in answer["skipped"]?.arrayValue ?? [] {
                print("Left out \(Table.inert(path.stringValue ?? "")): not a file of at most 1 MiB.")
            }
        }
    }
}

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Bring the home back to what it was when a backup was made.",
        discussion: """
            The gateway must be stopped, and the key file of the home must be in its place, unless the backup brings it along, \
            sealed. All tokens, sign-ins, approvals \
            and windows of the backup are void. With `--replace` the present database is kept beside the restored one; \
            connections that were revoked, and people and agents that were suspended or removed since the backup, stay \
            so. Definitions, groups and shares are those of the backup.

            A home that keeps its store in PostgreSQL has no backup of its own. Stop every gateway, bring the database back \
            with its own tools, and run `deputy restore --database-was-restored`: the same is void, and gateways go on from \
            there.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The backup.")
    var file: String?

    @Flag(help: "The home's PostgreSQL was brought back by its own tools: go on from there.")
    var databaseWasRestored = false

    @Flag(help: "Take the place of the database that is there.")
    var replace = false

    @Flag(help: "Go on where the present database doesn't tell what was revoked since. You revoke it again yourself.")
    var forgetWhatWasRevoked = false

    func run() async throws {
        let answer = try await restored()
        common.show(answer) { tell(answer) }
    }

    private func restored() async throws -> JSON {
        switch (file, databaseWasRestored) {
        case (let file?, false):
            try await HomeRestore(
                paths: common.paths, file: WholePath.of(file), replaces: replace, forgets: forgetWhatWasRevoked,
                asker: common.keyAnswers
            ).run()
        case (nil, true): try await SharedRestore(paths: common.paths, asker: common.keyAnswers).run()
        case (nil, false), (_?, true):
            throw CommandFailure(
                .miswritten, "file", "name a backup, or say that the database was restored",
                hint: "`deputy restore FILE`, or `deputy restore --database-was-restored`")
        }
    }

    private func tell(_ answer: JSON) {
        print("Restored \(common.paths.root) to \(answer["until"]?.stringValue ?? "").")
        print("All tokens, sign-ins, approvals and windows are void: make new ones with `deputy tokens create`.")
        let count = answer["connections"]?.text ?? "0"
        if answer["knew_since"]?.boolValue == true {
            for id in answer["revoked"]?.arrayValue ?? [] { print("Stays revoked: \(id.stringValue ?? "")") }
            for name in answer["suspended"]?.arrayValue ?? [] {
                print("Stays suspended or removed: \(Table.inert(name.stringValue ?? ""))")
            }
            print("\(count) connections are usable.")
        } else {
            print(
                "\(count) connections are usable, as they were then. The database from after the backup wasn't there to"
            )
            print("compare with: revoke what was revoked since, and suspend who was (`deputy connections list`,")
            print("`deputy people list`).")
        }
        print(
            "Definitions, groups and shares are those of then: look through them (`deputy export`, `deputy groups list`,"
        )
        print("`deputy agents show NAME`) for what was narrowed since.")
        for finding in answer["findings"]?.arrayValue ?? [] {
            print("Out of use: \(Table.inert(finding["message"]?.stringValue ?? ""))")
        }
        for path in answer["kept"]?.arrayValue ?? [] {
            print("Left as it is: \(Table.inert(path.stringValue ?? ""))")
        }
        if let replaced = answer["replaced"]?.stringValue {
            print(
                "The database before is kept as \(replaced). It holds sealed secrets too: delete it when you are content."
            )
        }
    }
}

/// A path as the process that opens it sees it, which may run in another folder.
private enum WholePath {
    static func of(_ path: String) -> String {
        path.hasPrefix("/") || path.isEmpty ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}
