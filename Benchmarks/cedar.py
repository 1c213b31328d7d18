"""The decisions of Bench/Decisions.swift, by cedarpy: one agent's 50 rules, pre-parsed, on one core."""

import json
import sys
import time

import cedarpy


def policies(agent: int) -> str:
    rules = []
    for tool in range(40):
        rules.append(f'permit(principal == Agent::"agent{agent}", action == Action::"call", resource == Tool::"tool{tool}");')
    for index in range(5):
        rules.append(f'forbid(principal == Agent::"agent{agent}", action == Action::"call", resource == Tool::"tool{(index * 7 + agent + 1) % 40}");')
        rules.append(
            f'forbid(principal == Agent::"agent{agent}", action == Action::"call", resource == Tool::"tool{(index * 11 + agent + 2) % 40}")'
            " unless { context.approved };"
        )
    return "\n".join(rules)


def main() -> None:
    parsed = cedarpy.PolicySet.from_str(policies(3))
    entities = cedarpy.Entities.from_json_str("[]")
    request = {
        "principal": 'Agent::"agent3"',
        "action": 'Action::"call"',
        "resource": 'Tool::"tool8"',
        "context": {"approved": False},
    }
    assert cedarpy.is_authorized(request, parsed, entities).allowed
    count = 3000
    start = time.perf_counter()
    for _ in range(count):
        cedarpy.is_authorized(request, parsed, entities)
    seconds = time.perf_counter() - start
    json.dump({"decisions_per_second": count / seconds, "version": getattr(cedarpy, "__version__", "")}, sys.stdout)


if __name__ == "__main__":
    main()
