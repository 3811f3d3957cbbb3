// Builds app/static/dist: scripts, styles and one sheet of icons, each named after its content,
// and manifest.json, which tells the app how "main.css" is called this time.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
const source = "app/static";
const dist = `${source}/dist`;
const fresh = `.cache/assets-${process.pid}`; // swapped in whole, so a running app never misses a file

async function entryPoints() {
  const pages = existsSync(`${source}/js/pages`) ? await readdir(`${source}/js/pages`) : [];
  return [
    `${source}/js/main.js`,
    `${source}/css/main.css`,
    ...pages.filter((name) => name.endsWith(".js")).map((name) => `${source}/js/pages/${name}`),
  ].filter((file) => existsSync(file));
}

// Logical name ("main.js", "pages/graph.js") to hashed file name.
async function bundle() {
  const result = await build({
    entryPoints: await entryPoints(),
    outdir: fresh,
    outbase: source,
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    target: "es2020",
    nodePaths: ["node_modules"],
    // Pictures our CSS names by their address under /static stay where they are.
    external: ["/static/*"],
    legalComments: "eof",
    metafile: true,
    logLevel: "warning",
  });
  const named = Object.entries(result.metafile.outputs)
    .filter(([, output]) => output.entryPoint)
    .map(([file, output]) => [logicalName(output.entryPoint), path.basename(file)]);
  return Object.fromEntries(named);
}

const logicalName = (entry) => path.relative(source, entry).replace(/^(js|css)\//, "");

async function iconSheet() {
  const names = JSON.parse(await readFile("assets/icons.json", "utf8"));
  const symbols = await Promise.all(names.map(symbol));
  const sheet = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  const file = `icons-${createHash("sha256").update(sheet).digest("hex").slice(0, 8)}.svg`;
  await writeFile(`${fresh}/${file}`, sheet);
  return { "icons.svg": file };
}

async function symbol(name) {
  const svg = await readFile(`node_modules/bootstrap-icons/icons/${name}.svg`, "utf8");
  const [, viewBox] = svg.match(/viewBox="([^"]+)"/);
  const shapes = svg.replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="${viewBox}" fill="currentColor">${shapes}</symbol>`;
}

async function swapIn() {
  const old = `${fresh}-old`;
  if (existsSync(dist)) await rename(dist, old);
  await rename(fresh, dist);
  await rm(old, { recursive: true, force: true });
}

await mkdir(fresh, { recursive: true });
try {
  const manifest = { ...(await bundle()), ...(await iconSheet()) };
  await writeFile(`${fresh}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  await swapIn();
} finally {
  await rm(fresh, { recursive: true, force: true });
}
