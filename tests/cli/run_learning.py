#!/usr/bin/python3
"""nowcast, fit and selftest, run as a user would.

Usage: run_learning.py TESSERA GROUP     a group is a function below named group_GROUP
"""
import csv
import json
import os
import signal
import subprocess
import sys
import time

from run_cli import TESSERA, expect, main, make_scenario, one_object, read_file, run


def table(*path):
    with open(os.path.join(*path), encoding="utf-8") as f:
        return list(csv.DictReader(f))


def group_selftest(folder):
    value = one_object(expect(run("selftest", "--json", folder=folder), 0))
    assert value["failed"] == 0 and value["passed"] == len(value["limits"]) >= 24, value
    for limit in value["limits"]:
        assert {"name", "exact", "computed", "tolerance", "passed"} <= set(limit), limit
        assert limit["passed"] == (abs(limit["computed"] - limit["exact"]) <= limit["tolerance"]), limit


def group_nowcast(folder):
    """Foresight beside the benchmark, what each kind of data adds, filtered and smoothed bands."""
    fact = "facts:\n  - {about: districts, of: 9, counts: {government: 5}, date: 2020-02, source: paper}\n"
    # two years, so that the second one is compared with the benchmark
    make_scenario(folder, changes=[("scenario.yaml", "facts:\n", fact), ("scenario.yaml", "start: 2020-01", "start: 2019-01"),
                                   ("scenario.yaml", "from: 2020-01-01", "from: 2019-01-01"),
                                   ("scenario.yaml", "ruler: [{from: 2020-01", "ruler: [{from: 2019-01")])
    value = one_object(expect(run("nowcast", "s", "--ablate", "--particles", 64, "--out", "n", "--json", folder=folder), 0))
    rows = table(folder, "n", "foresight.csv")
    cells = [r for r in rows if r["area"]]
    channels = sorted({r["channel"] for r in cells})
    assert cells and len(cells) == len({(r["month"], r["channel"], r["area"]) for r in cells}), rows[:3]
    events = {(r["month"], r["channel"], r["area"]): r["events"] for r in table(folder, "n", "foresight.csv") if r["area"]}
    expect(run("import", "s", "--out", "panel", folder=folder), 0)
    for row in table(folder, "panel", "panel.csv"):
        if row["area"]:
            assert events.pop((row["month"], row["channel"], row["area"])) == row["events"], row
    assert not events, events
    for row in rows:
        assert float(row["log_p"]) <= 0 and float(row["benchmark_log_p"]) <= 0, row
    for row in rows:  # the benchmark knows one cell at a time: sums over cells
        if row["channel"] and not row["area"]:
            own = [float(c["benchmark_log_p"]) for c in cells if (c["month"], c["channel"]) == (row["month"], row["channel"])]
            assert abs(sum(own) - float(row["benchmark_log_p"])) < 1e-4, (row, own)
    foresight = value["foresight"]
    assert [c["channel"] for c in foresight["channels"]] == [*channels, "all"], foresight["channels"]
    compared = [r for r in rows if r["month"] >= "2020-01"]
    for c in foresight["channels"]:
        own = [r for r in compared if not r["area"] and r["channel"] == (c["channel"] if c["channel"] != "all" else "")]
        assert c["months"] == len(own) == 12, c
        assert abs(sum(float(r["log_p"]) for r in own) - c["model"]) < 1e-4, c
        assert abs(c["model"] - c["benchmark"] - c["difference"]) < 1e-9, c
    losses = sorted(float(r["log_p"]) - float(r["benchmark_log_p"]) for r in compared if r["area"])
    shown = [x["difference"] for x in foresight["largest_losses"]]
    assert 1 <= len(shown) <= 6 and all(abs(a - b) < 1e-5 for a, b in zip(shown, losses)), (shown, losses[:8])
    arms = [a["name"] for a in value["ablation"]["arms"]]
    assert arms[0] == "all" and arms[-1] == "none" and {"no events", "no districts"} <= set(arms), arms
    for state in value["ablation"]["states"]:
        assert len(state["bands"]) == len(arms) and all(b["q10"] <= b["q50"] <= b["q90"] for b in state["bands"]), state
    assert {r["data"] for r in table(folder, "n", "ablation.csv")} == set(arms)
    state = table(folder, "n", "state.csv")
    assert {r["given"] for r in state} == {"data up to the month", "later data too"}, state[0]
    assert {"strength", "control_national", "relation", "disposition", "rung", "pressure"} <= {r["variable"] for r in state}
    levels = ["q025", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "q975"]
    for row in state:
        numbers = [float(row[q]) for q in levels]
        assert numbers == sorted(numbers), row
    # leaving out one kind is the arm of that name, to the bit
    value = one_object(expect(run("nowcast", "s", "--without", "districts", "--particles", 64, "--json", folder=folder), 0))
    arm = next(a for a in table(folder, "n", "ablation.csv") if a["data"] == "no districts" and a["variable"] == "strength")
    assert value["log_likelihood"]["mean"] and arm, value["log_likelihood"]
    one = one_object(expect(run("nowcast", "s", "--ablate", "--particles", 64, "--json", folder=folder), 0))["ablation"]
    assert abs(one["arms"][arms.index("no districts")]["log_likelihood"] - value["log_likelihood"]["mean"]) < 1e-9, one["arms"]
    # the same bits for any threads, tiles and instruction set
    for i, more in enumerate((["--threads", 3, "--lanes", 16], ["--kernel", "baseline", "--lanes", 128])):
        expect(run("nowcast", "s", "--particles", 64, *more, "--out", f"n{i}", folder=folder), 0)
        for name in ("state.csv", "foresight.csv"):
            assert read_file(folder, f"n{i}", name) == read_file(folder, "n", name), (more, name)
    # months without data and channels without an event are said; what cannot be is named, and is not called a defect
    make_scenario(folder, "gaps", [("scenario.yaml", "to: 2020-12-31", "to: 2020-06-30"),
                                   ("scenario.yaml", "one_sided: [rebels]", "one_sided: [rebels, government]")])
    for command in (["nowcast"], ["fit", "--iterations", 2, "--repeats", 2]):
        expect(run(*command, "gaps", "--particles", 64, folder=folder), 0,
               "Located events in 6 of 12 months, the last 2020-06; national totals alone in 0; nothing in 6.",
               "No event was recorded of government-civilians", where="stdout")
    data = one_object(expect(run("nowcast", "gaps", "--particles", 64, "--json", folder=folder), 0))["data"]
    assert data == {"months": 12, "with_located_events": 6, "last_located": "2020-06", "totals_alone": 0, "nothing": 6,
                    "channels_without_events": ["government-civilians"]}, data
    make_scenario(folder, "never", [("scenario.yaml", "intensity.battle_rate: {government-rebels: {low: 0.001, high: 0.004}}",
                                     "intensity.battle_rate: {government-rebels: 0}\n  intensity.floor: 0")])
    done = expect(run("nowcast", "never", "--particles", 64, folder=folder), 5, "no particle could produce the data of 2020-01",
                  "events of government-rebels", "West")
    assert "report it" not in done.stderr, done.stderr
    expect(run("nowcast", "s", "--without", "events,total", folder=folder), 2, "'total' is not a kind of data",
           "districts, presence")
    expect(run("nowcast", "s", "--without", "events,totals", "--particles", 64, folder=folder), 0)
    expect(run("nowcast", "s", "--particles", 64, folder=folder), 0, "drift around their priors", where="stdout")
    expect(run("nowcast", "s", "--medians", "--particles", 64, folder=folder), 0, "not fitted: at their prior", where="stdout")
    expect(run("forecast", "s", "--months", 2, "--particles", 64, folder=folder), 0, "drift around", where="stdout")
    expect(run("forecast", "s", "--medians", "--months", 2, "--particles", 64, folder=folder), 0, "at their prior", where="stdout")
    expect(run("forecast", "s", "--ablate", folder=folder), 2, "'--ablate' is not an option of forecast")
    expect(run("nowcast", "s", "--until", "2020-13", folder=folder), 2, "--until is '2020-13'")
    expect(run("nowcast", "s", "--until", "2031-01", folder=folder), 3, "data end in 2031-01; it must be a month from")


