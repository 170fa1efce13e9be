#!/usr/bin/python3
"""report.json has the form of the sample that the page is built from, the right numbers, and survives the page.

Usage: check_report.py WRITE_RUN SAMPLE     the program of write_run.c; web/sample/report.json
"""
import json
import os
import re
import subprocess
import sys
import tempfile


def form(value, path, forms):
    """What kinds of value stand at each path; list items share one path."""
    if isinstance(value, dict):
        kind = "object"
        for key, item in value.items():
            form(item, f"{path}.{key}", forms)
    elif isinstance(value, list):
        kind = "array"
        for item in value:
            form(item, path + "[]", forms)
    else:
        kind = "null" if value is None else "boolean" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
    forms.setdefault(path, set()).add(kind)
    return forms


def compare(ours, sample):
    faults = [f"missing: {p}" for p in sample if p not in ours] + [f"not in the sample: {p}" for p in ours if p not in sample]
    for path in ours.keys() & sample.keys():
        a, b = ours[path] - {"null"}, sample[path] - {"null"}
        if a and b and a != b:
            faults.append(f"{path}: {a} here, {b} in the sample")
    return faults


def signed_area(ring):
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:]))


def check_numbers(report):
    months, observed = 12, 8
    assert report["time"]["months"] == [f"2020-{m:02d}" for m in range(1, 13)]
    assert report["time"]["last_observed"] == 7 and report["time"]["simulated"] == [0, 11] and report["time"]["observed"] == [0, 7]
    value = lambda month, item, draw, modulus=101: (month * 7 + item * 13 + draw * 31) % modulus
    quantile = lambda values, p: sorted(values)[max(1, -int(-p * 1200 // 1)) - 1]
    for area in range(3):
        for faction in range(3):
            for month in (0, 5, 11):
                draws = [value(month, faction * 3 + area, d) / 100 for d in range(1200)]  # recorded [faction][area]
                assert report["control"]["median"][area][faction][month] == quantile(draws, .5)
                assert report["control"]["low"][area][faction][month] == quantile(draws, .05)
                assert report["control"]["high"][area][faction][month] == quantile(draws, .95)
    country = [sum(value(9, item, d) for item in range(9)) for d in range(1200)]
    assert [q[9] for q in report["deaths"]["country"]["simulated"]] == [quantile(country, p) for p in report["deaths"]["probabilities"]]
    shares = [sum(value(4, 0, d, 3) - 1 == k for d in range(1200)) / 1200 for k in (-1, 0, 1)]
    ruler = report["ruler"]
    assert [ruler["nobody"][4], ruler["faction"][0][4], ruler["faction"][1][4]] == [round(s, 3) for s in shares]
    assert sum(rung[3] for rung in report["ladder"]["pairs"][0]["probability"]) > .99
    located = report["deaths"]["by_area"]["located"]
    assert located[2][1] == [None if m == 0 else ((m * 3 + 1) * 3 + 2) % 5 * 3 if m < observed else None for m in range(months)]
    assert report["deaths"]["by_channel"]["located"][0][2] == sum(located[a][0][2] for a in range(3))
    assert report["deaths"]["by_type"]["totals"][1] == [None] * months and report["deaths"]["by_type"]["totals"][0][7] == 121
    assert report["deaths"]["coverage"] == ["none"] + ["precise"] * 3 + ["complete"] * 4 + [None] * 4
    assert report["import"]["located_share"] == {"events": .9375, "deaths": .9375}
    assert report["import"]["checks"] == {"months": 1, "mean_ratio": .95}
    assert report["meta"]["seed"] == "18446744073709551557" and report["meta"]["created"] == "2026-01-02T03:04:05Z"


def check_map(report):
    west, capital, east = report["areas"]
    assert len(west["polygons"]) == 1 and len(west["polygons"][0]) == 2 and len(east["polygons"]) == 2
    for area in report["areas"]:
        for polygon in area["polygons"]:
            for i, ring in enumerate(polygon):
                assert ring[0] == ring[-1]
                assert (signed_area(ring) < 0) == (i == 0), (area["name"], i)
    assert len(east["polygons"][0][0]) == 5  # two points that rounding made equal are one
    assert west["area_km2"] == 40000.1 and east["name"] == "Östmark </script><!--"


def check_page(path, report):
    with open(path, encoding="utf-8") as f:
        page = f.read()
    found = re.findall(r'<script id="tessera-data" type="application/json">(.*?)</script', page, re.S)
    assert len(found) == 1 and json.loads(found[0]) == report
    assert "<!--" not in found[0] and "</" not in found[0]
    assert not re.search(r'(src|href)\s*=\s*["\']?(https?:)?//', page), "the page asks for something outside"


def main(write_run, sample_path):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([write_run, folder], check=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1767323045"})
        with open(f"{folder}/run/report.json", encoding="utf-8") as f:
            report = json.load(f)
        check_page(f"{folder}/run/report.html", report)
        for name in ("run/summary.json", "run/provenance.json", "panel/import.json", "panel/provenance.json"):
            with open(f"{folder}/{name}", encoding="utf-8") as f:
                assert json.load(f)
    with open(sample_path, encoding="utf-8") as f:
        sample = json.load(f)
    for data in (report, sample):  # national control and support are optional
        data["control"].pop("national", None)
        data["support"].pop("national", None)
    sample.pop("scores")  # a backtest's, put beside a run only by `report --scores`
    faults = compare(form(report, "", {}), form(sample, "", {}))
    assert not faults, "\n".join(faults)
    check_numbers(report)
    check_map(report)
    print("ok")


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]), sys.argv[2])
