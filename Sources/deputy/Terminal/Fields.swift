/// What is told of one thing: names and values in two columns, without those that there are none of.
struct Fields {
    private var rows: [(name: String, value: String)] = []

    mutating func add(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        rows.append((name, Table.inert(value)))
    }

    func show() {
        let width = rows.map { DisplayWidth.of($0.name) }.max() ?? 0
        for row in rows { print(DisplayWidth.padded(row.name, to: width) + "  " + row.value) }
    }
}
