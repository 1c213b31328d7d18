extension String {
    /// A server's words as they may be shown: one line without characters that act on a terminal or hide others, cut
    /// short, and without backticks, so that the message around them ends where it says.
    var inert: String {
        var shown = ""
        var room = ModelLimits.words
        for scalar in unicodeScalars {
            guard room > 0 else { return shown + "…" }
            room -= 1
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: shown += " "
            case .format, .privateUse, .unassigned, .surrogate: shown += "\\u{\(String(scalar.value, radix: 16))}"
            case _ where scalar == "`": shown += "'"
            case _: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
