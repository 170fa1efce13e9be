#!/usr/bin/python3
"""Open run.nc and panel.nc with xarray: the values, dates, names and units that were put in come out.

Usage: check_netcdf.py WRITE_RUN     the program of write_run.c; exits with 77 (skipped) when xarray is missing
"""
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import xarray as xr
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

MONTHS, OBSERVED, MEMBERS, AREAS = 12, 8, 1200, 3


def draws(n_items, modulus=101, divisor=1.0):
    """[month, item, draw], the formula of fixture.h."""
    month, item, draw = np.ogrid[:MONTHS, :n_items, :MEMBERS]
    return (((month * 7 + item * 13 + draw * 31) % modulus) / divisor).astype(np.float32)


def type_1(values, p):
    rank = max(1, int(np.ceil(np.round(p * values.shape[-1], 6))))
    return np.sort(values, axis=-1)[..., rank - 1]


def check_variable(run, name, dims, values):
    shape = tuple(run.sizes[d] for d in dims)
    values = values.reshape((MONTHS,) + shape + (MEMBERS,))
    v = run[name]
    assert v.dims == ("time",) + dims, v.dims
    assert v.attrs["units"] and v.attrs["long_name"] and v.attrs["cell_methods"] == "realization: mean"
    np.testing.assert_allclose(v.values, values.mean(axis=-1, dtype=np.float64), rtol=2e-7, atol=1e-7)
    q = run[name + "_quantile"]
    assert q.dims == ("quantile", "time") + dims
    for i, p in enumerate(run["quantile"].values):
        np.testing.assert_array_equal(q.values[i], type_1(values, p))
    d = run.get(name + "_draw")
    if d is not None:
        assert d.dims == ("time",) + dims + ("draw",)
        np.testing.assert_array_equal(d.values, values)


def check_run(run):
    assert run.attrs["Conventions"] == "CF-1.10"
    assert run.attrs["title"] == "Valdoria 2020" and run.attrs["source"].startswith("Tessera ")
    assert run.attrs["status"] == "not fitted yet: prior simulation"
    assert int(run.attrs["seed"]) == 18446744073709551557 and int(run.attrs["members"]) == MEMBERS
    assert run.attrs["history"] == "2026-01-02T03:04:05Z tessera simulate scenarios/valdoria --members 1200"
    assert "UCDP" in run.attrs["attribution"] and "CC BY 4.0" in run.attrs["attribution"]
    assert run.attrs["data_files"].startswith("events.csv sha256:0")
    np.testing.assert_array_equal(run["time"].values, np.arange("2020-01", "2021-01", dtype="M8[M]").astype("M8[ns]"))
    np.testing.assert_array_equal(run["time_bnds"].values[:, 1], np.arange("2020-02", "2021-02", dtype="M8[M]").astype("M8[ns]"))
    np.testing.assert_array_equal(run["month_id"].values, np.arange(481, 493))
    assert list(run["area"].values) == ['West, "Old"', "Capital", "Östmark </script><!--"]
    assert list(run["faction"].values) == ["government", "front", "branch"]
    assert list(run["faction_title"].values) == ["Government of Valdoria", "People's Front", "branch"]
    assert list(run["power"].values) == ["republic"]
    assert list(run["channel"].values) == ["government-front", "front-branch", "branch-civilians"]
    assert list(run["type"].values) == ["sb", "ns", "os"]
    assert list(run["ladder"].values) == ["republic-front"]
    assert list(run["pair"].values) == ["government-front", "government-branch", "government-republic", "front-branch",
                                        "front-republic", "branch-republic"]
    np.testing.assert_array_equal(run["quantile"].values, [.025, .05, .1, .25, .5, .75, .9, .95, .975])
    np.testing.assert_array_equal(run["lat"].values, [30.5, 31.25, 31])
    assert run["lat"].attrs["units"] == "degrees_north" and run["area_km2"].attrs["units"] == "km2"
    assert set(run["control"].coords) >= {"time", "area", "faction", "month_id", "lat", "lon"}
    check_variable(run, "control", ("faction", "area"), draws(9, divisor=100))
    check_variable(run, "support", ("area", "faction"), draws(9, divisor=100))
    check_variable(run, "strength_faction", ("faction",), draws(3, divisor=.01))
    check_variable(run, "deaths_type_area", ("type", "area"), draws(9))
    check_variable(run, "deaths_channel", ("channel",), draws(3))
    check_variable(run, "ruler", (), draws(1, 3) - 1)
    check_variable(run, "relation", ("pair",), draws(6, divisor=101))
    both = draws(9).reshape(MONTHS, 3, AREAS, MEMBERS)
    check_variable(run, "deaths_area", ("area",), both.sum(axis=1))
    check_variable(run, "deaths_type", ("type",), both.sum(axis=2))
    check_variable(run, "deaths_country", (), both.sum(axis=(1, 2)))
    assert run["deaths_type_area_draw"].dtype.kind == "i"


def check_panel(panel):
    np.testing.assert_array_equal(panel["time_observed"].values, np.arange("2020-01", "2020-09", dtype="M8[M]").astype("M8[ns]"))
    i = np.arange(OBSERVED * 9).reshape(OBSERVED, 3, AREAS)
    events = np.where(i < 9, np.nan, i % 5)
    assert panel["observed_events"].dims == ("time_observed", "channel", "area")
    np.testing.assert_array_equal(panel["observed_events"].values, events)
    np.testing.assert_array_equal(panel["observed_deaths"].values, events * 3)
    i = np.arange(OBSERVED * 3).reshape(OBSERVED, 3)
    np.testing.assert_array_equal(panel["unlocated_deaths"].values, np.where(i < 3, np.nan, i % 2))
    np.testing.assert_array_equal(panel["type_deaths"].values, np.where(i < 3, np.nan, 100 + i))
    np.testing.assert_array_equal(panel["total_deaths"].values, np.where(i % 3 == 1, np.nan, 100 + i))
    np.testing.assert_array_equal(panel["coverage"].values, [0, 1, 1, 1, 2, 2, 2, 2])
    assert list(panel["area"].values)[1] == "Capital"


def main(write_run):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([write_run, folder], check=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1767323045"})
        with xr.open_dataset(f"{folder}/run/run.nc") as run:
            check_run(run.load())
        with xr.open_dataset(f"{folder}/run/run.nc", group="observed_data") as panel:
            check_panel(panel.load())
        for path in ("run/panel.nc", "panel/panel.nc"):
            with xr.open_dataset(f"{folder}/{path}") as panel:
                check_panel(panel.load())
                assert panel.attrs["Conventions"] == "CF-1.10"
    print("ok")


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]))
