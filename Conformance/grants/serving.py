"""The homes of the gateway's tests."""

import importlib.util
import pathlib

_path = pathlib.Path(__file__).resolve().parents[1] / "gateway" / "conftest.py"
_spec = importlib.util.spec_from_file_location("gateway_home", _path)
_gateway = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_gateway)

Home, DEPUTY, ENVIRONMENT = _gateway.Home, _gateway.DEPUTY, _gateway.ENVIRONMENT
