#!/usr/bin/env python3
"""Write report.json of a country that does not exist, in the form of ../FORMAT.md, for work on the page."""
import json
import math
import os
import random

rng = random.Random(20261123)
MONTHS, OBSERVED, SIMULATED_FROM = 30, 18, 0
P7 = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]
P5 = [0.05, 0.25, 0.5, 0.75, 0.95]
months = [f"{2020 + m // 12}-{m % 12 + 1:02d}" for m in range(MONTHS)]

# ---- areas: four quarters with wiggly common borders, a capital as an enclave, an island belonging to the east
def line(a, b, seed, n=14):
    r = random.Random(seed)
    points = []
    for i in range(n + 1):
        t = i / n
        w = 0 if i in (0, n) else 0.12
        points.append([round(a[0] + (b[0] - a[0]) * t + r.uniform(-w, w), 4), round(a[1] + (b[1] - a[1]) * t + r.uniform(-w, w), 4)])
    return points

corner = {"nw": (60, 36), "n": (62.2, 36.6), "ne": (65, 35.8), "e": (65.4, 34), "se": (64.6, 32), "s": (62, 31.5), "sw": (59.5, 32.2),
          "w": (59.2, 34.1), "c": (62.1, 34.2)}
edges = {}
def edge(a, b):
    if (b, a) in edges:
        return edges[(b, a)][::-1]
    if (a, b) not in edges:
        edges[(a, b)] = line(corner[a], corner[b], a + b)
    return edges[(a, b)]
def ring(*names):  # clockwise
    points = []
    for a, b in zip(names, names[1:] + names[:1]):
        points += edge(a, b)[:-1]
    return points + points[:1]
def circle(x, y, r, n=18):  # clockwise
    p = [[round(x + r * math.cos(-2 * math.pi * i / n), 4), round(y + r * math.sin(-2 * math.pi * i / n), 4)] for i in range(n)]
    return p + p[:1]
capital = circle(61.0, 35.2, 0.35)
areas = [
    {"name": "Northern Hills", "centre": [60.6, 34.7], "population": 2150000, "area_km2": 41200.5,
     "polygons": [[ring("w", "nw", "n", "c"), capital[::-1]]]},
    {"name": "Capital", "centre": [61.0, 35.2], "population": 3600000, "area_km2": 4100.2, "polygons": [[capital]]},
    {"name": "Eastern March", "centre": [63.8, 35.0], "population": 1480000, "area_km2": 38800.9,
     "polygons": [[ring("n", "ne", "e", "c")], [circle(66.3, 34.9, 0.25, 12)]]},
    {"name": "Southern Plain", "centre": [63.4, 33.0], "population": 1910000, "area_km2": 45200.0, "polygons": [[ring("c", "e", "se", "s")]]},
    {"name": "Western Desert", "centre": [60.6, 33.0], "population": 640000, "area_km2": 52010.7, "polygons": [[ring("w", "c", "s", "sw")]]},
]
actors = [
    {"id": "government", "title": "Government of Valdoria", "kind": "faction", "colour": 0, "family": 0, "part_of": None, "sponsor": None, "founded": "2001-12-01"},
    {"id": "front", "title": "People's Front", "kind": "faction", "colour": 1, "family": 1, "part_of": None, "sponsor": None, "founded": "1994-01-01"},
    {"id": "brigade", "title": "Eastern Brigade", "kind": "faction", "colour": 2, "family": 1, "part_of": 1, "sponsor": None, "founded": None},
    {"id": "branch", "title": "The Branch", "kind": "faction", "colour": 3, "family": 3, "part_of": None, "sponsor": 4, "founded": "2018-03-01"},
    {"id": "core", "title": "The Core", "kind": "power", "colour": 4, "family": 4, "part_of": None, "sponsor": None, "founded": None},
    {"id": "republic", "title": "Great Republic", "kind": "power", "colour": 5, "family": 5, "part_of": None, "sponsor": None, "founded": None},
]
F, A = 4, len(areas)
channels = [
    {"id": "government-front", "title": "Government of Valdoria – People's Front", "kind": "battle", "a": 0, "b": 1},
    {"id": "government-branch", "title": "Government of Valdoria – The Branch", "kind": "battle", "a": 0, "b": 3},
    {"id": "front-branch", "title": "People's Front – The Branch", "kind": "battle", "a": 1, "b": 3},
    {"id": "branch-civilians", "title": "The Branch – civilians", "kind": "one_sided", "a": 3, "b": None},
]
C = len(channels)

