#!/usr/bin/python3
"""Run the real binary as a user would: exit codes, messages, output folders, Ctrl-C, a full disk.

Usage: run_cli.py TESSERA GROUP     a group is a function below named group_GROUP
"""
import csv
import hashlib
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TESSERA = os.path.abspath(sys.argv[1])
DATA = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "data", "small")
SKIPPED = 77


def run(*arguments, folder, **more):
    environment = dict(os.environ, NO_COLOR="1")
    return subprocess.run([TESSERA, *map(str, arguments)], cwd=folder, env=environment, capture_output=True, text=True,
                          timeout=600, **more)


def expect(done, code, *messages, where="stderr"):
    """The exit code, and messages in what was printed."""
    text = getattr(done, where)
    shown = f"{' '.join(done.args[1:])}\nexit {done.returncode}\nstdout: {done.stdout[-3000:]}\nstderr: {done.stderr[-3000:]}"
    assert done.returncode == code, f"expected exit {code}: {shown}"
    for message in messages:
        assert message.lower() in text.lower(), f"expected '{message}' on {where}: {shown}"
    return done


def make_scenario(folder, name="s", changes=(), files=()):
    """A copy of the small scenario. changes: (file, old, new); files: (name, bytes)."""
    target = os.path.join(folder, name)
    shutil.copytree(DATA, target)
    for file, old, new in changes:
        path = os.path.join(target, file)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        assert text.count(old) >= 1, f"'{old}' is not in {file}"
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new, 1))
    for file, content in files:
        with open(os.path.join(target, file), "wb") as f:
            f.write(content)
    return target


def read_file(*path):
    with open(os.path.join(*path), encoding="utf-8", newline="") as f:
        return f.read()


def one_object(done):
    value = json.loads(done.stdout)  # fails when anything stands before or behind it
    assert isinstance(value, dict)
    return value


def group_usage(folder):
    make_scenario(folder)
    expect(run(folder=folder), 2, "Usage: tessera COMMAND", where="stdout")
    expect(run("--help", folder=folder), 0, "Usage: tessera COMMAND", "simulate", "Exit codes", where="stdout")
    version = expect(run("--version", folder=folder), 0, "tessera ", where="stdout").stdout
    assert version.count("\n") == 1 and version.split()[1][0].isdigit(), version
    expect(run("chekc", folder=folder), 2, "there is no command 'chekc'", "tessera --help")
    for command in ("new", "check", "import", "simulate", "nowcast", "forecast", "report", "explain", "selftest"):
        expect(run(command, "--help", folder=folder), 0, f"Usage: tessera {command}", "Example:", "--json", where="stdout")
        expect(run(command, "--colour", folder=folder), 2, f"'--colour' is not an option of {command}")
        expect(run(command, "-x", folder=folder), 2, "'-x' is not an option")
        expect(run(command, "a", "b", folder=folder), 2, f"tessera {command} --help")
    for command in ("check", "import", "simulate", "score", "report"):
        expect(run(command, folder=folder), 2, f"tessera {command} --help")
    expect(run("simulate", "s", "--out", folder=folder), 2, "'--out' is not an option of simulate, or lacks its value")
    for count in ("0", "-1", " 5", "+5", "5.0", "1e3", "ten", "", "0x10", "99999999999", "99999999999999999999999"):
        expect(run("simulate", "s", f"--members={count}", folder=folder), 2,
               f"--members is '{count}'; it must be a whole number from 1 to")
    expect(run("simulate", "s", "--seed", " -5", folder=folder), 2, "--seed is ' -5'")
    expect(run("simulate", "s", "--lanes", "8", folder=folder), 2, "--lanes is '8'; it must be a whole number from 16 to 128")
    expect(run("simulate", "s", "--no-data", "--kernel", "v9", folder=folder), 2, "there is no kernel 'v9'", "baseline")
    expect(run("simulate", "s", "--no-data", "--whatif", "none", folder=folder), 2, "there is no what-if 'none'", "summit-held")
    expect(run("explain", "supprt", folder=folder), 2, "there is no mechanism 'supprt'")


def group_happy(folder):
    make_scenario(folder)
    expect(run("check", "s", folder=folder), 0, "Testland 2020", "Areas: 3", "summit-held", where="stdout")
    expect(run("check", "s/scenario.yaml", folder=folder), 0)
    expect(run("import", "s", "--out", "panel", folder=folder), 0, "Somebody - Else", "rebels-civilians", where="stdout")
    assert sorted(os.listdir(os.path.join(folder, "panel"))) == sorted(
        ["import.json", "panel.csv", "panel.nc", "provenance.json"]), os.listdir(os.path.join(folder, "panel"))
    expect(run("simulate", "s", "--members", 32, "--out", "r", folder=folder), 0, "Recognised by June?", where="stdout")
    for name in ("run.nc", "questions.csv", "summary.json", "provenance.json", "report.html", "forecast_country_sb.csv"):
        assert os.path.getsize(os.path.join(folder, "r", name)) > 0, name
    with_data = json.loads(read_file(folder, "r", "provenance.json"))
    assert "simulate s --members 32 --out r" in json.dumps(with_data)
    # the scenario's hash: scenario.yaml and every file it names, whether the run imported them or not
    expect(run("simulate", "s", "--members", 32, "--no-data", "--out", "n", folder=folder), 0)
    hashes = [hashlib.sha256(read_file(folder, "s", name).encode()).hexdigest()
              for name in ["scenario.yaml"] + [file["path"] for file in with_data["files"]]]
    for provenance in (with_data, json.loads(read_file(folder, "n", "provenance.json"))):
        assert provenance["scenario_hash"] == hashlib.sha256("".join(hashes).encode()).hexdigest(), provenance
    os.remove(os.path.join(folder, "r", "report.html"))
    expect(run("report", "r", folder=folder), 0, "r/report.html", where="stdout")
    assert os.path.getsize(os.path.join(folder, "r", "report.html")) > 0
    expect(run("simulate", "s", "--members", 32, "--whatif", "summit-held", "--defaults", "--no-data", folder=folder), 0)
    expect(run("explain", folder=folder), 0, "ladder", where="stdout")
    expect(run("explain", "ladder", folder=folder), 0, "Equation", "Parameters", where="stdout")
    # blanks and other letters in paths
    make_scenario(folder, "a scénario of mine")
    expect(run("simulate", "a scénario of mine", "--members", 32, "--out", "a run \"here\"", folder=folder), 0)
    done = expect(run("report", "a run \"here\"", "--json", folder=folder), 0)
    assert one_object(done)["report"].endswith("a run \"here\"/report.html"), done.stdout
    assert not [n for n in os.listdir(folder) if ".tmp" in n], os.listdir(folder)


