// Bundles Plotly as its own build does (esbuild-config.js of the package), packs the script, and collects the licences
// of everything in it. Run it with: npm ci --ignore-scripts && npm run build
import { build } from "esbuild";
import { environmentPlugin } from "esbuild-plugin-environment";
import { glsl } from "esbuild-plugin-glsl";
import InlineCSSPlugin from "esbuild-plugin-inline-css";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const target = "../../../debrissim/report/html/data/";

const { outputFiles, metafile } = await build({
  entryPoints: ["traces.cjs"],
  format: "iife",
  globalName: "Plotly",
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  legalComments: "none",
  plugins: [InlineCSSPlugin(), glsl({ minify: true }), environmentPlugin({ NODE_DEBUG: false })],
  alias: { regl: "@plotly/regl", stream: "stream-browserify" },
  define: { global: "window", "define.amd": "false" },
  target: "es2016",
});

const folders = Object.keys(metafile.inputs).map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
const licences = [...new Set(folders.filter(Boolean))].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  const text = file ? readFileSync(`${folder}/${file}`, "utf8").replace(/\r/g, "").trim() : "(no file of its own)";
  return `${name} ${version}, ${license}\n\n${text}\n`;
});

mkdirSync(target, { recursive: true });
writeFileSync(`${target}plotly.min.js.gz`, gzipSync(outputFiles[0].contents, { level: 9 }));
writeFileSync(`${target}plotly.licenses.txt`, licences.join(`\n${"-".repeat(80)}\n\n`));
console.log(`${outputFiles[0].contents.length} bytes, of ${licences.length} packages`);
