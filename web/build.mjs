// Make ../src/output/page.html: one file with its code and style inside, asking for nothing from outside.
// The same sources and the same locked packages give the same bytes. `--check` compares instead of writing.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "src", "output", "page.html");
const TARGETS = ["chrome100", "firefox100", "safari15.4"];

/** The licence of every package that went into the bundle, for the comment at the page's head. */
async function notices(metafile) {
    const packages = new Map();
    for (const input of Object.keys(metafile.inputs)) {
        const found = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input.split(sep).join("/"));
        if (found && !packages.has(found[1])) packages.set(found[1], join(here, "node_modules", found[1]));
    }
    const texts = new Map(); // text of a licence → packages under it
    for (const [name, folder] of [...packages].sort()) {
        const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
        const text = (await readFile(join(folder, "LICENSE"), "utf8")).replace(/\r/g, "").trim();
        texts.set(text, [...(texts.get(text) ?? []), `${name} ${version} (${license})`]);
    }
    const parts = [...texts].map(([text, names]) => `${names.join(", ")}\n\n${text}`);
    return parts.join("\n\n----\n\n").replace(/-->/g, "--&gt;").replace(/--/g, "- -");
}

function put(page, mark, text) {
    if (page.split(mark).length !== 2) throw new Error(`template.html must have ${mark} exactly once`);
    return page.replace(mark, () => text);
}

/** The page as text. */
export async function makePage() {
    const options = { bundle: true, write: false, minify: true, charset: "utf8", target: TARGETS, absWorkingDir: here, logLevel: "error" };
    const script = await build({ ...options, entryPoints: ["src/main.js"], format: "iife", metafile: true, legalComments: "none" });
    const style = await build({ ...options, entryPoints: ["src/style.css"] });
    const code = script.outputFiles[0].text.trim().replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--");
    const css = style.outputFiles[0].text.trim();
    if (/<\/style/i.test(css)) throw new Error("the style holds an end of a style element");

    let page = await readFile(join(here, "src", "template.html"), "utf8");
    page = put(page, "{{notices}}", await notices(script.metafile));
    page = put(page, "{{hash}}", createHash("sha256").update(code).digest("base64"));
    page = put(page, "{{style}}", css);
    page = put(page, "{{script}}", code);
    const opening = '<script id="tessera-data" type="application/json">';
    if (page.split(opening).length !== 2 || !page.includes(`${opening}</script>`))
        throw new Error("the page must have one empty place for the data");
    return page;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const page = await makePage();
    if (process.argv.includes("--check")) {
        if ((await readFile(target, "utf8")) !== page) {
            console.error("src/output/page.html is not what web/ makes: run `npm run build` in web/");
            process.exit(1);
        }
    } else {
        await writeFile(target, page);
        console.log(`src/output/page.html: ${Buffer.byteLength(page)} bytes`);
    }
}
