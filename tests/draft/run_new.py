#!/usr/bin/python3
"""`tessera new` as a user runs it, on event files of countries that do not exist, made here.

Usage: run_new.py TESSERA GROUP [SOURCE]     a group is a function below named group_GROUP; SOURCE is the project's top folder

Every draft must pass check and import, a short forecast must run on it, and what import then counts must be what a count of
the rows in Python says.
"""
import csv
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import zipfile

TESSERA = os.path.abspath(sys.argv[1])
COLUMNS = (
    "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,conflict_new_id,conflict_name,dyad_dset_id,"
    "dyad_new_id,dyad_name,side_a_dset_id,side_a_new_id,side_a,side_b_dset_id,side_b_new_id,side_b,number_of_sources,"
    "source_article,source_office,source_date,source_headline,source_original,where_prec,where_coordinates,"
    "where_description,adm_1,adm_2,latitude,longitude,geom_wkt,priogrid_gid,country,country_id,region,event_clarity,"
    "date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low,gwnoa,gwnob").split(",")


def run(*arguments, folder):
    environment = dict(os.environ, NO_COLOR="1")
    return subprocess.run([TESSERA, *map(str, arguments)], cwd=folder, env=environment, capture_output=True, text=True,
                          timeout=600)


def expect(done, code, *messages, where="stderr"):
    text = getattr(done, where)
    shown = f"{' '.join(done.args[1:])}\nexit {done.returncode}\nstdout: {done.stdout[-3000:]}\nstderr: {done.stderr[-3000:]}"
    assert done.returncode == code, f"expected exit {code}: {shown}"
    for message in messages:
        assert message.lower() in text.lower(), f"expected '{message}' on {where}: {shown}"
    return done


def event(a, b, kind, year, month, deaths, *, country="Testland", longitude=0.5, latitude=0.5, where_prec=1, adm_1=""):
    day = f"{year}-{month:02}-15"
    return {"side_a": a, "side_b": b, "type_of_violence": kind, "country": country, "date_start": day, "date_end": day,
            "best": deaths, "low": deaths, "high": deaths, "longitude": longitude, "latitude": latitude,
            "where_prec": where_prec, "adm_1": adm_1, "where_coordinates": "a town"}


def write_events(path, events, columns=COLUMNS, header=True):
    with open(path, "w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f)
        if header:
            writer.writerow(columns)
        for number, one in enumerate(events):
            writer.writerow([one.get(c, "") if c != "id" else one.get("id", 1000 + number) for c in columns])


def squares(n, properties):
    """n squares of a degree side by side from longitude 0; properties(i) gives those of feature i."""
    return {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": properties(i), "geometry": {"type": "Polygon", "coordinates": [
            [[i, 0], [i + 1, 0], [i + 1, 1], [i, 1], [i, 0]]]}} for i in range(n)]}


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f)


def yaml_of(folder, name):
    with open(os.path.join(folder, name, "scenario.yaml"), encoding="utf-8") as f:
        return f.read()


def nothing_left(folder, before):
    assert sorted(os.listdir(folder)) == before, (sorted(os.listdir(folder)), before)


def period_of(summary, events):
    inside = (lambda e: summary["period"]["start"] <= e["date_end"][:7] <= summary["period"]["last_observed"])
    return [e for e in events if e["country"] == summary["country"] and inside(e)]


def draft(folder, name, events, *more, particles=32, file=None, months=6):
    """Draft, check, import and forecast; what they count is compared with the rows. Returns the summary of the draft."""
    if file is None:
        file = name + ".csv"
        write_events(os.path.join(folder, file), events)
    country = () if "--country" in more else ("--country", "Testland")
    made = expect(run("new", "--events", file, *country, "--out", name, "--json", *more, folder=folder), 0)
    summary = json.loads(made.stdout)
    expect(run("check", name, folder=folder), 0)
    account = json.loads(expect(run("import", name, "--json", folder=folder), 0).stdout)
    ours = period_of(summary, events)
    assert summary["all"] == {"events": len(ours), "deaths": sum(e["best"] for e in ours)}, (summary, len(ours))
    # What the panel leaves out is what the draft says is in no channel: two readings of the names, made independently.
    left = [d for d in account["dropped"] if "no channel" in d["reason"]]
    left = {k: sum(d[k] for d in left) for k in ("events", "deaths")}
    for k in ("events", "deaths"):
        assert summary["all"][k] - summary["single_actors"][k] - summary["pooled"][k] == left[k], (k, summary, account)
    expect(run("forecast", name, "--particles", particles, "--months", months, "--out", name + "-run", folder=folder), 0)
    assert not [n for n in os.listdir(folder) if ".tmp" in n], os.listdir(folder)
    return summary


