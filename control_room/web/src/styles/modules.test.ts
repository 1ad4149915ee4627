import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

/** TypeScript takes any name for a class of a module: these are held to the file. */

const SRC = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(path, "utf8");
const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).map((name) => join(SRC, name));
const modules = files.filter((name) => name.endsWith(".module.css"));
const sources = files.filter((name) => name.endsWith(".tsx"));

const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? "");
/** The classes that a file has rules of. */
function classesOf(path: string): Set<string> {
  const selectors = found(read(path).replace(/\/\*.*?\*\//gs, ""), /([^{}]*)\{/g);
  return new Set(selectors.flatMap((selector) => found(selector, /\.([a-zA-Z][\w-]*)/g)));
}

interface Use {
  source: string;
  module: string;
  name: string;
}

function usesIn(source: string): Use[] {
  const text = read(source);
  const code = text.replace(/^import .*$/gm, "");
  return [...text.matchAll(/^import (\w+) from "(.*\.module\.css)";/gm)].flatMap(([, variable = "", path = ""]) =>
    found(code, new RegExp(`(?<![.\\w])${variable}\\.(\\w+)`, "g")).map((name) => ({ source, module: join(dirname(source), path), name })),
  );
}

const uses = sources.flatMap(usesIn);

it("has each class that is used", () => {
  expect(modules.length).toBeGreaterThan(10);
  expect(uses.filter(({ module, name }) => !existsSync(module) || !classesOf(module).has(name))).toEqual([]);
});

it("has no class that nobody uses", () => {
  const used = new Set(uses.map(({ module, name }) => `${module} ${name}`));
  expect(modules.flatMap((module) => [...classesOf(module)].map((name) => `${module} ${name}`)).filter((one) => !used.has(one))).toEqual([]);
});

it("takes no class by a name that is put together, and none that is global", () => {
  expect(sources.filter((source) => /className="|className=\{`|\b(?:styles|prose|spacing|buttons|notes|fields|cards|tables)\[/.test(read(source)))).toEqual([]);
  expect(classesOf(join(SRC, "styles", "base.css"))).toEqual(new Set());
});
