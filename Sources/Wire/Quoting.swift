extension String {
    /// This text within backticks for a message: one line, without characters that could act on a terminal, cut short.
    var quoted: String {
        var shown = "`"
        var room = 60
        for scalar in unicodeScalars {
            guard room > 0 else {
                shown += "…"
                break
            }
            room -= 1
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            case _:
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown + "`"
    }
}