def fall(m):  # the government's decline
    return 1 / (1 + math.exp((m - 19) / 1.3))
def r3(x):
    return round(min(1, max(0, x)), 3)
base = [[.62, .18, .05, .05], [.93, .03, .0, .02], [.38, .12, .22, .2], [.3, .6, .02, .02], [.25, .5, .05, .03]]
def control(a, f, m):
    b = base[a]
    if f == 0:
        return b[0] * fall(m)
    if f == 1:
        return b[1] + (b[0] * .85) * (1 - fall(m))
    return b[f] * (1 + .1 * math.sin(m / 4 + f))
def bands(g, width):
    out = {"median": [], "low": [], "high": []}
    for a in range(A):
        rows = {k: [] for k in out}
        for f in range(F):
            c = [g(a, f, m) for m in range(MONTHS)]
            w = [width * (.3 + m / MONTHS) * 4 * x * (1 - x) for m, x in enumerate(c)]
            rows["median"].append([r3(x) for x in c])
            rows["low"].append([r3(x - y) for x, y in zip(c, w)])
            rows["high"].append([r3(x + y) for x, y in zip(c, w)])
        for k in out:
            out[k].append(rows[k])
    return out
def national(g, width):
    total = sum(a["population"] for a in areas)
    out = {"median": [], "low": [], "high": []}
    for f in range(F):
        c = [sum(areas[a]["population"] * g(a, f, m) for a in range(A)) / total for m in range(MONTHS)]
        out["median"].append([r3(x) for x in c])
        out["low"].append([r3(x - width * (.2 + m / MONTHS) * x) for m, x in enumerate(c)])
        out["high"].append([r3(x + width * (.2 + m / MONTHS) * x) for m, x in enumerate(c)])
    return out
def support(a, f, m):
    return [.45, .2, .04, .02][f] * (1 + .25 * math.sin(a + f)) * (1 - .4 * (1 - fall(m)) if f == 0 else 1 + .3 * (1 - fall(m)))
def spread(mean, p, size):  # rough negative-binomial-looking quantiles
    z = {0.05: -1.64, 0.1: -1.28, 0.25: -.67, 0.5: 0, 0.75: .67, 0.9: 1.28, 0.95: 1.64}[p]
    return int(mean * math.exp(size * z))
def quantiles(mean, ps, size=.8):
    return [[spread(mean(m), p, size * (.6 + m / MONTHS)) for m in range(MONTHS)] for p in ps]
def seen(values):
    return [v if m < OBSERVED else None for m, v in enumerate(values)]
rate = [[30, 4, 25, 60, 22], [2, 1, 14, 0, 1], [1, 0, 9, 1, 0], [3, 9, 6, 0, 0]]
def mean(c, m, a=None):
    r = sum(rate[c]) if a is None else rate[c][a]
    k = [fall(m) * (1 + m / 12), fall(m) + .2, 1 + 2 * (1 - fall(m)), 1 + .3 * math.sin(m / 2)][c]
    return r * k * (1 + .2 * math.sin(2 * math.pi * m / 12))
def noise(x):
    return int(max(0, x * math.exp(rng.gauss(0, .4) - .3) + rng.uniform(0, .9)))
located = [[[noise(mean(c, m, a) * .8) for m in range(MONTHS)] for c in range(C)] for a in range(A)]
by_channel = [[sum(located[a][c][m] for a in range(A)) for m in range(MONTHS)] for c in range(C)]
unlocated = [[noise(mean(c, m) * .08) for m in range(MONTHS)] for c in range(C)]
types_of = [[0, 1], [2], [3]]
events_of_type = [[sum(by_channel[c][m] + unlocated[c][m] for c in cs) + rng.randrange(3) for m in range(MONTHS)] for cs in types_of]
totals = [[None if v is None or (t == 1 and m < 6) else v + rng.randrange(4) for m, v in enumerate(seen(row))]
          for t, row in enumerate(events_of_type)]
