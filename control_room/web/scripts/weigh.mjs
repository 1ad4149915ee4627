// What a first visit loads (index.html and what it names), and the rest, gzipped, of what `npm run build` made last.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL(process.argv[2] ?? "../dist/", import.meta.url);
const page = readFileSync(new URL("index.html", dist), "utf8");
const weight = (name) => gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length;
const sum = (names) => (names.map(weight).reduce((a, b) => a + b, 0) / 1000).toFixed(1);

const assets = readdirSync(new URL("assets/", dist)).map((name) => `assets/${name}`);
const first = assets.filter((name) => page.includes(name));
const kinds = (names, ending) => names.filter((name) => name.endsWith(ending));
console.log(`first load: ${sum(["index.html", ...first])} kB (scripts ${sum(kinds(first, ".js"))}, styles ${sum(kinds(first, ".css"))})`);
console.log(`everything: ${sum(["index.html", ...assets])} kB`);
