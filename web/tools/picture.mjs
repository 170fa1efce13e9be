// The picture of the documentation: node tools/picture.mjs REPORT.json ../docs/images/report.png [YYYY-MM]
import { readFile, stat } from "node:fs/promises";
import { launch, open } from "../test/browser.mjs";

const [data, target, month] = process.argv.slice(2);
const report = JSON.parse(await readFile(data, "utf8"));
const browser = await launch();
const { page, close } = await open(browser, report, { viewport: { width: 1180, height: 980 }, reducedMotion: "reduce" });
const at = report.time.months.indexOf(month);
if (at >= 0)
    await page.locator("#map input[type=range]").evaluate((slider, value) => {
        slider.value = value;
        slider.dispatchEvent(new Event("input"));
    }, at);
await page.evaluate(() => window.scrollTo({ top: document.querySelector("#map figure").getBoundingClientRect().top + window.scrollY - 56, behavior: "instant" }));
await page.screenshot({ path: target });
console.log(`${target}: ${(await stat(target)).size} bytes`);
await close();
await browser.close();
