import ArgumentParser

/// Writes the manual pages that a package installs. They are made from the commands, so none is written by hand.
struct ManualCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Write a manual page for each command into a folder.",
        discussion: "Install them into a folder man1 of the manual path, or look at one with `man -l FILE`.",
        shouldDisplay: false)

    @Argument(help: "The folder.", completion: .directory)
    var folder: String

    func run() async throws {
        let commands = try CommandNode.all()
        guard let root = commands.first else { return }
        for command in commands {
            let page = ManualPage(command: command, root: root, date: Version.date)
            try TextFile.write(page.text, to: "\(folder)/\(page.file)")
        }
        print("Wrote \(commands.count) pages to \(folder).")
    }
}
