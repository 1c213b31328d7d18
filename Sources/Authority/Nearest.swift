/// The word that was probably meant: at most two edits away, or nil.
func nearest(_ word: String, among candidates: [String]) -> String? {
    let close = candidates.map { (name: $0, distance: distance(Array(word.utf8), Array($0.utf8))) }
        .filter { $0.distance <= 2 && $0.distance < word.utf8.count }
    return close.min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
}

private func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, b) in right.enumerated() {
            let substitution = diagonal + (a == b ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[right.count]
}