def group_json(folder):
    make_scenario(folder)
    make_scenario(folder, "bad", [("scenario.yaml", "ideology: 0.25", "ideology: 2"),
                                  ("scenario.yaml", "horizon_months: 6", "horizon: 6")])
    value = one_object(expect(run("check", "s", "--json", folder=folder), 0))
    assert value["problems"] == [], value
    value = one_object(expect(run("check", "bad", "--json", folder=folder), 3))
    assert [(p["file"], p["line"], p["column"]) for p in value["problems"] if "ideology is 2" in p["message"]] == [
        ("bad/scenario.yaml", 15, 15)], value
    assert any("'horizon' is not a key of period" in p["message"] for p in value["problems"]), value
    value = one_object(expect(run("check", "none", "--json", folder=folder), 3))
    assert len(value["problems"]) == 1 and "none" in value["problems"][0]["file"], value
    value = one_object(expect(run("import", "s", "--json", folder=folder), 0))
    assert "used" in value, value
    assert sum(d["events"] for d in value["dropped"]) == 2 and sum(d["deaths"] for d in value["dropped"]) == 4, value
    assert all(d["reason"] for d in value["dropped"]), value
    value = one_object(expect(run("simulate", "s", "--members", 32, "--json", folder=folder), 0))
    assert len(value["questions"]) == 10, value
    for q in value["questions"]:
        assert {"id", "title", "probability", "mc_error"} <= set(q) and 0 <= q["probability"] <= 1 and q["mc_error"] >= 0, q
    assert "text" in one_object(expect(run("explain", "ladder", "--json", folder=folder), 0))
    for command in (["nowcast", "s"], ["forecast", "s", "--months", "3"]):
        value = one_object(expect(run(*command, "--particles", 32, "--json", folder=folder), 0))
        assert value["log_likelihood"]["mean"] < 0 and value["particles"] == 32, value
        assert all(0 < m["effective_sample_size"] <= 32 for m in value["filter"]), value
    assert len(value["questions"]) == 10, value


def group_json_failures(folder):
    """A command that fails with --json prints one object that says so, and keeps its exit code and its messages."""
    make_scenario(folder)
    make_scenario(folder, "bad", [("scenario.yaml", "ideology: 0.25", "ideology: 2"),
                                  ("scenario.yaml", "horizon_months: 6", "horizon: 6")])
    with open(os.path.join(DATA, "events.csv"), "rb") as f:
        events = f.read()
    make_scenario(folder, "data", files=[("events.csv", events.replace(b"2020-02", b"2020-99"))])
    os.mkdir(os.path.join(folder, "mine"))
    def failed(done, code, file, line, message):
        expect(done, code, message)
        value = one_object(done)
        error = value["error"]
        assert (error["file"], error["line"]) == (file, line) and message in error["message"], value
        assert isinstance(error["column"], int) and "questions" not in value and "used" not in value, value
        return value
    running = (["import"], ["simulate", "--members", "32"], ["nowcast", "--particles", "16"], ["forecast", "--particles", "16"])
    for command in (["check"], *running):
        done = run(command[0], "bad", *command[1:], "--json", folder=folder)
        value = one_object(expect(done, 3, "ideology is 2"))
        wrong = {(p["file"], p["line"], p["column"]): p["message"] for p in value["problems"] if p["severity"] == "error"}
        assert len(wrong) >= 2 and "ideology is 2" in wrong["bad/scenario.yaml", 15, 15], value
        first = value["error"]
        assert wrong[first["file"], first["line"], first["column"]] == first["message"], value
        value = failed(run(command[0], "none", *command[1:], "--json", folder=folder), 3, "none", 0, "")
        assert len(value["problems"]) == 1, value
    for command in running:
        value = failed(run(command[0], "data", *command[1:], "--json", folder=folder), 3, "data/events.csv", 3, "2020-99")
        assert value["problems"][0]["line"] == 3, value
        value = failed(run(command[0], "s", *command[1:], "--out", "mine", "--json", folder=folder), 4, "mine", 0, "")
        assert "problems" not in value, value
    for command in ("nowcast", "forecast"):
        failed(run(command, "s", "--kernel", "v9", "--json", folder=folder), 2, "", 0, "there is no kernel 'v9'")
    failed(run("simulate", "s", "--no-data", "--kernel", "v9", "--json", folder=folder), 2, "", 0, "there is no kernel 'v9'")
    failed(run("report", "none", "--json", folder=folder), 3, "none", 0, "")
    failed(run("explain", "supprt", "--json", folder=folder), 2, "", 0, "there is no mechanism 'supprt'")


