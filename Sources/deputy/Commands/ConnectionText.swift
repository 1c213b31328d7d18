import Wire

/// How a connection stands, for people to read.
enum ConnectionText {
    static func state(_ connection: JSON) -> String {
        (connection["state"]?.stringValue ?? connection["health"]?.stringValue ?? "").replacing("_", with: " ")
    }

    /// What is wrong with a connection, and what is to be done: nothing for one that works, and for one that was revoked.
    static func showTrouble(_ connection: JSON) {
        let state = connection["state"]?.stringValue
        guard state != "active", state != "revoked", let message = connection["message"]?.stringValue else { return }
        print("\n\(connection["id"]?.stringValue ?? "") \(self.state(connection)): \(Table.inert(message))")
        if let step = connection["next_step"]?.stringValue { print("  \(Table.inert(step))") }
    }

    static func explain(_ standing: JSON) {
        print("  the connection: \(state(standing))")
        if let message = standing["message"]?.stringValue { print("    because: \(Table.inert(message))") }
        if let step = standing["next_step"]?.stringValue { print("    next step: \(Table.inert(step))") }
    }
}