def two_sides(rng, n, years=range(2010, 2020), **more):
    return [event("Government of Testland", "Front", 1, rng.choice(years), rng.randint(1, 12), rng.randint(0, 9),
                  longitude=rng.uniform(0, 3), latitude=rng.uniform(0, 1),
                  **{"where_prec": rng.choice([1, 2, 3, 4, 5]), **more}) for _ in range(n)]


def group_few(folder):
    """One actor that only kills civilians; two actors with ten events; a single event."""
    rng = random.Random("few")
    alone = [event("Band", "Civilians", 3, rng.randint(2015, 2019), rng.randint(1, 12), rng.randint(1, 20),
                   longitude=rng.uniform(0, 3)) for _ in range(40)]
    summary = draft(folder, "alone", alone)
    assert summary["government"] is None and summary["channels"] == 1 and summary["actors"] == 2, summary
    assert "no event names it: assumed to govern" in yaml_of(folder, "alone")
    summary = draft(folder, "sparse", two_sides(rng, 10, range(2015, 2018)))
    assert summary["actors"] == 2 and summary["government"] == "Government of Testland", summary
    assert summary["completeness"] == "complete"  # ten events cannot tell
    one = draft(folder, "one", [event("Government of Testland", "Front", 1, 2018, 3, 2)])
    assert one["period"] == {"start": "2018-03", "last_observed": "2018-03"} and one["areas"] == 1, one
    none_dead = draft(folder, "none-dead", [event("Government of Testland", "Front", 1, 2018, m, 0) for m in range(1, 13)])
    assert none_dead["all"] == {"events": 12, "deaths": 0} and none_dead["channels"] == 1, none_dead


