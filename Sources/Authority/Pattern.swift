/// A name, a glob with `*`, or a `group:` of tools, resolved against one catalogue.
struct Pattern {
    let text: String

    /// The tools that the pattern means now; nil when it means none, which is an error wherever it was written.
    func resolve(in catalogue: ToolCatalogue) -> [Int]? {
        if let members = catalogue.groups[text] {
            return members.compactMap { catalogue.index(of: $0)?.value }
        }
        if !text.utf8.contains(UInt8(ascii: "*")) {
            return catalogue.index(of: text).map { [$0.value] }
        }
        let found = catalogue.tools.indices.filter { matches(Array(catalogue.tools[$0].name.utf8)) }
        return found.isEmpty ? nil : found
    }

    /// `*` stands for any run of characters. Linear in name times pattern; no backtracking explosion.
    private func matches(_ name: [UInt8]) -> Bool {
        let glob = Array(text.utf8)
        var star: (glob: Int, name: Int)?
        var (inGlob, inName) = (0, 0)
        while inName < name.count {
            if inGlob < glob.count, glob[inGlob] == UInt8(ascii: "*") {
                star = (inGlob, inName)
                inGlob += 1
            } else if inGlob < glob.count, glob[inGlob] == name[inName] {
                inGlob += 1
                inName += 1
            } else if let last = star {
                inGlob = last.glob + 1
                inName = last.name + 1
                star = (last.glob, last.name + 1)
            } else {
                return false
            }
        }
        return glob[inGlob...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
