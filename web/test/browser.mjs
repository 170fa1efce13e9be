// What the tests share: a report put into the page as `tessera report` does it, and a browser that may ask for nothing.
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
export const pagePath = join(here, "..", "..", "src", "output", "page.html");
export const readSample = async () => JSON.parse(await readFile(join(here, "..", "sample", "report.json"), "utf8"));

/** As src/output/report.c: "<" before "/" becomes "<\/", any other "<" becomes its escape. */
export function inject(page, json) {
    const opening = '<script id="tessera-data" type="application/json">';
    const at = page.indexOf(opening) + opening.length;
    return page.slice(0, at) + json.replace(/<(\/?)/g, (_, slash) => (slash ? "<\\/" : "\\u003c")) + page.slice(at);
}

async function findBrowser() {
    for (const path of [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].filter(Boolean))
        if (await access(path).then(() => true, () => false)) return path;
    throw new Error("no Chromium found: install the package chromium or set CHROMIUM to its path");
}

const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
    "--disable-features=OptimizationHints,MediaRouter,Translate", "--metrics-recording-only", "--no-first-run", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND"];

export async function launch() {
    return chromium.launch({ executablePath: await findBrowser(), args: ARGS });
}

/** Open a report; `faults` gathers console errors, uncaught errors and requests to anything but the file itself. */
export async function open(browser, data, options = {}) {
    const folder = await mkdtemp(join(tmpdir(), "tessera-page-"));
    const path = join(folder, "report.html");
    await writeFile(path, inject(await readFile(pagePath, "utf8"), typeof data === "string" ? data : JSON.stringify(data)));
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const faults = [], url = pathToFileURL(path).href;
    await context.route("**/*", (route) => {
        if (route.request().url().split("#")[0] === url) return route.continue();
        faults.push(`request: ${route.request().url()}`);
        return route.abort();
    });
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
    await page.goto(url);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const close = async () => {
        await context.close();
        await rm(folder, { recursive: true });
    };
    return { page, faults, close };
}