def group_fit(folder):
    """A fit's JSON and folder; a forecast that uses it; a stop and a resume that change no digit."""
    make_scenario(folder)
    short = ["--particles", "32", "--iterations", "3", "--repeats", "2"]
    value = one_object(expect(run("fit", "s", *short, "--json", folder=folder), 0))
    assert value["log_likelihood"]["mean"] < 0 and value["log_likelihood"]["sd"] >= 0, value
    for p in value["parameters"]:
        assert p["prior_low"] < p["prior"] < p["prior_high"] and p["low"] is None and p["informed"] == "unknown", p
        assert p["estimate"] is not None, p
    # chains this short cannot have converged: exit 1, and the word posterior is not claimed
    chains = [*short, "--steps", "16", "--chains", "2"]
    done = expect(run("fit", "s", *chains, "--out", "f", folder=folder), 1)
    assert "not converged" in done.stdout, done.stdout
    assert sorted(os.listdir(os.path.join(folder, "f"))) == [
        "climb.csv", "draws.csv", "fit.json", "parameters.csv", "provenance.json"]
    draws = read_file(folder, "f", "draws.csv").splitlines()
    assert len(draws) == 1 + 2 * 11 and draws[0].startswith("chain,step,log_density,"), draws[:2]

    expect(run("forecast", "s", "--months", 3, "--particles", 32, "--fit", "f", folder=folder), 0, "at fitted parameters",
           where="stdout")
    # the run says what was estimated, beside the prior; and what drifts in a nowcast
    expect(run("nowcast", "s", "--particles", 32, "--fit", "f", "--out", "fitted", folder=folder), 0)
    fitted = [p for p in json.loads(read_file(folder, "fitted", "provenance.json"))["parameters"] if p["evidence"] == "fitted"]
    estimates = {p["name"]: p for p in json.loads(read_file(folder, "f", "fit.json"))["parameters"]}
    assert fitted and {p["name"] for p in fitted} == {n.split()[0] for n in estimates}, fitted
    for p in fitted:
        assert p["low"] == p["value"] == p["high"] and p["prior_low"] < p["prior"] < p["prior_high"], p
        own = estimates.get(p["name"])
        if own and own["values"] == 1:
            assert abs(own["estimate"] - p["value"]) <= 1e-5 * abs(p["value"]) and own["prior_low"] != p["value"], (own, p)
    expect(run("nowcast", "s", "--particles", 32, "--out", "drifting", folder=folder), 0)
    drifting = [p for p in json.loads(read_file(folder, "drifting", "provenance.json"))["parameters"] if p["low"] < p["high"]]
    assert "control.speed" in {p["name"] for p in drifting} and not {p["name"] for p in drifting} & {"events.cell_size"}, drifting

    first = json.loads(read_file(folder, "f", "fit.json"))["last_data"]
    expect(run("forecast", "s", "--from", first, "--months", 3, "--particles", 32, "--fit", "f", folder=folder), 3,
           "the fit has seen data up to " + first)
    expect(run("forecast", "s", "--particles", 32, "--fit", "none", folder=folder), 3, "none/fit.json")
    expect(run("forecast", "s", "--particles", 32, "--fit", "f", "--priors", folder=folder), 2, "not both")
    expect(run("fit", "s", *short, "--resume", folder=folder), 2, "--resume needs")

    # a long fit, stopped: the state is kept, and goes on only when asked to
    long = ["fit", "s", *short, "--steps", "3000", "--chains", "1", "--out", "g"]
    process = subprocess.Popen([TESSERA, *long], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=300)
    assert process.returncode == 130 and "--resume" in stderr, stderr
    assert os.path.exists(os.path.join(folder, "g.checkpoint")) and not os.path.exists(os.path.join(folder, "g"))
    expect(run(*long, folder=folder), 2, "an earlier fit was stopped")
    expect(run(*long, "--seed", "2", "--resume", folder=folder), 3, "is of another scenario")
    make_scenario(folder, "other", [("scenario.yaml", "{low: 8000, high: 12000, value: 10000", "{low: 8000, high: 12000, value: 9000")])
    elsewhere = [w if w != "s" else "other" for w in long]
    expect(run(*elsewhere, "--resume", folder=folder), 3, "g.checkpoint", "is of another scenario")
    kept = read_file(folder, "g.checkpoint")
    version = json.loads(kept)["version"]
    for old, new, message in (('"version":"%s"' % version, '"version":"0.0.9"', "is of Tessera 0.0.9; this is " + version),
                              ('"tessera_fit"', '"other"', "is no checkpoint of a fit"), ('"done"', '"dune"', "is damaged"),
                              (kept[20:], "", "this is not valid JSON")):
        assert old in kept, (old, kept[:200])
        with open(os.path.join(folder, "g.checkpoint"), "w", encoding="utf-8") as f:
            f.write(kept.replace(old, new, 1))
        expect(run(*long, "--resume", folder=folder), 3, "g.checkpoint", message)


if __name__ == "__main__":
    sys.exit(main(globals()))
