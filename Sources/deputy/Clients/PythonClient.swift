import Wire

/// A program with the official `mcp` package that lists an agent's tools, or calls one.
enum PythonClient {
    static func text(_ entry: ClientEntry, agent: String) -> String {
        """
        \"""Lists the tools of the agent `\(agent)`, or calls one of them.

            pip install "mcp>=2"
            python FILE                                 # the tools
            python FILE TOOL '{"argument": "value"}'    # one call

        The token is taken from the environment: \(entry.variable).
        \"""

        import asyncio
        import json
        import os
        import sys

        import httpx2
        from mcp import Client
        from mcp.client.streamable_http import streamable_http_client

        URL = \(JSON.string(entry.url).text)


        async def main(arguments):
            token = os.environ.get("\(entry.variable)")
            if not token:
                sys.exit("set \(entry.variable) to your token first")
            headers = {"Authorization": f"Bearer {token}"}
            async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
                async with Client(streamable_http_client(URL, http_client=http)) as client:
                    if not arguments:
                        for tool in (await client.list_tools()).tools:
                            print(f"{tool.name}: {tool.description}")
                        return 0
                    tool, values = arguments[0], json.loads(arguments[1] if len(arguments) > 1 else "{}")
                    result = await client.call_tool(tool, values)
                    for part in result.content:
                        print(getattr(part, "text", part))
                    return 1 if result.is_error else 0


        if __name__ == "__main__":
            sys.exit(asyncio.run(main(sys.argv[1:])))

        """
    }
}
