/// Columns of text, as wide as they have to be.
struct Table {
    let head: [String]
    private(set) var rows: [[String]] = []

    init(_ head: String...) {
        self.head = head
    }

    mutating func add(_ cells: String...) { rows.append(cells.map(Table.inert)) }

    func show(whenEmpty: String) {
        guard !rows.isEmpty else { return print(whenEmpty) }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        for row in [head] + rows {
            let line = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }.joined(separator: "  ")
            print(String(line.reversed().drop { $0 == " " }.reversed()))
        }
    }

    /// Text that others wrote can't move the cursor or hide itself.
    static func inert(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.value < 0x20 || scalar.value == 0x7F || scalar.properties.generalCategory == .format
                        || (0x80..<0xA0).contains(scalar.value) ? "\u{FFFD}" : scalar
                }))
    }

    /// What can't be seen, or moves what can, written out: `⟨U+202E⟩`.
    static func visible(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
                shown += "⟨U+\(String(scalar.value, radix: 16, uppercase: true))⟩"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
