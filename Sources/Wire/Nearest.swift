/// The word that was probably meant: the nearest of the candidates by inserted, dropped, changed and swapped letters,
/// case aside; nil when none is near. Of several the first wins.
public func nearest(_ word: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(word.lowercased().unicodeScalars)
    guard !letters.isEmpty, letters.count <= 64 else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in candidates {
        let other = Array(candidate.lowercased().unicodeScalars)
        let allowed = max(1, min(letters.count, other.count) / 3)
        guard other.count <= 64, abs(other.count - letters.count) <= allowed else { continue }
        let distance = editDistance(letters, other)
        guard distance <= allowed, distance < best?.distance ?? .max else { continue }
        best = (candidate, distance)
    }
    return best?.word
}

/// The "did you mean" of an error about an unknown word; nil when nothing is near.
public func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
    nearest(word, among: candidates).map { "did you mean \($0.quoted)?" }
}

/// The optimal string alignment distance, in three rows.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for (row, letter) in left.enumerated() {
        var current = [row + 1]
        current.reserveCapacity(right.count + 1)
        for (column, other) in right.enumerated() {
            var least = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
            if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                least = min(least, beforeLast[column - 1] + 1)
            }
            current.append(least)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
