"""Every metric that the dashboard names is one that the server has, and its labels too; and /metrics
stays small however many people there are."""
import json
import os
import re

from filrouge import Server, event

DASHBOARD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../deploy/grafana/filrouge.json")
SERIES_MAX = 2_000


def main():
    with open(DASHBOARD, encoding="utf-8") as file:
        panels = json.load(file)["panels"]
    expressions = [target["expr"] for panel in panels for target in panel["targets"]]
    with Server() as server:
        people = [event(f"u{n}", event=f"e{n}") for n in range(2_000)]
        assert server.track("/v1/batch", {"batch": people})[0] == 200
        server.wait_until_folded()
        series = server.metrics()
        assert len(series) <= SERIES_MAX, len(series)
        assert series['filrouge_http_route_requests_total{method="POST",route="/v1/batch",status="2xx"}'] == 1
        names = {name.split("{")[0] for name in series}
        labels = set(re.findall(r'([a-z_]+)="', " ".join(series)))
        for expression in expressions:
            for name in re.findall(r"filrouge_[a-z_]+", expression):
                assert name in names, f"{name} in {expression}"
            for group in re.findall(r"by \(([^)]*)\)", expression):
                for label in group.split(", "):
                    assert label in labels, f"{label} in {expression}"
        text = server.get("/metrics")[2].decode()
        described = set(re.findall(r"^# TYPE (\S+)", text, re.M))
        for name in names:
            assert name in described or re.sub(r"_(bucket|sum|count)$", "", name) in described, name
    print(f"{len(expressions)} expressions, {len(series)} series")


main()
