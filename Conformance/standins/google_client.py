"""Google's own client, from the discovery documents it ships with, aimed at acme."""

import json
import pathlib

import googleapiclient
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build

DOCUMENTS = pathlib.Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"


def service(api, version, origin, token):
    return build(
        api, version, credentials=Credentials(token), client_options={"api_endpoint": origin},
        static_discovery=True, cache_discovery=False,
    )


def document(api, version):
    return json.loads((DOCUMENTS / f"{api}.{version}.json").read_text())


def reason(error):
    """The older `errors` list names the reason; its first entry counts."""
    return error.status_code, json.loads(error.content)["error"]["errors"][0]["reason"]