def group_inputs(folder):
    """Each message names the file, the line and column where there is one, the value and what is allowed."""
    with open(os.path.join(DATA, "events.csv"), "rb") as f:
        events = f.read()
    with open(TESSERA, "rb") as f:
        program = f.read(5000)
    second = b"2,TST-2020-2"
    third = events.splitlines()[2]
    column = events.splitlines()[0].split(b",").index
    def changed(name, value):
        cells = third.split(b",")
        cells[column(name)] = value
        return events.replace(third, b",".join(cells)), 1 + len(b",".join(cells[:column(name)])) + 1
    cases = []
    for name, value, message in (
            (b"latitude", b"95", ("latitude is 95", "from -90 to 90")),
            (b"best", b"-3", ("best is -3", "whole number from 0")),
            (b"best", b"n/a", ("best is \"n/a\"", "whole number from 0")),
            (b"date_start", b"2020-02-30", ("date_start is \"2020-02-30\"", "YYYY-MM-DD"))):
        content, at = changed(name, value)
        cases.append((content, (f"s/events.csv:3:{at}: error", *message)))
    cases.append((b"", ("s/events.csv: error: the file is empty", "header row")))
    cases.append((program, ("s/events.csv:1:8: error: the file has a NUL byte", "text (UTF-8)")))
    cases.append((events[:-30], (f"s/events.csv:{events.count(10)}:", "it must have 36", "cut off")))
    for content, messages in cases:
        shutil.rmtree(os.path.join(folder, "s"), ignore_errors=True)
        make_scenario(folder, files=[("events.csv", content)])
        assert content == b"" or content == program or second in content
        for command in (["import", "s"], ["simulate", "s", "--members", "32", "--out", "r"]):
            expect(run(*command, folder=folder), 3, *messages)
            assert not os.path.exists(os.path.join(folder, "r"))
    shutil.rmtree(os.path.join(folder, "s"))
    make_scenario(folder, changes=[("scenario.yaml", "file: events.csv", "file: events.zip")], files=[("events.zip", b"")])
    expect(run("import", "s", folder=folder), 3, "s/events.zip: error: the file is empty", "download it again")
    shutil.rmtree(os.path.join(folder, "s"))
    os.remove(os.path.join(make_scenario(folder), "events.csv"))
    expect(run("check", "s", folder=folder), 3, "s/scenario.yaml:8:12: error: the file 'events.csv' cannot be opened")
    os.mkdir(os.path.join(folder, "s", "events.csv"))
    for command in ("check", "import"):
        expect(run(command, "s", folder=folder), 3, "s/scenario.yaml:8:12: error: 'events.csv' is a folder; a CSV file")
    boundaries = [("[10, 11], [10, 10]]]", "[10, 11]]]", "is not closed: it begins at [10, 10] and ends at [10, 11]"),
                  ("[11, 11], [10, 11]", "[11, 95], [10, 11]", "95")]
    for old, new, message in boundaries:
        shutil.rmtree(os.path.join(folder, "s"))
        make_scenario(folder, changes=[("boundaries.geojson", old, new)])
        expect(run("check", "s", folder=folder), 3, "s/boundaries.geojson", "West", message)
    shutil.rmtree(os.path.join(folder, "s"))
    make_scenario(folder, files=[("boundaries.geojson", b'{"type": "FeatureCollection", "features": []}')])
    expect(run("check", "s", folder=folder), 3, "s/boundaries.geojson", "0 features")
    expect(run("check", "none", folder=folder), 3, "none")
    os.mkdir(os.path.join(folder, "empty"))
    expect(run("check", "empty", folder=folder), 3, "empty/scenario.yaml")
    expect(run("report", "empty", folder=folder), 3, "empty")
    expect(run("report", "none", folder=folder), 3, "none")


def write_draws(path, unit, cells, header=None):
    """A file of draws: cells is a dictionary (month_id, unit) -> draws."""
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write(header or f"month_id,{unit},draw,outcome\n")
        out = csv.writer(f, lineterminator="\n")
        for (month, name), draws in cells.items():
            out.writerows((month, name, k, y) for k, y in enumerate(draws))


def slow_scores(cells, actuals, level):
    """Mean CRPS, IGN (11 bins), MIS, Brier of 25 deaths, coverage of 80 %, by their definitions."""
    edges = [0, 0.5, 2.5, 5.5, 10.5, 25.5, 50.5, 100.5, 250.5, 500.5, 1000.5]
    def bin_of(value):
        return sum(edge <= value for edge in edges)
    def quantile(draws, p):
        at = p * (len(draws) - 1)
        low = int(at)
        high = min(low + 1, len(draws) - 1)
        return sorted(draws)[low] * (1 - at + low) + sorted(draws)[high] * (at - low)
    sums = dict.fromkeys(("crps", "crps_fair", "ign", "mis", "brier25", "coverage80"), 0.0)
    for cell, y in actuals.items():
        x, m = cells[cell], len(cells[cell])
        pairs = sum(abs(a - b) for a in x for b in x)
        near = sum(abs(a - y) for a in x) / m
        sums["crps"] += near - pairs / (2 * m * m)
        sums["crps_fair"] += near - pairs / (2 * m * (m - 1))
        sums["ign"] += -math.log2((sum(bin_of(a) == bin_of(y) for a in x) + 1) / (m + 11))
        low, high = quantile(x, (1 - level) / 2), quantile(x, (1 + level) / 2)
        sums["mis"] += high - low + 2 / (1 - level) * (max(low - y, 0) + max(y - high, 0))
        sums["brier25"] += (sum(a >= 25 for a in x) / m - (y >= 25)) ** 2
        sums["coverage80"] += quantile(x, 0.1) <= y <= quantile(x, 0.9)
    return {key: value / len(actuals) for key, value in sums.items()}


