import Console

/// Columns of text, as wide as they have to be, and in a terminal no wider than it is.
struct Table {
    /// One column. A literal is a column that may be shortened.
    struct Column: ExpressibleByStringLiteral {
        let title: String
        /// Never shortened: a person copies what stands in it.
        let isWhole: Bool

        init(stringLiteral title: String) { (self.title, isWhole) = (title, false) }

        private init(whole title: String) { (self.title, isWhole) = (title, true) }

        static func whole(_ title: String) -> Column { Column(whole: title) }
    }

    let columns: [Column]
    private(set) var rows: [[String]] = []

    init(_ columns: Column...) {
        self.columns = columns
    }

    mutating func add(_ cells: String...) { rows.append(cells.map(Table.inert)) }

    /// Prints the table, or `whenEmpty`, which says what to do next.
    func show(whenEmpty: String) {
        guard !rows.isEmpty else { return print(whenEmpty) }
        for line in lines(within: Terminal.width) { print(line) }
    }

    /// The head and the rows.
    ///
    /// - Parameters:
    ///   - width: how many cells a terminal's line has; nil keeps every column whole. Columns that are never shortened can
    ///     make a line longer than that.
    ///   - earlier: a table that this one goes on with: its columns are at least as wide, and there is no head.
    func lines(within width: Int?, after earlier: Table? = nil) -> [String] {
        let all = (earlier == nil ? [columns.map(\.title)] : []) + rows
        let natural = zip(naturalWidths, earlier?.naturalWidths ?? naturalWidths).map { max($0, $1) }
        let widths = width.map { fitted(natural, into: $0) } ?? natural
        return all.map { row in
            let line = zip(row, widths).map { cell, width in
                DisplayWidth.padded(DisplayWidth.shortened(cell, to: width), to: width)
            }.joined(separator: Table.gap)
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    private var naturalWidths: [Int] {
        columns.indices.map { column in
            ([columns.map(\.title)] + rows).map { DisplayWidth.of($0[column]) }.max() ?? 0
        }
    }

    private static let gap = "  "
    /// What is left of a shortened column: first so much, and only where that isn't enough, less.
    private static let leastWidths = [8, 5, 3]

    /// Takes from the widest columns first, so that short ones stay whole.
    private func fitted(_ natural: [Int], into width: Int) -> [Int] {
        let gaps = Table.gap.count * max(0, natural.count - 1)
        var widths = zip(natural, columns).map { $1.isWhole ? $0 : min($0, max(width, 8)) }
        for least in Table.leastWidths {
            while widths.reduce(gaps, +) > width {
                let widest = widths.indices.filter { !columns[$0].isWhole && widths[$0] > least }
                    .max { widths[$0] < widths[$1] }
                guard let widest else { break }
                widths[widest] -= 1
            }
        }
        return widths
    }

    /// Text that others wrote can't move the cursor, hide itself or begin a line: what would is written out.
    static func inert(_ text: String) -> String { Inert.text(text) }
}
