"""FastMCP's proxy in front of the stand-in's echo, as its documentation has it: the peer of the call rows."""

import sys

from fastmcp.client.transports import StreamableHttpTransport
from fastmcp.server import create_proxy
from fastmcp.server.providers.proxy import ProxyClient

url, token, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
transport = StreamableHttpTransport(url, headers={"Authorization": f"Bearer {token}"})
create_proxy(ProxyClient(transport, forward_incoming_headers=False), name="proxy").run(
    transport="http", host="127.0.0.1", port=port, show_banner=False, stateless_http=True, log_level="error"
)