def agrees(row, slow):
    return all(abs(row[key] - value) <= 1e-9 * max(1, abs(value)) for key, value in slow.items())


def group_score(folder):
    """Scores of a file against a slow twin; horizons, baselines, several origins, the other profile, a scenario's data."""
    dice = random.Random(1)
    areas, months = ["East", "Far, Far \"West\"", "Süd"], range(481, 505)
    level = dict(zip(areas, (0.7, 12, 90)))
    def draws(area, n):
        return [int(dice.expovariate(1 / level[area])) for _ in range(n)]
    cells = {(month, area): draws(area, 60) for month in months for area in areas}
    actuals = {(month, area): draws(area, 1)[0] for month in months for area in areas if (month, area) != (490, "East")}
    past = {(month, area): draws(area, 1)[0] for month in range(421, 481) for area in areas}
    order = list(cells)
    dice.shuffle(order)
    write_draws(os.path.join(folder, "f.csv"), "area", {key: cells[key] for key in order})
    for name, table in (("a.csv", actuals), ("h.csv", past | actuals)):
        with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as f:
            csv.writer(f).writerows([("month_id", "area", "outcome"), *((m, a, y) for (m, a), y in table.items())])
    def scores(*arguments):
        return one_object(expect(run("score", *arguments, "--json", folder=folder), 0))
    value = scores("f.csv", "--actuals", "a.csv", "--history", "h.csv")
    rows = {(row["model"], row["horizon"]): row for row in value["scores"]}
    assert value["profile"] == "views-challenge-2023"
    assert {m for m, _ in rows} == {"tessera", "zero", "last", "conflictology", "bootstrap", "negbin"}
    assert {h for _, h in rows} == {"all", "window", *range(1, 25)}
    ahead = {h: {cell: y for cell, y in actuals.items() if cell[0] - 480 == h} for h in range(1, 25)}
    ahead["all"] = actuals
    ahead["window"] = {cell: y for h in range(3, 15) for cell, y in ahead[h].items()}
    for h, some in ahead.items():
        row = rows["tessera", h]
        assert agrees(row, slow_scores(cells, some, 0.9)), (h, row)
        assert not agrees(row, slow_scores(cells, some, 0.95)) and row["cells"] == len(some) and row["origins"] == 1
        assert (row["unit"], row["type"], row["draws"]) == ("area-month", "all", 60), row
        assert agrees(rows["zero", h], slow_scores(dict.fromkeys(cells, [0] * 60), some, 0.9)), h
    # what is close to the truth beats what is not
    assert rows["conflictology", "all"]["crps"] < rows["bootstrap", "all"]["crps"] < rows["zero", "all"]["crps"]
    assert rows["negbin", "all"]["crps"] < rows["bootstrap", "all"]["crps"]
    assert {c["baseline"] for c in value["comparisons"]} == {m for m, _ in rows} - {"tessera"}
    assert {c["score"] for c in value["comparisons"]} == {"crps", "ign"} and len(value["comparisons"]) == 10
    for c in value["comparisons"]:
        difference = rows["tessera", "all"][c["score"]] - rows[c["baseline"], "all"][c["score"]]
        assert c["low"] < c["difference"] < c["high"] and c["months"] == 24, c
        assert abs(c["difference"] - difference) < 1e-9, (c, difference)
    assert len(value["calibration"]) == 1 and value["calibration"][0]["p"] > 1e-3, value["calibration"]
    # nothing after the origin is used, and the seed is what changes
    with open(os.path.join(folder, "h.csv"), "a", encoding="utf-8") as f:
        f.write("600,East,100000\n")
    assert scores("f.csv", "--actuals", "a.csv", "--history", "h.csv") == value
    assert scores("f.csv", "--actuals", "a.csv", "--history", "h.csv", "--seed", 2) != value
    # two months more between data and forecast
    early = scores("f.csv", "--actuals", "a.csv", "--history", "h.csv", "--origin", "2019-10", "--model", "mine")["scores"]
    assert {row["horizon"] for row in early} == {"all", "window", *range(3, 27)} and early[0]["model"] == "mine"
    # the other profile, the text, no history
    other = scores("f.csv", "--actuals", "a.csv", "--profile", "views-evaluation", "--type", "sb")["scores"]
    slow = slow_scores(cells, actuals, 0.95)
    del slow["ign"]
    assert agrees(other[0], slow) and other[0]["type"] == "sb" and all(row["model"] == "tessera" for row in other)
    expect(run("score", "f.csv", "--actuals", "a.csv", "--history", "h.csv", folder=folder), 0, "negbin", "By CRPS tessera",
           "1 cells that were forecast were not observed", where="stdout")
    expect(run("score", "f.csv", "--actuals", "a.csv", folder=folder), 0, "No baselines", where="stdout")
    # another origin beside it: 6 months later, draws numbered from 1, countries as ViEWS writes them
    later = {(month, "7"): draws("East", 60) for month in range(487, 511)}
    with open(os.path.join(folder, "later.csv"), "w", encoding="utf-8") as f:
        f.write("outcome,draw,country_id,month_id\n")
        f.writelines(f"{y}.0,{k + 1},7,{month}\n" for (month, _), x in later.items() for k, y in enumerate(x))
    first = {(month, "7"): draws("East", 60) for month in months}
    write_draws(os.path.join(folder, "first.csv"), "country_id", first)
    with open(os.path.join(folder, "wide.csv"), "w", encoding="utf-8") as f:
        f.write("name,month_id,country_id,ged_sb,ged_ns,ged_os\n")
        f.writelines(f"a,{m},7,{m % 5},{'' if m == 500 else 1},0\nb,{m},8,3,3,3\n" for m in range(400, 511))
    both = scores("first.csv", "later.csv", "--actuals", "wide.csv", "--history", "wide.csv")["scores"]
    assert both[0]["horizon"] == "all" and (both[0]["origins"], both[0]["cells"]) == (2, 46), both[0]
    wide = {month: month % 5 + 1 for month in range(481, 511) if month != 500}
    sums = [slow_scores(x, {c: wide[c[0]] for c in x if c[0] in wide}, 0.9)["crps"] for x in (first, later)]
    assert abs(both[0]["crps"] - sum(sums) / 2) < 1e-9
    only = scores("first.csv", "--actuals", "wide.csv", "--type", "sb")["scores"]
    assert only[0]["cells"] == 24 and only[0]["type"] == "sb"
    # a run and the data of its scenario
    make_scenario(folder)
    expect(run("forecast", "s", "--from", "2020-07", "--months", 6, "--particles", 64, "--out", "r", folder=folder), 0)
    run_scores = scores("r", "--scenario", "s")["scores"]
    kinds = {(row["unit"], row["type"]) for row in run_scores}
    assert {("country-month", "sb"), ("country-month", "all"), ("area-month", "all"), ("area-month", "os")} <= kinds, kinds
    assert all(row["origins"] == 1 and row["draws"] == 64 and row["cells"] in (1, 3, 6, 18) for row in run_scores)
    assert scores("r/forecast_country_os.csv", "--scenario", "s")["scores"][0]["type"] == "os"
    # its questions
    with open(os.path.join(folder, "r", "questions.csv"), encoding="utf-8") as f:
        asked = {row["id"]: float(row["probability"]) for row in csv.DictReader(f)}
    yes, no, unknown = list(asked)[:3]
    def answer(text):
        with open(os.path.join(folder, "answers.csv"), "w", encoding="utf-8") as f:
            f.write("outcome,id\n" + text)
    answer(f"1,{yes}\n0,{no}\n,{unknown}\n")
    value = scores("r", "--answers", "answers.csv")
    mean = ((asked[yes] - 1) ** 2 + asked[no] ** 2) / 2
    assert abs(value["brier"] - mean) < 1e-9 and value["scores"] == [], value
    assert [(q["id"], q["outcome"]) for q in value["questions"]] == [(yes, 1), (no, 0)], value
    assert "scores" in scores("r", "--answers", "answers.csv", "--scenario", "s")
    expect(run("score", "r", "--answers", "answers.csv", folder=folder), 0, f"Brier score {mean:.4f} over 2",
           f"{len(asked) - 2} questions have no answer", where="stdout")
    for text, message in ((f"0.5,{yes}\n", "answers.csv:2:1: error: outcome is 0.5; it must be 1 (yes), 0 (no) or blank"),
                          (f"1,{yes}\n1,{yes}\n", f"answers.csv:3:3: error: id is \"{yes}\"; it must be an id that does not come"),
                          ("1,war\n", "answers.csv:2:1: error: r asks no question war"), (f",{yes}\n", "no question has an answer")):
        answer(text)
        expect(run("score", "r", "--answers", "answers.csv", folder=folder), 3, message)


