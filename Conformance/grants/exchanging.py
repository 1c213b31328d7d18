"""Two providers whose tokens are for this home, and become the API's own by an exchange: Microsoft's on-behalf-of, and
RFC 8693 at the strict server with the agent named."""

import json

MICROSOFT = json.dumps({
    "provider": "graph", "title": "Graph", "origin": "ORIGIN", "credential": {"kind": "bearer"},
    "oauth": {
        "authorization": "ORIGIN/acme.test/oauth2/v2.0/authorize", "token": "ORIGIN/acme.test/oauth2/v2.0/token",
        "authentication": "client_secret_post", "assertions": "token_endpoint",
        "scopes": ["offline_access", "api://deputy/act"], "refresh": {"rotation": "lenient"},
        "exchange": {"grant": "on_behalf_of", "scopes": ["Mail.Read", "User.Read"]},
    },
    "account": {"requests": [{"method": "GET", "path": "/v1.0/me"}], "id": "/id", "email": "/mail"},
    "tools": [{
        "name": "graph.list", "title": "List", "description": "The account's mail.", "effect": "read",
        "scopes": ["Mail.Read"], "arguments": {}, "labels": {"integrity": "outsider"},
        "request": {"method": "GET", "path": "/v1.0/me/messages"},
    }],
})


def strict(provider="strict", company=False, **oauth):
    """`exchange` makes it a provider that exchanges. With `company` its tokens see everybody, and calls name whom they are about."""
    return json.dumps({
        "companyWide": company, "provider": provider, "title": "Strict", "origin": "ORIGIN", "credential": {"kind": "bearer"},
        "oauth": {
            "issuer": "ORIGIN", "namesItself": True, "authorization": "ORIGIN/authorize", "token": "ORIGIN/token",
            "revocation": "ORIGIN/revoke", "introspection": "ORIGIN/introspect", "scopes": ["act"],
        } | oauth,
        "account": {"requests": [{"method": "GET", "path": "/userinfo"}], "id": "/sub", "email": "/email"},
        "tools": [{
            "name": f"{provider}.list", "title": "List", "description": "Whose token came.", "effect": "read",
            "scopes": ["notes"], "labels": {"integrity": "outsider"},
            "arguments": {"of": {"role": "subject", "type": "string"}} if company else {},
            "request": {"method": "GET", "path": "/api/echo/notes"} | ({"query": {"of": "{of}"}} if company else {}),
        }],
    })


STRICT = strict(exchange={"grant": "token_exchange", "audience": ["notes-api"], "actor": True})
