extension Judge {
    /// Layer 4: allow and deny lists; deny wins.
    mutating func toolPolicy() {
        if !mandate.allowed.contains(request.tool.value) { deny(.notAllowed, tool.name, mandate.agent.raw) }
        if mandate.denied.contains(request.tool.value) { deny(.denied, tool.name, mandate.agent.raw) }
    }
}