def group_score_reference(folder):
    """Baselines one month ahead on real data, beside numbers that another program found (its months of events
    differ a little): deaths between government and Taliban, 34 provinces, 2018 to 2020."""
    source = os.path.join(DATA, "..", "..", "..", "data", "ucdp", "afg_1989_2020_ged211_precise.csv")
    deaths, areas = {}, set()
    with open(source, encoding="utf-8") as f:
        for row in csv.DictReader(f):
            areas.add(row["adm_1"])
            if (row["side_a"], row["side_b"]) == ("Government of Afghanistan", "Taleban"):
                year, month = map(int, row["date_start"].split("-")[:2])
                cell = (year - 1980) * 12 + month, row["adm_1"]
                deaths[cell] = deaths.get(cell, 0) + int(float(row["best"]))
    areas = sorted(areas - {""})
    assert len(areas) == 34
    with open(os.path.join(folder, "h.csv"), "w", encoding="utf-8") as f:
        f.write("month_id,area,outcome\n")
        f.writelines(f"{m},{a},{deaths.get((m, a), 0)}\n" for m in range(409, 493) for a in areas)
    for month in range(457, 493):
        write_draws(os.path.join(folder, f"{month}.csv"), "area", {(month, a): [0] * 1000 for a in areas})
    names = [f"{month}.csv" for month in range(457, 493)]
    value = one_object(expect(run("score", *names, "--actuals", "h.csv", "--history", "h.csv", "--json", folder=folder), 0))
    rows = {row["model"]: row for row in value["scores"] if row["horizon"] == "all"}
    assert rows["zero"]["origins"] == 36 and rows["zero"]["cells"] == 34 * 36
    found = {m: [rows[m][key] for key in ("crps", "ign", "mis")] for m in rows}
    for model, others, within in (("zero", (24.6, 7.62, 492), (0.05, 0.03, 0.5)), ("last", (20.4, 5.30, 347), (0.6, 0.12, 9)),
                                  ("conflictology", (13.19, 3.15, 139), (0.2, 0.05, 3))):
        assert all(abs(a - b) <= c for a, b, c in zip(found[model], others, within)), (model, found[model])
    # a negative binomial around the mean of 12 months, whose size had been estimated with the future: 13.15, 2.63, 131
    assert all(a <= 1.01 * b for a, b in zip(found["negbin"], (13.15, 2.63, 131))), found["negbin"]


