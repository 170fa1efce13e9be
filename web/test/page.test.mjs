// The page in a browser: quiet, self-contained, legible for machines and people, and true to its data.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import test, { after, before } from "node:test";
import { launch, open, readSample } from "./browser.mjs";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const sample = await readSample();
const nbsp = (text) => text.replace(/\u00a0/g, " ");
let browser;

before(async () => (browser = await launch()));
after(async () => browser?.close());

/** A test with a page of this report; whatever it does, the page must stay quiet and ask for nothing. */
function onPage(name, data, options, check) {
    test(name, async () => {
        const opened = await open(browser, data, options);
        try {
            await check(opened.page);
            assert.deepEqual(opened.faults, []);
        } finally {
            await opened.close();
        }
    });
}

async function assertAccessible(page) {
    await page.evaluate(axeSource);
    const results = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    const grave = results.violations.filter((v) => ["serious", "critical"].includes(v.impact));
    assert.deepEqual(grave.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`), []);
}

const copy = (change) => {
    const data = structuredClone(sample);
    change(data);
    return data;
};
const text = async (page, selector) => nbsp(await page.locator(selector).first().innerText());

onPage("every part is there, in order", sample, {}, async (page) => {
    assert.deepEqual(await page.locator("main > section").evaluateAll((list) => list.map((e) => e.id)), ["questions", "map", "control", "deaths", "politics", "scores", "scenario", "provenance", "limits"]);
    assert.equal(await page.title(), `${sample.meta.name} – Tessera report`);
    assert.match(await text(page, "#banner"), /not fitted yet: prior simulation[\s\S]*not a forecast/);
    assert.ok((await text(page, "#head")).includes(sample.meta.seed), "all digits of the seed");
    assert.ok((await text(page, "#head")).includes(sample.meta.scenario_hash.slice(0, 12)));
    for (const line of sample.attribution) assert.ok((await text(page, "#foot")).includes(line));
});

onPage("the status stays in sight", sample, {}, async (page) => {
    await page.evaluate(() => window.scrollTo({ top: document.body.scrollHeight, behavior: "instant" }));
    const box = await page.locator("#bar .status").boundingBox();
    assert.ok(box.y >= 0 && box.y < 60, `at ${box.y}`);
});

for (const colorScheme of ["light", "dark"])
    onPage(`no grave fault for assistive technology, ${colorScheme}`, sample, { colorScheme }, async (page) => {
        for (const details of await page.locator("details").all()) await details.evaluate((d) => (d.open = true));
        await assertAccessible(page);
    });

onPage("400 pixels wide: nothing is cut off, nothing scrolls sideways but tables", sample, { viewport: { width: 400, height: 800 } }, async (page) => {
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 400);
    const wide = await page.locator("main *").evaluateAll((all) => all.filter((e) => !e.closest(".scroll, svg, .unseen") && e.getBoundingClientRect().right > 401).map((e) => e.outerHTML.slice(0, 120)));
    assert.deepEqual(wide, []);
    await assertAccessible(page);
});

onPage("every figure has a caption and every drawing a text alternative", sample, {}, async (page) => {
    const bare = await page.locator("figure").evaluateAll((all) => all.filter((f) => !f.querySelector("figcaption")?.textContent.trim() || !document.getElementById(f.getAttribute("aria-labelledby"))?.textContent).length);
    assert.equal(bare, 0);
    const silent = await page.locator("svg").evaluateAll((all) => all.filter((e) => !e.closest("[aria-hidden=true]") && !(e.getAttribute("aria-label")?.length > 20)).map((e) => e.outerHTML.slice(0, 120)));
    assert.deepEqual(silent, []);
    assert.ok((await page.locator("figure").count()) >= 10);
});

onPage("questions show the probabilities of the report", sample, {}, async (page) => {
    const shown = await page.locator(".question .number").allInnerTexts();
    assert.deepEqual(shown.map((t) => nbsp(t).split("\n")), [["8 %", "about 1 in 12"], ["71 %", "about 7 in 10"], ["under 1 %", "fewer than 1 in 100"]]);
    assert.match(await text(page, "#question-recognition"), /± 0\.4 points Monte Carlo error/);
    assert.match(await text(page, "#question-branch"), /in none of 4,000 histories; other dice might give up to 0\.09 %/);
    assert.match(await text(page, "#question-branch"), /Caveat: mechanism recruitment is off/);
});

const panelRow = (page, f) => text(page, `#area-panel tbody tr:nth-child(${f + 1})`);
const percent = (x) => `${Math.round(100 * x)} %`;
const within = (area, f, month) => `${percent(sample.control.median[area][f][month])} (${Math.round(100 * sample.control.low[area][f][month])}–${Math.round(100 * sample.control.high[area][f][month])})`;

onPage("slider, buttons and keys move the month; the panel follows", sample, {}, async (page) => {
    const slider = page.locator("#map input[type=range]"), month = () => text(page, "#map output");
    assert.equal(await month(), "June 2021");
    assert.ok((await panelRow(page, 0)).includes(within(1, 0, 17)), await panelRow(page, 0));
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    assert.equal(await month(), "August 2021");
    assert.equal(await slider.getAttribute("aria-valuetext"), "August 2021");
    for (const f of sample.factions) {
        assert.ok((await panelRow(page, f)).includes(within(1, f, 19)));
        assert.ok((await panelRow(page, f)).endsWith(percent(sample.support.median[1][f][19])));
    }
    await page.keyboard.press("End");
    assert.equal(await month(), "June 2022");
    await page.getByRole("button", { name: "Previous month" }).click();
    assert.equal(await month(), "May 2022");
    await page.getByRole("button", { name: "Play" }).click();
    await page.waitForFunction(() => document.querySelector("#map output").textContent === "June 2022");
    assert.match(await text(page, "#map .month-state"), /simulated only/);
});

onPage("the map: colours, hover, click and keys", sample, {}, async (page) => {
    const area = (a) => page.locator(`#map [data-area="${a}"]`);
    const leads = (a, month) => sample.control.median[a].reduce((best, series, f, all) => (series[month] > all[best][month] ? f : best), 0);
    for (let a = 0; a < sample.areas.length; a++) assert.equal(await area(a).getAttribute("fill"), `var(--a${leads(a, 17)})`);
    await area(2).hover();
    assert.match(await text(page, "#area-panel h4"), /Eastern March/);
    await page.mouse.move(5, 5);
    assert.match(await text(page, "#area-panel h4"), /Capital/);
    await area(3).click();
    assert.match(await text(page, "#area-panel h4"), /Southern Plain/);
    await area(3).focus();
    await page.keyboard.press("ArrowDown"); // by name: Western Desert comes next
    assert.match(await text(page, "#area-panel h4"), /Western Desert/);
    assert.equal(await area(4).getAttribute("aria-selected"), "true");
    assert.match(nbsp(await area(4).getAttribute("aria-label")), /^Western Desert: .* holds most: \d+ %/);
    await page.keyboard.press("ArrowRight");
    assert.equal(await text(page, "#map output"), "July 2021");
    await page.getByLabel("Colour by").selectOption({ label: "support for The Branch" });
    assert.equal(await area(0).getAttribute("fill"), "var(--a3)");
    await page.getByLabel("Area", { exact: true }).selectOption("Northern Hills");
    assert.match(await text(page, "#area-panel h4"), /Northern Hills/);
});

onPage("an area is as large as its land, and the whole map is shown", sample, {}, async (page) => {
    const boxes = await page.locator("#map .area").evaluateAll((all) => all.map((e) => [e.dataset.area, e.getBBox().width, e.getBBox().height]));
    const frame = await page.locator("#map .map svg").evaluate((e) => e.viewBox.baseVal.width);
    assert.ok(boxes.every(([, w, h]) => w > 10 && h > 10 && w < 0.8 * frame), JSON.stringify(boxes));
});

onPage("charts answer to keys with the numbers of the report", sample, {}, async (page) => {
    const cursor = page.getByRole("slider", { name: "Month in “All deaths in the country”" });
    await cursor.focus();
    await page.keyboard.press("Home");
    for (let i = 0; i < 7; i++) await page.keyboard.press("ArrowRight");
    const spoken = nbsp(await cursor.getAttribute("aria-valuetext")), q = sample.deaths.country.simulated;
    const events = sample.deaths.by_type.events.reduce((sum, series) => sum + series[7], 0), totals = sample.deaths.by_type.totals.reduce((sum, series) => sum + series[7], 0);
    assert.equal(spoken, `August 2020: simulated ${q[3][7]} (${q[0][7]}–${q[6][7]}); recorded ${events}; national total ${totals}`);
    await page.keyboard.press("Enter");
    assert.equal(await text(page, "#map output"), "August 2020");
    await page.keyboard.press("End");
    assert.match(await cursor.getAttribute("aria-valuetext"), /June 2022: simulated [\d,]+ .*recorded: no data/);
});

onPage("pointing at a chart, a strip or an event shows its numbers", sample, {}, async (page) => {
    const tip = (root) => text(page, `${root} .tip:not([hidden])`);
    const point = async (selector, at) => {
        const target = page.locator(selector).first();
        await target.scrollIntoViewIfNeeded();
        const box = await target.boundingBox();
        await page.mouse.move(box.x + at * box.width, box.y + box.height / 2);
    };
    const { median, low, high } = sample.control.national, i = 15;
    await point("#control .cursor", (i + 0.5) / sample.time.months.length);
    assert.deepEqual((await tip("#control")).split("\n"), ["April 2021", ...sample.factions.map((f) => `${sample.actors[f].title} ${percent(median[f][i])} (${Math.round(100 * low[f][i])}–${Math.round(100 * high[f][i])})`)]);
    await point("#map .strip svg", 0.5);
    const [, place, year, leader, part] = /^(.+), \w+ (\d{4})\n(.+) (\d+ %)/.exec(await tip("#map .strip"));
    const series = sample.control.median[sample.areas.findIndex((area) => area.name === place)][sample.factions.find((f) => sample.actors[f].title === leader)];
    assert.ok(sample.time.months.some((m, k) => m.startsWith(year) && percent(series[k]) === part), `${leader} never has ${part} of ${place} in ${year}`);
    await point("#politics .strip svg", 0.5);
    assert.match(await tip("#politics .strip"), /\n[−+]0\.\d\d \([−+]/);
    await page.locator("#scenario .event").first().hover();
    assert.match(await tip("#scenario"), /^2 Aug 2020\nBreak-out/);
    await page.mouse.move(1, 1);
    assert.equal(await page.locator(".tip:not([hidden])").count(), 0);
    assert.equal(await page.getByText("[object").count(), 0);
});

onPage("unobserved months have no bar; precise months are pale; the scale can change", sample, {}, async (page) => {
    const chart = page.locator("#deaths .chart").first();
    assert.equal(await chart.locator(".bar").count(), 18);
    assert.equal(await chart.locator(".bar.faint").count(), sample.deaths.coverage.filter((c) => c === "precise").length);
    const complete = (i) => sample.deaths.by_type.totals.every((series) => series[i] != null); // a part of a sum is no sum
    assert.equal(await chart.locator(".tick line").count(), sample.time.months.filter((_, i) => complete(i)).length);
    assert.equal(await chart.locator(".last").count(), 1);
    const before = await chart.locator(".bar").first().getAttribute("height");
    await page.getByLabel("logarithmic").check();
    assert.notEqual(await chart.locator(".bar").first().getAttribute("height"), before);
    assert.ok((await chart.locator(".axis text").allTextContents()).includes("100"));
});

onPage("tables: numbers of figures, filter, sort, links to sources", sample, {}, async (page) => {
    const control = page.locator("#control figure").first();
    await control.locator("summary").click();
    const cells = await control.locator("tbody tr").nth(20).locator("td").allInnerTexts();
    const { median, low, high } = sample.control.national;
    assert.deepEqual(cells.map(nbsp), sample.factions.map((f) => `${percent(median[f][20])} (${Math.round(100 * low[f][20])}–${Math.round(100 * high[f][20])})`));
    const amount = page.locator("#scenario tbody tr", { hasText: "Break-out" });
    assert.match(nbsp(await amount.innerText()), /2 Aug 2020[\s\S]*490 \(300–800\)/);
    assert.equal(await amount.getByRole("link").getAttribute("href"), "#source-0");
    assert.equal(await page.locator("#source-0 a").getAttribute("href"), sample.sources[0].url);
    assert.match(nbsp(await page.locator("#scenario tbody tr", { hasText: "active in 2 of 5" }).innerText()), /2 of 5/);
    const parameters = page.getByRole("region", { name: "Table: Parameters" });
    await parameters.getByRole("button", { name: "Value" }).click();
    assert.match(await parameters.locator("tbody tr").first().innerText(), /battle\.rate/);
    await parameters.getByRole("button", { name: "Value" }).click();
    assert.match(await parameters.locator("tbody tr").first().innerText(), /movement\.rate/);
    assert.match(await text(page, "#provenance"), /Of 11,615 events in the files, 2,422 are used/);
});

onPage("a long table can be filtered", copy((d) => (d.parameters = Array.from({ length: 40 }, (_, i) => ({ ...sample.parameters[i % 3], name: `p.${i}` })))), {}, async (page) => {
    const block = page.locator(".table-block", { has: page.getByRole("region", { name: "Table: Parameters" }) });
    await block.getByLabel("Filter").fill("p.17");
    assert.equal(await block.locator("tbody tr").count(), 1);
    await block.getByLabel("Filter").fill("");
    await block.getByLabel("Rests on").selectOption({ index: 1 });
    assert.match(await block.getByRole("status").innerText(), /^1[34] of 40 rows$/);
});

const minimal = {
    tessera_report: 1, meta: { name: "Small", country: "", status: "not fitted yet: prior simulation", banner: "Not fitted yet.", version: "0.1.0", created: "2026-01-01T00:00:00Z", seed: "1", members: 1, whatif: "" },
    time: { months: ["2020-01"], first_month_id: 481, last_observed: -1, simulated: [0, 0], observed: null }, types: ["sb", "ns", "os"], areas: [], actors: [], factions: [], powers: [], channels: [],
    questions: [], rulers: [], dated_events: [], schedules: [], facts: [], parameters: [], sources: [], files: [], attribution: [],
};

onPage("a report with nothing in it is a short page", minimal, {}, async (page) => {
    assert.deepEqual(await page.locator("main > section").evaluateAll((list) => list.map((e) => e.id)), ["limits"]);
    await assertAccessible(page);
});

onPage("a report without any block but its version", { tessera_report: 1 }, {}, async (page) => assert.equal(await page.locator("#limits").count(), 1));

for (const key of Object.keys(sample).filter((k) => k !== "tessera_report"))
    onPage(`without ${key}`, copy((d) => delete d[key]), {}, async (page) => {
        assert.equal(await page.getByText("This part could not be drawn").count(), 0);
        assert.ok((await page.locator("main > section").count()) >= 1);
    });

const inner = ["control.national", "control.low", "control.high", "support.national", "deaths.country", "deaths.by_channel", "deaths.by_type", "deaths.by_area", "deaths.coverage", "deaths.by_type.totals",
    "deaths.by_type.events", "deaths.by_type.simulated", "deaths.by_channel.simulated", "deaths.by_channel.located", "deaths.by_channel.unlocated", "deaths.by_area.simulated", "deaths.by_area.located", "deaths.country.simulated", "relations.low",
    "ruler.nobody", "import.checks", "import.others", "import.by_file", "import.located_share"];
test("without each part of a block", async () => {
    for (const path of inner) {
        const opened = await open(browser, copy((d) => {
            const keys = path.split("."), last = keys.pop();
            delete keys.reduce((o, k) => o[k], d)[last];
        }));
        assert.equal(await opened.page.getByText("This part could not be drawn").count(), 0, path);
        assert.deepEqual(opened.faults, [], path);
        await opened.close();
    }
});

onPage("a what-if says so, a fitted one is not called a prior", copy((d) => Object.assign(d.meta, { whatif: "collapse", status: "fitted to 2021-06", banner: "Fitted." })), {}, async (page) => {
    assert.match(await text(page, "#head"), /what-if “collapse”/);
    assert.match(await text(page, "#limits"), /It is a what-if/);
    assert.doesNotMatch(await text(page, "#limits"), /not a forecast/);
});

onPage("a banner that only repeats the status is shown once", copy((d) => { d.meta.banner = d.meta.status; }), {}, async (page) => {
    assert.equal(await page.locator("#banner p").count(), 0);
    assert.equal(await page.locator("#banner strong").count(), 1);
});

const nasty = '</script><img src=x onerror="document.title=1"><!-- <script> & \u2028 ‮ "quoted"';
onPage("texts of users stay texts, addresses that are none are no links", copy((d) => {
    for (const thing of [d.meta, ...d.actors, ...d.areas, ...d.questions, ...d.dated_events, ...d.sources, ...d.channels]) {
        if ("title" in thing) thing.title = nasty;
        if ("name" in thing) thing.name = nasty;
    }
    d.sources[0].url = "javascript:document.title=2";
    d.attribution = [nasty];
}), {}, async (page) => {
    assert.equal(await page.locator("img, main script").count(), 0);
    assert.ok((await page.title()).startsWith("</script>"));
    assert.equal(await page.locator('a[href^="javascript"]').count(), 0);
});

onPage("another version of the format is refused with a sentence", { tessera_report: 2 }, {}, async (page) => assert.match(await text(page, "main"), /format 1; the data in it are of format 2/));
onPage("data that are not JSON are refused with a sentence", "{", {}, async (page) => assert.match(await text(page, "main"), /cannot be read/));
onPage("an empty page says what is missing", "", {}, async (page) => assert.match(await text(page, "main"), /holds no report yet/));

onPage("printed, the tools go and the figures stay", sample, {}, async (page) => {
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("#bar nav").isVisible(), false);
    assert.equal(await page.locator("#banner").isVisible(), true);
    assert.equal(await page.locator("#map .map svg").isVisible(), true);
    assert.equal(await page.locator("#map input[type=range]").isVisible(), false);
});

onPage("scores: errors beside the best rule, losses in words", sample, {}, async (page) => {
    const said = await text(page, "#scores .verdict");
    assert.match(said, /better than every simple rule in 2 of 4 comparisons \(beyond luck in 1\) and worse than the best of them in 2 \(beyond luck in 1\)/);
    const rows = await page.locator("#scores tbody tr").evaluateAll((all) => all.map((tr) => [...tr.children].map((cell) => cell.textContent)));
    assert.equal(rows.length, 4);
    for (const [i, horizon] of ["1", "3 to 14", "3", "12"].entries()) {
        const line = sample.scores.scores.slice(7 * i, 7 * i + 7), best = Math.min(...line.slice(2).map((s) => s.crps));
        assert.equal(rows[i][2], horizon);
        assert.equal(rows[i][8], (line[0].crps / best).toFixed(2));
    }
    assert.deepEqual(rows.map((cells) => cells[9]), ["better", "unsure", "worse", "–"]);
    assert.match(await text(page, "#scores"), /desertion\.rate[\s\S]*Aug 2020/);
    assert.match(await text(page, "#scores .caveat"), /another scenario/);
});

onPage("no scores, no part", copy((data) => delete data.scores), {}, async (page) => {
    assert.equal(await page.locator("#scores").count(), 0);
    assert.equal(await page.locator("#bar a[href='#scores']").count(), 0);
});