strength_mean = [lambda m: 180000 * (.15 + .85 * fall(m)), lambda m: 55000 * (1.3 - .3 * fall(m)), lambda m: 9000, lambda m: 2400 * (1 + m / 40)]
rule = [r3(.02 + .97 * fall(m)) if m >= OBSERVED else 1.0 for m in range(MONTHS)]
rung_names = ["hostile", "talks", "tacit_cooperation", "humanitarian_carveouts", "assets_released", "recognition"]
def rungs(m, drift):
    w = [math.exp(-((k - drift * m / 6) ** 2) / (1 + m / 10)) for k in range(6)]
    return [x / sum(w) for x in w]
pairs = [(v, w) for v in range(len(actors)) for w in range(v + 1, len(actors))]
def relation(i, m):
    return max(-.95, min(.95, -.6 + .11 * i + .02 * m))

def fraction(x):
    return round(x, 4)
hex64 = lambda s: (s * 64)[:64]
reasons = [("used_located", "located in an area", True, 2210, 8804), ("used_unlocated", "in the country's count only: no area", True, 190, 702),
           ("used_long", "longer than 31 days: country's count only", True, 22, 151), ("other_channel", "actors that no channel covers", False, 61, 240),
           ("duplicate", "a later file has the same event", False, 0, 0), ("out_of_period", "outside the scenario's period", False, 9120, 40110),
           ("out_of_file_range", "outside the file's from/to", False, 12, 31), ("other_country", "another country", False, 0, 0)]
def scores():
    """A backtest: better beyond luck, better, worse, and worse with too few months to tell."""
    lines = [("country-month", "sb", 1, 12, 1.2, [-9, -1]), ("country-month", "sb", "window", 4, .95, [-8, 3]),
             ("country-month", "os", 3, 12, 1.3, [2, 9]), ("area-month", "all", 12, 3, 1.05, None)]
    models = ["tessera", "stacked", "zero", "last", "conflictology", "bootstrap", "negbin"]
    out = {"profile": "views-challenge-2023", "draws": 1000, "first_origin": "2017-03", "last_origin": "2019-12", "first_window_origin": "2017-10",
           "last_window_origin": "2018-10", "scores": [], "comparisons": [], "calibration": [], "weights": [],
           "known_later": [{"parameter": "desertion.rate", "known": "2020-08", "set_by": "program"}],
           "tessera_scores": 1, "scenario": "Valdoria 2020–2022", "world_hash": hex64("b0b")}
    for unit, kind, horizon, origins, ratio, interval in lines:
        where = {"unit": unit, "type": kind, "horizon": horizon}
        for model, factor in zip(models, (ratio if interval is None or interval[1] > 0 else .8, .97, 2.6, 1.4, 1.0, 1.2, 1.1)):
            out["scores"].append({**where, "model": model, "origins": origins, "cells": origins, "crps": round(48.5 * factor, 3), "crps_fair": round(48 * factor, 3),
                                  "ign": 3.1, "mis": 301.5, "brier25": .11, "coverage50": .5, "coverage80": .75, "coverage90": .9})
        if interval:
            out["comparisons"].append({**where, "model": "tessera", "baseline": "conflictology", "score": "crps", "difference": sum(interval) / 2,
                                       "low": interval[0], "high": interval[1], "p": .04, "months": 12, "block": 3})
    return out