def group_score_errors(folder):
    """Files of draws and of deaths that are wrong: file, line, column, the value and what is allowed."""
    good = "month_id,area,draw,outcome\n481,East,0,3\n481,East,1,4\n482,East,0,5\n482,East,1,6\n"
    actuals = "month_id,area,outcome\n480,East,1\n481,East,2\n482,East,\n"
    def put(name, text):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)
    def score(code, *messages, extra=(), where="stderr"):
        expect(run("score", "f.csv", "--actuals", "a.csv", *extra, folder=folder), code, *messages, where=where)
    put("a.csv", actuals)
    put("f.csv", good)
    score(0, "1 cells, 2020-01", where="stdout")
    for old, new, messages in (
            ("East,1,4", "East,1,-4", ("f.csv:3:12: error: outcome is -4; it must be a whole number of deaths, 0 or more",)),
            ("East,1,4", "East,1,4.5", ("f.csv:3:12: error: outcome is 4.5",)),
            ("East,1,4", "East,1,nan", ("f.csv:3:12: error: outcome is \"nan\"",)),
            ("East,1,4", "East,1,", ("f.csv:3:12: error: outcome is blank",)),
            ("East,1,4", "East,1,99999999999", ("f.csv:3:12: error: outcome is 99999999999",)),
            ("East,1,4", "East,x,4", ("f.csv:3:10: error: draw is \"x\"",)),
            ("481,East,1", "0,East,1", ("f.csv:3:1: error: month_id is 0",)),
            ("481,East,1", "481,,1", ("f.csv:3:5: error: area is blank",)),
            ("East,1,4", "East,0,4", ("f.csv:3:10: error: draw 0 of area East in 2020-01 was there before",)),
            ("481,East,1,4\n", "", ("f.csv:2:1: error: East in 2020-01 has no draw 1; other cells have draws 0 to 1",)),
            ("481,East,1", "484,East,1", ("f.csv:4:1: error: East has no draws for 2020-03",)),
            ("482,East,1", "482,West,1", ("f.csv:5:1: error: West has no draws for 2020-01",)),
            (",draw", ",drawn", ("f.csv:1:1: error: the header lacks a column: draw", "is it the column \"drawn\"")),
            ("area,", "areas,", ("the header lacks a column: country_id or area",)),
            ("481,East,1,4", "481,East,1", ("f.csv:3:10: error: the row has 3 cells; it must have 4",)),
            (good[27:], "", ("the file has a header and no draws",)),
            (good, "", ("f.csv: error: the file is empty",)),
            ("East,", "Eest,", ("f.csv:2:1: error: area Eest is not in a.csv; is it East?",))):
        assert old in good
        put("f.csv", good.replace(old, new) if messages[0].find("Eest") > 0 else good.replace(old, new, 1))
        score(3, *messages)
    put("f.csv", good)
    for old, new, messages in (
            ("East,2", "East,-2", ("a.csv:3:10: error: outcome is -2; it must be a whole number of deaths, 0 or more",)),
            ("East,2", "East,2.5", ("a.csv:3:10: error: outcome is 2.5",)),
            ("481,", "482,", ("a.csv:4:1: error: 2020-02 of East is in line 3 already",)),
            ("area,outcome", "area,deaths", ("the header lacks a column: outcome, or some of ged_sb",)),
            ("area,", "country_id,", ("a.csv:2:5: error: country_id is \"East\"",)),
            ("481,East,2\n", "", ("2020-01 to 2020-02 were forecast, and none of it was observed",)),
            (actuals, "", ("a.csv: error: the file is empty",))):
        put("a.csv", actuals.replace(old, new, 1))
        score(3, *messages)
    put("a.csv", good)
    score(3, "a.csv:1:15: error: the file has a column draw: it is a forecast, and observed deaths are needed here")
    put("a.csv", "month_id,area,outcome\n" + 1000 * "481,East,1\n")
    score(3, "50 errors")
    put("a.csv", actuals)
    score(3, "f.csv", "it cannot have been made knowing 2020-02", extra=["--origin", "2020-02"])
    score(2, "there is no profile 'views'; the profiles are views-challenge-2023 and views-evaluation", extra=["--profile", "views"])
    score(2, "there is no type 'state'", extra=["--type", "state"])
    score(2, "--origin is '2020'", extra=["--origin", "2020"])
    score(3, "none.csv", extra=["--history", "none.csv"])
    put("h.csv", actuals.replace("East", "West"))
    score(3, "f.csv:2:1: error: area East is not in h.csv; is it West?", extra=["--history", "h.csv"])
    put("f.csv", good.replace("East,1,4", "East,1,2000"))
    score(3, "f.csv: error: draw 1 of cell 0 is 2000; profile views-evaluation has no bin from 1000.5 on",
          extra=["--profile", "views-evaluation"])
    expect(run("score", "f.csv", folder=folder), 2, "score needs --actuals, --scenario or --answers")
    expect(run("score", "f.csv", "f.csv", "--actuals", "a.csv", folder=folder), 3, "by an earlier file already")
    put("g.csv", good.replace("482,", "483,").replace("481,", "482,") + "482,East,2,1\n483,East,2,1\n")
    put("a.csv", actuals + "483,East,7\n")
    expect(run("score", "f.csv", "g.csv", "--actuals", "a.csv", folder=folder), 3,
           "f.csv has 2 draws and g.csv 3; IGN can be compared only at equal numbers of draws")
    os.mkdir(os.path.join(folder, "empty"))
    expect(run("score", "empty", "--actuals", "a.csv", folder=folder), 3, "empty", "has no forecast_*.csv")
    put("c.csv", good.replace("area", "country_id").replace("East", "7"))
    expect(run("score", "c.csv", "--actuals", "a.csv", folder=folder), 3, "by country_id, of which no observed deaths are given")
    done = run("score", "f.csv", "--actuals", "none.csv", "--json", folder=folder)
    assert one_object(expect(done, 3))["error"]["file"] == "none.csv"