def many_sides(rng):
    """Thirty-three organisations with deaths that fall off slowly, fighting the government, each other and civilians."""
    events = []
    for i in range(33):
        name = f"Organisation {i}"
        for _ in range(260 // (1 + i // 4)):
            year, month, where = rng.randint(2012, 2019), rng.randint(1, 12), rng.uniform(0, 6)
            kind = rng.choice([1, 1, 1, 2, 3])
            a, b = {1: ("Government of Testland", name), 2: (name, f"Organisation {rng.randint(0, 5)}"),
                    3: (name, "Civilians")}[kind]
            if a != b:
                events.append(event(a, b, kind, year, month, rng.randint(0, 12), longitude=where, latitude=rng.uniform(0, 1),
                                    where_prec=rng.choice([1, 2, 4, 5])))
    return events


def group_many(folder):
    rng = random.Random("many")
    write_json(os.path.join(folder, "six.geojson"), squares(6, lambda i: {"name": f"Province {i}"}))
    events = many_sides(rng)
    summary = draft(folder, "many", events, "--boundaries", "six.geojson", particles=16, months=3)
    assert 20 <= summary["actors"] <= 31 and summary["areas"] == 6, summary
    # Actors of their own carry 95 % of the deaths, unless thirty are not enough.
    share = summary["single_actors"]["deaths"] / summary["all"]["deaths"]
    assert share >= 0.949 or summary["actors"] >= 30, summary
    assert summary["names_pooled"] > 0 and "others:" in yaml_of(folder, "many")


def group_precise(folder):
    rng = random.Random("precise")
    assert draft(folder, "precise", two_sides(rng, 200, where_prec=2))["completeness"] == "precise"
    expect(run("backtest", "precise", "--particles", 32, "--every", 24, folder=folder), 0, "area-month", where="stdout")
    mixed = two_sides(rng, 180) + two_sides(rng, 20, where_prec=5)
    assert draft(folder, "mixed", mixed)["completeness"] == "complete"
    assert draft(folder, "said", mixed, "--completeness", "precise")["completeness"] == "precise"
    # Without where_prec only a large file tells, by naming a province in every row.
    columns = [c for c in COLUMNS if c != "where_prec"]
    for name, n, blank, answer in (("named", 1200, False, "precise"), ("blank", 1200, True, "complete"),
                                   ("short", 200, False, "complete")):
        events = [dict(e, adm_1="P") for e in two_sides(rng, n)]
        if blank:
            events[7]["adm_1"] = ""
        write_events(os.path.join(folder, name + ".csv"), events, columns)
        assert draft(folder, name, events, file=name + ".csv", months=1)["completeness"] == answer, name


AWKWARD = ["O'Brien \"Front\": #1, [x] {y}", "Фронт освобождения", "前線", "null", "~", "yes", "all", "civilians", "- dash",
           "*star &amp !tag", "back\\slash", "per%cent @at `tick`", "next\u0085line", "para\u2029graph", "bom\ufeffinside",
           "emoji 🕊", "123", "tab\tinside", "Ünïted Front", "? : |", "'single'", "a" * 300, "line\nbreak"]


def group_names(folder):
    """Names that YAML or the program could take for something else come back as themselves: their events are counted."""
    rng = random.Random("names")
    write_json(os.path.join(folder, "awkward.geojson"), squares(6, lambda i: {"name": AWKWARD[i] + " Land"}))
    events = []
    for i, name in enumerate(AWKWARD):
        for _ in range(40):
            events.append(event("Government of Testland", name, 1, rng.randint(2012, 2019), rng.randint(1, 12),
                                rng.randint(1, 3), longitude=rng.uniform(0, 6), adm_1=AWKWARD[i % 6] + " Land"))
            events.append(event(name, "Civilians", 3, rng.randint(2012, 2019), rng.randint(1, 12), 1,
                                longitude=rng.uniform(0, 6)))
    summary = draft(folder, "names", events, "--boundaries", "awkward.geojson", particles=16, months=2)
    assert summary["actors"] >= 20 and summary["single_actors"]["deaths"] >= 0.949 * summary["all"]["deaths"], summary
    # One organisation under two spellings that differ in case and blanks is one actor.
    events = two_sides(rng, 30)
    for one in events[::2]:
        one["side_b"] = "FRONT"
    for one in events[::5]:
        one["side_b"] = "front "
    summary = draft(folder, "case", events)
    assert summary["actors"] == 2 and summary["single_actors"] == summary["all"], summary
    events = two_sides(rng, 40, country="Testland (Old \"Land\")")
    summary = draft(folder, "brackets", events, "--country", "testland")
    assert summary["country"] == "Testland (Old \"Land\")" and summary["government"] == "Government of Testland", summary


def group_cells(folder):
    """Cells of the PRIO-GRID by its published numbering; coarser ones when there are many."""
    spots = [(0.25, 0.25), (-0.25, -0.25), (179.9, 89.9), (-180, -90), (44.1, 12.6), (180, 90)]
    events = [event("Government of Testland", "Front", 1, 2018, 1 + i % 12, 3, longitude=x, latitude=y)
              for i, (x, y) in enumerate(spots)]
    vague = event("Government of Testland", "Front", 1, 2018, 1, 3, longitude=70, latitude=70, where_prec=6)
    summary = draft(folder, "cells", events + [vague])
    with open(os.path.join(folder, "cells", "boundaries.geojson"), encoding="utf-8") as f:
        names = {feature["properties"]["name"] for feature in json.load(f)["features"]}
    expected = {str(min(int((y + 90) * 2), 359) * 720 + min(int((x + 180) * 2), 719) + 1) for x, y in spots}
    assert names == expected and summary["cell_degrees"] == 0.5, (names, expected)
    rng = random.Random("cells")
    for spread in (8, 60):
        events = [event("Government of Testland", "Front", 1, rng.randint(2015, 2018), 5, 3,
                        longitude=rng.uniform(-spread, spread), latitude=rng.uniform(-spread, spread)) for _ in range(900)]
        summary = draft(folder, f"wide{spread}", events)
        assert summary["cell_degrees"] >= 1 and 10 <= summary["areas"] <= 60, summary
        assert "more than 60" in yaml_of(folder, f"wide{spread}")
        account = json.loads(run("import", f"wide{spread}", "--json", folder=folder).stdout)
        assert account["used"]["events"] == 900, account


def group_later(folder):
    """Starts and rates come from the first three years: deaths of later events do not move them, earlier ones do."""
    rng = random.Random("later")
    write_json(os.path.join(folder, "three.geojson"), squares(3, lambda i: {"name": f"P{i}"}))
    events = two_sides(rng, 300)
    for one in events[::3]:
        one.update(side_a="Front", side_b="Civilians", type_of_violence=3)

    def numbers(name, changed):
        draft(folder, name, changed, "--boundaries", "three.geojson", particles=16, months=1)
        text = yaml_of(folder, name)
        return text[text.index("\ninitial:"):text.index("\nquestions:")]

    before = numbers("before", events)
    first = min(e["date_end"] for e in events)
    end = f"{int(first[:4]) + 3}{first[4:7]}"  # the month behind the first 36
    late = [dict(e, best=2 * e["best"], high=2 * e["best"]) if e["date_end"] >= end else e for e in events]
    assert late != events and numbers("late", late) == before
    # The last of the 36 months counts: one death more there is seen.
    inside = [e for e in events if e["date_end"] < end]
    last = max(inside, key=lambda e: e["date_end"])
    assert numbers("early", [dict(e, best=e["best"] + 50, high=e["best"] + 50) if e is last else e for e in events]) != before


def group_still(folder):
    """Who fights late and much neither melts away nor grows: drafted strengths stay what they are until somebody edits."""
    import xarray
    rng = random.Random("still")
    events = two_sides(rng, 100) + [
        event("Government of Testland", "Latecomer", 1, 2018, rng.randint(1, 12), rng.randint(1, 40)) for _ in range(150)]
    draft(folder, "still", events, particles=16, months=1)
    expect(run("nowcast", "still", "--particles", 16, "--out", "run", folder=folder), 0)
    with xarray.open_dataset(os.path.join(folder, "run", "run.nc"), decode_times=False) as run_nc:
        strength = run_nc["strength"].values
    started = (strength > 0).argmax(axis=0)
    for actor, first in enumerate(started):
        assert abs(strength[-1, actor] / strength[first + 1, actor] - 1) < 1e-3, (actor, strength[:, actor])
    # With the mechanisms on, which the file names, they do not stay.
    path = os.path.join(folder, "still", "scenario.yaml")
    text = yaml_of(folder, "still")
    with open(path, "w", encoding="utf-8") as f:
        f.write(re.sub(r"mechanisms: \{.*\}\n", "", text))
    expect(run("nowcast", "still", "--particles", 16, "--out", "other", folder=folder), 0)
    with xarray.open_dataset(os.path.join(folder, "other", "run.nc"), decode_times=False) as run_nc:
        assert abs(run_nc["strength"].values[-1] / strength[-1] - 1).max() > 0.05


def group_inputs(folder):
    """Layouts of event files, several of them, other countries in between."""
    rng = random.Random("inputs")
    events = two_sides(rng, 60)
    elsewhere = two_sides(rng, 40, range(2005, 2022), country="Farland")
    summary = draft(folder, "both", events + elsewhere)
    last = max(e["date_end"] for e in elsewhere)[:7]
    assert summary["period"]["last_observed"] == last, (summary, last)  # the data go on, the country is quiet
    old = [dict({"best_est" if k == "best" else k: v for k, v in e.items() if k not in ("low", "high", "country")}) for e in events]
    write_events(os.path.join(folder, "old.csv"), old, ["id", "type_of_violence", "side_a", "side_b", "latitude", "longitude",
                                                       "date_start", "date_end", "best_est"])
    draft(folder, "old", events, file="old.csv")
    write_events(os.path.join(folder, "bare.csv"), events, header=False)
    draft(folder, "bare", events, file="bare.csv")
    with zipfile.ZipFile(os.path.join(folder, "packed.zip"), "w") as z:
        z.write(os.path.join(folder, "both.csv"), "both.csv")
    draft(folder, "packed", events + elsewhere, file="packed.zip")
    # Two files whose first and last thirty events are the same, by their ids.
    halves = [dict(e, id=5000 + i) for i, e in enumerate(sorted(events, key=lambda e: e["date_end"]))]
    write_events(os.path.join(folder, "first.csv"), halves[:40])
    write_events(os.path.join(folder, "second.csv"), halves[20:])
    draft(folder, "halves", events, "second.csv", file="first.csv")
    # People: a table, a total, nothing.
    write_json(os.path.join(folder, "three.geojson"), squares(3, lambda i: {"shapeName": f"P{i}, \"x\""}))
    with open(os.path.join(folder, "persons.csv"), "w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows([["area", "population"]] + [[f"P{i}, \"x\"", 1000000 * (i + 1)] for i in range(3)])
    summary = draft(folder, "people", events, "--boundaries", "three.geojson", "--population", "persons.csv")
    assert summary["population"] == 6000000 and not summary["population_assumed"], summary
    assert summary["name_property"] == "shapeName"
    assert draft(folder, "total", events, "--population-total", 900000)["population"] == 900000
    assert "assumed" in yaml_of(folder, "both") and "assumed: total of 20000000" in yaml_of(folder, "both")
    summary = draft(folder, "months", events, "--from", "2014-03", "--to", "2017-02")
    assert summary["period"] == {"start": "2014-03", "last_observed": "2017-02"}, summary
    expect(run("backtest", "both", "--particles", 32, "--every", 24, folder=folder), 0, "country-month", where="stdout")