report = {
    "tessera_report": 1,
    "meta": {"name": "Valdoria 2020–2022 (a sample; no such country)", "country": "Valdoria", "views_country_id": None, "gleditsch_ward": None,
             "command": "simulate", "status": "not fitted yet: prior simulation",
             "banner": "Not fitted yet: prior simulation. These numbers show what the scenario's assumptions imply, not what the data say; they are not a forecast.",
             "version": "0.1.0", "created": "2026-11-23T12:00:00Z", "seed": "18446744073709551557", "members": 4000, "whatif": "",
             "kernel": "x86-64-v4", "seconds": 12.4, "arguments": "tessera simulate scenarios/valdoria --members 4000",
             "scenario_path": "scenarios/valdoria", "scenario_hash": hex64("3fa9c1"), "world_hash": hex64("b07e52d8")},
    "time": {"months": months, "first_month_id": 481, "last_observed": OBSERVED - 1, "simulated": [SIMULATED_FROM, MONTHS - 1], "observed": [0, OBSERVED - 1]},
    "types": ["sb", "ns", "os"],
    "areas": areas, "actors": actors, "factions": [0, 1, 2, 3], "powers": [4, 5], "channels": channels,
    "control": {**bands(control, .25), "national": national(control, .3)},
    "support": {"median": bands(support, .2)["median"], "national": national(support, .2)},
    "strength": {"probabilities": P7, "quantiles": [quantiles(s, P7, .25) for s in strength_mean]},
    "deaths": {
        "probabilities": P7,
        "country": {"simulated": quantiles(lambda m: sum(mean(c, m) for c in range(C)), P7, .6)},
        "by_channel": {"simulated": [quantiles(lambda m, c=c: mean(c, m), P7) for c in range(C)],
                       "located": [seen(r) for r in by_channel], "unlocated": [seen(r) for r in unlocated]},
        "by_type": {"simulated": [quantiles(lambda m, cs=cs: sum(mean(c, m) for c in cs), P7) for cs in types_of],
                    "events": [seen(r) for r in events_of_type], "totals": totals},
        "by_area": {"probabilities": P5, "simulated": [quantiles(lambda m, a=a: sum(mean(c, m, a) for c in range(C)), P5, 1) for a in range(A)],
                    "located": [[seen(r) for r in rows] for rows in located]},
        "coverage": ["precise" if m < 6 else "complete" if m < OBSERVED else None for m in range(MONTHS)],
    },
    "ruler": {"faction": [rule, [r3(1 - x - .02 * (x < 1)) for x in rule], [0.0] * MONTHS, [0.0] * MONTHS],
              "nobody": [r3(.02 * (x < 1)) for x in rule]},
    "ladder": {"rungs": rung_names, "pairs": [
        {"power": 5, "faction": 1, "probability": [[r3(rungs(m, 1)[k]) for m in range(MONTHS)] for k in range(6)]},
        {"power": 5, "faction": 0, "probability": [[r3(rungs(m, .1)[5 - k]) for m in range(MONTHS)] for k in range(6)]}]},
    "relations": {"pairs": [list(p) for p in pairs],
                  "median": [[round(relation(i, m), 3) for m in range(MONTHS)] for i in range(len(pairs))],
                  "low": [[round(relation(i, m) - .04 - .002 * m, 3) for m in range(MONTHS)] for i in range(len(pairs))],
                  "high": [[round(relation(i, m) + .04 + .002 * m, 3) for m in range(MONTHS)] for i in range(len(pairs))]},
    "questions": [
        {"id": "recognition", "title": "Will the Great Republic recognise a government of the People's Front within two years?",
         "ask": "ladder(republic, front) >= recognition by 2022-06", "probability": .0835, "mc_error": .0044, "low": .0751, "high": .0925, "members": 4000, "caveat": ""},
        {"id": "capital", "title": "Will the People's Front hold most of the Capital at the end of 2021?",
         "ask": "control(front, Capital) >= 0.5 at 2021-12", "probability": .7125, "mc_error": .0072, "low": .6982, "high": .7265, "members": 4000, "caveat": ""},
        {"id": "branch", "title": "Will The Branch have 5,000 fighters or more?", "ask": "strength(branch) >= 5000 by 2022-06",
         "probability": 0.0, "mc_error": 0.0, "low": 0.0, "high": .0009, "members": 4000,
         "caveat": "mechanism recruitment is off: strength grows by dated events only"}],
    "rulers": [{"from": "2020-01-01", "actor": 0, "known": "2020-01-01", "source": None}],
    "dated_events": [
        {"id": "prison", "title": "Break-out from the prison of the Eastern March", "date": "2020-08-02", "month": 7, "kind": "prison_break", "actor": 3,
         "other": None, "area": 2, "amount": {"value": 489.898, "low": 300.0, "high": 800.0}, "source": 0, "whatif": None, "off": False},
        {"id": "deal", "title": "Agreement between the Great Republic and the Front", "date": "2020-02-29", "month": 1, "kind": "talks", "actor": 5, "other": 1,
         "area": None, "amount": {"value": .4, "low": .4, "high": .4}, "source": 1, "whatif": None, "off": False},
        {"id": "", "title": "The Front enters the Capital", "date": "2021-08-15", "month": 19, "kind": "ruler", "actor": 1, "other": None, "area": None,
         "amount": None, "source": None, "whatif": "collapse", "off": False}],
    "schedules": [
        {"id": "foreign-support", "kind": "foreign_support", "actor": 0, "other": None, "area": None, "whatif": None, "steps": [
            {"from": "2020-01-01", "value": 1.0, "low": 1.0, "high": 1.0, "known": "2020-01-01", "source": None},
            {"from": "2021-05-01", "value": .75, "low": .6, "high": .9, "known": "2020-02-29", "source": 1},
            {"from": "2021-08-01", "value": 0.0, "low": 0.0, "high": 0.0, "known": "2021-08-01", "source": None}]},
        {"id": "strikes", "kind": "strikes", "actor": 5, "other": 3, "area": None, "whatif": None, "steps": [
            {"from": "2020-01-01", "value": 40.0, "low": 30.0, "high": 55.0, "known": "2020-01-01", "source": None},
            {"from": "2021-06-01", "value": 4.0, "low": 4.0, "high": 4.0, "known": "2021-06-01", "source": None}]}],
    "facts": [
        {"about": "strength", "title": "", "actor": 3, "other": None, "area": None, "first": "2020-01-01", "last": "2020-12-31", "known": "2021-01-31",
         "value": 1816.59, "low": 1500.0, "high": 2200.0, "upper_bound": False, "of": 0, "source": 0},
        {"about": "presence", "title": "The Branch is active in 2 of 5 provinces", "actor": 3, "other": None, "area": None, "first": "2021-03-01",
         "last": "2021-03-31", "known": "2021-04-10", "value": 2.0, "low": 2.0, "high": 2.0, "upper_bound": False, "of": 5, "source": None}],
    "parameters": [
        {"name": "battle.rate", "scope": "government-front", "value": .0021, "low": .0011, "high": .004, "unit": "events/month/fighter",
         "text": "events per month and fighter of the weaker side", "source": "totals of 2015–2019", "evidence": "data", "known": "2019-12"},
        {"name": "desertion.rate", "scope": "government", "value": .02, "low": .01, "high": .04, "unit": "1/month",
         "text": "share of a regular force that leaves in a month at full pay", "source": "SIGAR quarterly reports", "evidence": "source", "known": ""},
        {"name": "movement.rate", "scope": "", "value": .05, "low": .05, "high": .05, "unit": "1/month",
         "text": "share of fighters that move to a neighbouring area in a month", "source": "", "evidence": "assumed", "known": ""}],
    "sources": [
        {"id": "commentary", "title": "The Branch after the break-out", "publisher": "Valdoria Quarterly", "date": "2021-01-31", "url": "https://example.org/branch", "note": ""},
        {"id": "accord", "title": "Agreement for bringing peace to Valdoria", "publisher": "", "date": "2020-02-29", "url": "", "note": "English text"}],
    "files": [
        {"path": "events_precise.csv", "role": "events", "sha256": hex64("91c0"), "bytes": 2784719, "rows": 9300, "widened": 14, "source": None},
        {"path": "events_full.csv", "role": "events", "sha256": hex64("7de1a"), "bytes": 629160, "rows": 2317, "widened": 0, "source": None},
        {"path": "totals.csv", "role": "totals", "sha256": None, "bytes": None, "rows": None, "widened": None, "source": None},
        {"path": "boundaries.geojson", "role": "other", "sha256": None, "bytes": None, "rows": None, "widened": None, "source": None}],
    "attribution": ["Event data: UCDP Georeferenced Event Dataset (GED), Uppsala Conflict Data Program, CC BY 4.0; subset, changed. Sundberg, R. and Melander, E. (2013), Journal of Peace Research 50(4): 523–532."],
    "import": {
        "located_share": {"events": fraction(2210 / 2422), "deaths": fraction(8804 / 9657)},
        "reasons": [dict(zip(("id", "text", "used", "events", "deaths"), r)) for r in reasons],
        "by_file": [{"path": p, "reasons": [{"id": r[0], "used": r[2], "events": r[3] // k, "deaths": r[4] // k} for r in reasons]} for p, k in
                    (("events_precise.csv", 2), ("events_full.csv", 2))],
        "others": [{"side_a": "Valley militia", "side_b": "Hill militia", "type": "ns", "events": 40, "deaths": 180},
                   {"side_a": "Unknown", "side_b": "Civilians", "type": "os", "events": 21, "deaths": 60}],
        "others_more": 0, "checks": {"months": 12, "mean_ratio": .988}},
    "scores": scores(),
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "report.json"), "w", encoding="utf-8") as out:
    json.dump(report, out, ensure_ascii=False, separators=(",", ":"))
    out.write("\n")
