// The committed page is what the sources make, is one file, and names its licences.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { makePage } from "../build.mjs";
import { pagePath } from "./browser.mjs";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");

test("src/output/page.html has the bytes that a build makes", async () => {
    const [page, again, committed] = [await makePage(), await makePage(), await readFile(pagePath, "utf8")];
    assert.equal(page === again, true, "two builds differ");
    assert.equal(page === committed, true, "run `npm run build` in web/ and commit src/output/page.html");
});

test("the page is one file with one empty place for the data", async () => {
    const page = await readFile(pagePath, "utf8");
    assert.equal(page.split('<script id="tessera-data" type="application/json"></script>').length, 2);
    assert.equal(page.split("tessera-data\"").length, 3, "the element and one look-up");
    assert.doesNotMatch(page, /(src|href)\s*=\s*["']?(https?:)?\/\//, "something outside is asked for");
    assert.doesNotMatch(page, /@import|url\(\s*["']?(https?:)?\/\//);
    assert.equal(page.match(/<script/g).length, 2);
    assert.ok(Buffer.byteLength(page) < 300_000, "a report's page should stay small");
});

test("the policy of the page allows its own script and no connection", async () => {
    const page = await readFile(pagePath, "utf8");
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)[1];
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'sha256-[A-Za-z0-9+/]{43}='/);
    assert.doesNotMatch(policy, /unsafe-eval|script-src[^;]*unsafe-inline|https?:/);
});

test("the licences of what is inside are in the page", async () => {
    const page = await readFile(pagePath, "utf8");
    const { devDependencies } = JSON.parse(await readFile(join(web, "package.json"), "utf8"));
    for (const name of Object.keys(devDependencies).filter((name) => name.startsWith("d3-"))) assert.ok(page.includes(`${name} ${devDependencies[name]} (ISC)`), name);
    assert.match(page, /Permission to use, copy, modify, and\/or distribute this software/);
});

test("packages are exact and the lock file names no address", async () => {
    const { devDependencies, dependencies, private: isPrivate } = JSON.parse(await readFile(join(web, "package.json"), "utf8"));
    assert.equal(isPrivate, true);
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) assert.match(version, /^\d+\.\d+\.\d+$/, name);
    const lock = await readFile(join(web, "package-lock.json"), "utf8");
    assert.doesNotMatch(lock, /"resolved"/);
    assert.doesNotMatch(lock.replace(/"url": "https:\/\/[^"]*"/g, ""), /https?:/, "only the addresses of funding may be there");
});
