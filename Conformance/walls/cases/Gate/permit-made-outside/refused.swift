import Gate

func run(_ call: JudgedCall, _ permit: consuming Permit, by tool: any ToolExecutor, _ upstream: any Upstream) async {
    _ = await tool.execute(Permit(call: call), through: upstream)
}