def group_errors(folder):
    """What is wrong is said, and nothing is left behind."""
    rng = random.Random("errors")
    events = two_sides(rng, 40) + two_sides(rng, 5, country="Yemen (North Yemen)") + two_sides(rng, 5, country="Oman")
    write_events(os.path.join(folder, "e.csv"), events)
    write_events(os.path.join(folder, "bad.csv"), [dict(e, best="many") for e in events])
    write_events(os.path.join(folder, "empty.csv"), [])
    write_events(os.path.join(folder, "nowhere.csv"), [dict(e, latitude="", longitude="", adm_1="P0") for e in events])
    write_json(os.path.join(folder, "codes.geojson"), squares(3, lambda i: {"code": f"T{i}", "same": "x", "number": i}))
    write_json(os.path.join(folder, "bare.geojson"), squares(3, lambda i: {}))
    write_json(os.path.join(folder, "named.geojson"), squares(3, lambda i: {"name": f"P{i}"}))
    write_json(os.path.join(folder, "point.geojson"), {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": "P"}, "geometry": {"type": "Point", "coordinates": [0, 0]}}]})
    for name, rows in {"lacks": "area,population\nP0,5\n", "alien": "area,population\nP9,5\n", "twice":
                       "area,population\nP0,5\nP0,6\n", "word": "area,population\nP0,few\n", "head": "a,b\nP0,5\n"}.items():
        with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8") as f:
            f.write(rows)
    with open(os.path.join(folder, "latin.csv"), "wb") as f:
        f.write(b"type_of_violence,side_a,side_b,latitude,longitude,date_end,best\n3,Fr\xe8re,Civilians,1,1,2015-01-01,3\n")
    with open(os.path.join(folder, "file"), "w", encoding="utf-8") as f:
        f.write("mine")
    os.mkdir(os.path.join(folder, "mine"))
    before = sorted(os.listdir(folder))

    def fails(code, *messages, events="e.csv", country="Testland", out="d", more=()):
        expect(run("new", "--events", events, "--country", country, "--out", out, *more, folder=folder), code, *messages)
        nothing_left(folder, before)

    fails(3, "no event is of country \"Testlamd\"", "\"Testland\", ", country="Testlamd")
    fails(3, "Yemen (North Yemen)", country="North Yemen")
    fails(3, "no event is of country", country="Om")
    for out in ("file", "mine"):
        fails(4, out, "exists already", out=out)
    fails(4, "file", out="file/below")
    fails(3, "allowed are: code", "--name-property", more=["--boundaries", "codes.geojson"])
    fails(3, "\"same\" does not name every feature", "allowed are: code",
          more=["--boundaries", "codes.geojson", "--name-property", "same"])
    fails(3, "none in this file", more=["--boundaries", "bare.geojson"])
    fails(3, "point.geojson", "Polygon", more=["--boundaries", "point.geojson"])
    fails(3, "no such file", more=["--boundaries", "absent.geojson"])
    fails(3, "absent.csv", events="absent.csv")
    fails(3, "bad.csv:2", "many", events="bad.csv")
    fails(3, "no events", events="empty.csv")
    fails(3, "give --boundaries", events="nowhere.csv")
    fails(3, "not UTF-8", events="latin.csv")
    named = ["--boundaries", "named.geojson", "--population"]
    fails(3, "no row for the area 'P1'", more=[*named, "lacks.csv"])
    fails(3, "'P9' is not an area", more=[*named, "alien.csv"])
    fails(3, "twice", more=[*named, "twice.csv"])
    fails(3, "'few'", more=[*named, "word.csv"])
    fails(3, "'population'", more=[*named, "head.csv"])
    fails(2, "no event is in the period", more=["--from", "2030-01", "--to", "2031-01"])
    fails(2, "must end after it begins", more=["--from", "2018-01", "--to", "2017-01"])
    fails(2, "--from and --to must be months", more=["--from", "soon"])
    fails(2, "'some'; it must be precise or complete", more=["--completeness", "some"])
    fails(2, "give one of them", more=["--population", "lacks.csv", "--population-total", "5"])
    for left_out in ("--events", "--country", "--out"):
        arguments = {"--events": "e.csv", "--country": "Testland", "--out": "d"}
        del arguments[left_out]
        expect(run("new", *[x for pair in arguments.items() for x in pair], folder=folder), 2, "tessera new --help")
        nothing_left(folder, before)
    failed = run("new", "--events", "e.csv", "--country", "Nowhere", "--out", "d", "--json", folder=folder)
    assert failed.returncode == 3 and "no event is of country" in json.loads(failed.stdout)["error"]["message"], failed
    assert open(os.path.join(folder, "file"), encoding="utf-8").read() == "mine"


def group_myanmar(folder):
    """The raw file of a real country, with its boundaries and without; nothing of it is in the program."""
    file = os.path.join(sys.argv[3], "data", "ucdp", "mmr_1989_2023_ged241_full.csv")
    boundaries = os.path.join(sys.argv[3], "scenarios", "myanmar", "boundaries.geojson")
    with open(file, encoding="utf-8") as f:
        events = [dict(row, best=int(row["best"])) for row in csv.DictReader(f)]
    for name, more in {"areas": ["--boundaries", boundaries], "cells": []}.items():
        summary = draft(folder, name, events, "--country", "Myanmar", *more, file=file)
        assert summary["single_actors"]["deaths"] >= 0.95 * summary["all"]["deaths"], summary
        assert summary["government"] == "Government of Myanmar (Burma)" and summary["completeness"] == "complete", summary
        assert len(re.findall(r"kind: founding", yaml_of(folder, name))) >= 1
        expect(run("simulate", name, "--members", 32, folder=folder), 0)


def main():
    with tempfile.TemporaryDirectory(prefix="tessera-new-") as folder:
        globals()["group_" + sys.argv[2]](folder)


if __name__ == "__main__":
    main()
