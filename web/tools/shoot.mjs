// Pictures of the page, to look at: node tools/shoot.mjs REPORT.json FOLDER [WIDTH] [dark] [CSS selector]
import { readFile } from "node:fs/promises";
import { launch, open } from "../test/browser.mjs";

const [data, folder, width = "1280", scheme = "light", selector] = process.argv.slice(2);
const browser = await launch();
const { page, faults, close } = await open(browser, await readFile(data, "utf8"), { viewport: { width: +width, height: 900 }, colorScheme: scheme, reducedMotion: "reduce" });
if (selector) await page.locator(selector).first().screenshot({ path: `${folder}/${selector.replace(/\W/g, "")}-${width}-${scheme}.png` });
else {
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    for (let y = 0, k = 0; y < height; y += 1700, k++)
        await page.screenshot({ path: `${folder}/page-${width}-${scheme}-${String(k).padStart(2, "0")}.png`, fullPage: true, clip: { x: 0, y, width: +width, height: Math.min(1700, height - y) } });
}
for (const fault of faults) console.log(fault);
await close();
await browser.close();