def group_backtest(folder):
    """Backtests of the small scenario: JSON, a folder of scores, a report that shows them, what is refused."""
    make_scenario(folder)
    few = ["--particles", 16, "--every", 1, "--threads", 1]
    value = one_object(expect(run("backtest", "s", "--from", "2020-06", "--to", "2020-10", *few, "--json", "--out", "b", folder=folder), 0))
    models = ["tessera", "stacked", "zero", "last", "conflictology", "bootstrap", "negbin"]
    assert {s["model"] for s in value["scores"]} == set(models), value
    for s in value["scores"]:
        assert s["unit"] in ("country-month", "area-month") and s["type"] in ("sb", "ns", "os", "all"), s
        assert s["horizon"] in (1, 3, 6, 12) and 1 <= s["origins"] <= 5 and 0 <= s["coverage80"] <= 1, s
        assert s["crps"] >= 0 and s["ign"] >= 0 and s["mis"] >= 0 and 0 <= s["brier25"] <= 1, s
    assert len({(s["unit"], s["type"], s["horizon"]) for s in value["scores"]}) * len(models) == len(value["scores"])
    assert all(w["origin"] == "2020-10" and 0 < w["tessera"] < 1 for w in value["weights"]) and value["weights"], value
    assert value["known_later"] and all(k["known"] > "2020-06" for k in value["known_later"]), value
    written = json.loads(read_file(folder, "b", "scores.json"))
    assert written["scores"] == value["scores"] and written["scenario"] and written["world_hash"]
    assert json.loads(read_file(folder, "b", "provenance.json"))["files"][0]["sha256"]
    rows = list(csv.DictReader(open(os.path.join(folder, "b", "scores.csv"), encoding="utf-8")))
    assert [r["model"] for r in rows] == [s["model"] for s in value["scores"]]
    assert all(abs(float(r["crps"]) - s["crps"]) <= 1e-8 * (1 + s["crps"]) for r, s in zip(rows, value["scores"]))
    assert "Tessera beats every baseline in" in read_file(folder, "b", "scores.txt")
    medians = one_object(expect(run("backtest", "s", "--from", "2020-06", "--to", "2020-10", *few, "--json", "--medians", folder=folder), 0))
    changed = {s["model"] for s, t in zip(value["scores"], medians["scores"]) if s["crps"] != t["crps"]}
    assert "tessera" in changed and not changed & {"zero", "last", "conflictology", "bootstrap", "negbin"}, changed
    expect(run("backtest", "s", *few, "--out", "b", folder=folder), 4, "b", "--force")
    expect(run("forecast", "s", "--particles", 64, "--months", 4, "--out", "r", folder=folder), 0)
    for kind in ("sb", "ns", "os", "all"):
        country, areas = {}, {}
        for name, sums in (("country", country), ("area", areas)):
            with open(os.path.join(folder, "r", f"forecast_{name}_{kind}.csv"), encoding="utf-8") as f:
                for row in csv.DictReader(f):
                    key = row["month_id"], row["draw"]
                    sums[key] = sums.get(key, 0) + int(row["outcome"])
        assert areas == country and len(country) == 4 * 64, kind  # areas sum to the country in every draw
    expect(run("report", "r", "--scores", "b", folder=folder), 0, "r/report.html", where="stdout")
    assert '"tessera_scores"' in read_file(folder, "r", "report.html")
    expect(run("report", "r", folder=folder), 0)  # stays
    assert '"tessera_scores"' in read_file(folder, "r", "report.html")
    expect(run("report", "b", "--scores", "b", folder=folder), 3, "b/report.json")
    expect(run("report", "r", "--scores", "r/none", folder=folder), 3, "r/none/scores.json")
    for text, message in (("{}", "not scores of a backtest"), ('{"tessera_scores": 2}', "format 2"), ("{", "scores.json")):
        with open(os.path.join(folder, "r", "scores.json"), "w", encoding="utf-8") as f:
            f.write(text)
        expect(run("report", "r", folder=folder), 3, "r/scores.json", message)
    expect(run("backtest", "s", *few, folder=folder), 3, "three years into the data", "12 months", "2020-01 to 2020-11")
    expect(run("backtest", "s", "--from", "2020-12", *few, folder=folder), 3, "2020-12", "2020-01 and 2020-11")
    expect(run("backtest", "s", "--from", "2020-06", "--origins", "window", *few, folder=folder), 3, "October of 2017 to 2022")
    expect(run("backtest", "s", "--origins", "none", *few, folder=folder), 2, "rolling, window or both")
    expect(run("backtest", "s", "--from", "June", *few, folder=folder), 2, "--from")


def listing(path):
    return sorted((n, os.stat(os.path.join(path, n)).st_mtime_ns) for n in os.listdir(path))


def group_folders(folder):
    """An output folder that exists is left alone without --force, and always when Tessera did not make it."""
    make_scenario(folder)
    simulate = ["simulate", "s", "--no-data", "--members", "32", "--out"]
    expect(run(*simulate, "r", folder=folder), 0)
    before = listing(os.path.join(folder, "r"))
    expect(run(*simulate, "r", folder=folder), 4, "r", "--force")
    assert listing(os.path.join(folder, "r")) == before
    expect(run(*simulate, "r", "--force", folder=folder), 0)
    assert listing(os.path.join(folder, "r")) != before
    os.mkdir(os.path.join(folder, "mine"))
    with open(os.path.join(folder, "mine", "thesis.txt"), "w", encoding="utf-8") as f:
        f.write("years of work")
    for force in ([], ["--force"]):
        expect(run(*simulate, "mine", *force, folder=folder), 4, "mine")
        assert os.listdir(os.path.join(folder, "mine")) == ["thesis.txt"]
        expect(run("import", "s", "--out", "mine", *force, folder=folder), 4, "mine")
    with open(os.path.join(folder, "file"), "w", encoding="utf-8") as f:
        f.write("a file")
    for out in ("file", "file/below", "file/below/it"):
        expect(run(*simulate, out, "--force", folder=folder), 4, "file")
    expect(run(*simulate, "new/parents/r", folder=folder), 0)
    left = sorted(os.listdir(folder))
    assert left == ["file", "mine", "new", "r", "s"], left


