import ArgumentParser

struct CompletionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print a script with which a shell completes commands and options.",
        discussion: """
            bash: deputy completions bash > ~/.local/share/bash-completion/completions/deputy
            zsh: deputy completions zsh > ~/.zfunc/_deputy, with ~/.zfunc in fpath before compinit
            fish: deputy completions fish > ~/.config/fish/completions/deputy.fish
            """)

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() async throws {
        let kind: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        print(Deputy.completionScript(for: kind))
    }
}