def group_interrupt(folder):
    """Ctrl-C in the middle: exit 130, no output folder, nothing temporary."""
    make_scenario(folder, changes=[("scenario.yaml", "horizon_months: 6, substeps: 2", "horizon_months: 120, substeps: 20")])
    os.mkdir(os.path.join(folder, "out"))
    for stop in (signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen([TESSERA, "simulate", "s", "--no-data", "--members", "50000", "--area-draws", "10",
                                    "--out", "out/r"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            time.sleep(1)
            assert process.poll() is None, process.communicate()
            began = time.monotonic()
            process.send_signal(stop)
            _, stderr = process.communicate(timeout=300)
        finally:
            process.kill()
        assert process.returncode == 130, (process.returncode, stderr)
        # Tiles that run are finished first: some seconds under sanitizers. All of the members would take many minutes there.
        assert time.monotonic() - began < 60, "it took too long to stop"
        assert "nothing was written" in stderr, stderr
        assert os.listdir(os.path.join(folder, "out")) == [], os.listdir(os.path.join(folder, "out"))


def group_pipes(folder):
    """Standard output closed, or a reader that goes away: an exit code, never a crash."""
    make_scenario(folder)
    for command in (["check", "s"], ["import", "s"], ["simulate", "s", "--members", "32"], ["explain"], ["--version"],
                    ["check", "s", "--json"], ["check", "--help"]):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([TESSERA, *command], cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True, timeout=300)
            assert done.returncode == 4, (command, done.returncode, done.stderr)
            assert "standard output could not be written" in done.stderr, (command, done.stderr)
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([TESSERA, *command], cwd=folder, stdout=write, stderr=subprocess.PIPE, text=True, timeout=300)
        os.close(write)
        assert done.returncode in (4, -signal.SIGPIPE), (command, done.returncode, done.stderr)
        done = subprocess.run(["/bin/sh", "-c", 'exec "$0" "$@" >&-', TESSERA, *command], cwd=folder,
                              stderr=subprocess.PIPE, text=True, timeout=300)
        assert done.returncode == 4, (command, done.returncode, done.stderr)
    assert os.listdir(folder) == ["s"]


def group_disk(folder):
    """A disk that is full: exit 4, a message that says so, nothing half-written."""
    make_scenario(folder)
    disk = os.path.join(folder, "disk")
    os.mkdir(disk)
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk],
                                           capture_output=True, check=False).returncode != 0:
        return SKIPPED
    try:
        done = run("simulate", "s", "--members", "32", "--out", "disk/r", folder=folder)
        expect(done, 4, "disk/", "No space left on device")
        assert os.listdir(disk) == [], os.listdir(disk)
        with open(os.path.join(disk, "filler"), "wb") as f:
            try:
                f.write(b"\0" * 65536)
                f.flush()
            except OSError:
                pass
        expect(run("import", "s", "--out", "disk/panel", folder=folder), 4, "disk/", "No space left on device")
        assert os.listdir(disk) == ["filler"], os.listdir(disk)
    finally:
        subprocess.run(["umount", disk], check=True)
    return 0


def numbers_of(path):
    """Every variable of every group of a NetCDF file, as bytes."""
    from netCDF4 import Dataset  # pylint: disable=import-outside-toplevel

    def walk(group, prefix):
        for name, variable in group.variables.items():
            variable.set_auto_maskandscale(False)
            values = variable[:]  # texts are objects: their bytes would be addresses
            yield prefix + name, repr(values.tolist()) if values.dtype == object else values.tobytes()
        for name, child in group.groups.items():
            yield from walk(child, prefix + name + "/")
    with Dataset(path) as file:
        return dict(walk(file, ""))


def group_same(folder):
    """The same seed gives the same bits, for any number of threads; another seed does not."""
    make_scenario(folder)
    runs = {"a": (7, 1), "b": (7, 1), "c": (7, 2), "d": (8, 1)}
    for name, (seed, threads) in runs.items():
        expect(run("simulate", "s", "--members", 200, "--seed", seed, "--threads", threads, "--draws", "--out", name,
                   folder=folder), 0)
    def read(name, file):
        with open(os.path.join(folder, name, file), "rb") as f:
            return f.read()
    for other in ("b", "c"):
        for file in sorted(os.listdir(os.path.join(folder, "a"))):
            if file.endswith(".csv"):
                assert read("a", file) == read(other, file), (other, file)
    rows = list(csv.DictReader(read("a", "questions.csv").decode().splitlines()))
    assert len(rows) == 10 and read("a", "questions.csv") != read("d", "questions.csv")
    try:
        a = numbers_of(os.path.join(folder, "a", "run.nc"))
    except ImportError:
        print("no netCDF4 for Python: run.nc is not compared")
        return 0
    assert len(a) > 5, list(a)
    for other in ("b", "c"):
        b = numbers_of(os.path.join(folder, other, "run.nc"))
        assert a.keys() == b.keys()
        different = [name for name in a if a[name] != b[name]]
        assert not different, (other, different)
    assert a != numbers_of(os.path.join(folder, "d", "run.nc"))
    return 0


def main(groups):
    with tempfile.TemporaryDirectory(prefix="tessera-cli-") as folder:
        return groups["group_" + sys.argv[2]](folder) or 0


if __name__ == "__main__":
    sys.exit(main(globals()))
