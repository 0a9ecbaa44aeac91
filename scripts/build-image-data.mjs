// Shapes the collected facts of scripts/image-data/ into the small files that src/images/ loads on demand.
// Run by hand: node scripts/build-image-data.mjs
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** Reads one of the collected files. */
function collected(name) {
  return JSON.parse(readFileSync(join(here, 'image-data', name), 'utf8'));
}

/** One tag table per family: a run over one Dockerfile needs two or three of them. */
function tagTables() {
  const all = collected('base-image-tags.json');
  const date = '2026-08-21';
  return Object.entries(all.families).map(([family, series]) => {
    const used = [...new Set(Object.values(series).flatMap((s) => Object.values(s).map((t) => t.arch)))];
    const platforms = Object.fromEntries(used.map((id) => [id, all.archSets[id].map((arch) => `linux/${arch}`)]));
    return [`tags/${family}.json`, { source: all.generatedFrom, date, platforms, series }];
  });
}

/** Releases, end-of-life dates, sizes and the published distroless images. */
function facts() {
  const all = collected('base-images.json');
  const eol = Object.fromEntries(
    Object.entries(all.eol).map(([product, cycles]) => [
      product,
      Object.fromEntries(cycles.filter((c) => typeof c.eol === 'string').map((c) => [c.releaseCycle, c.eol])),
    ]),
  );
  const sizes = {};
  for (const family of all.families) {
    for (const size of family.sizes ?? []) {
      if (size.compressedBytes !== undefined && !size.tag.includes(' ')) {
        sizes[size.tag] = { compressedBytes: size.compressedBytes, source: size.source, date: size.date };
      }
    }
  }
  sizes['eclipse-temurin:21-jre'] = { compressedBytes: 121136054, source: 'repo-info@11bfd4f9', date: '2026-09-09' };
  const distroless = Object.fromEntries(
    Object.entries(all.distroless.images).map(([name, i]) => [
      name,
      { ...(i.removed ? { removed: i.removed } : {}), ...(i.arch ? { platforms: i.arch.map((a) => `linux/${a}`) } : {}) },
    ]),
  );
  const source = 'endoflife.date@a70eca33, docker-library/repo-info (commit per size), GoogleContainerTools/distroless@cd080764';
  return ['facts.json', { source, date: all.asOf, eol, sizes, distroless }];
}

/** The main package X or X-libs of `X-dev` is recorded and follows from the name, even where no list was seen that has it. */
function alpineRuntime(alpine) {
  if (!alpine || !Array.isArray(alpine.runtime)) return undefined;
  if (alpine.runtimeVerified) return alpine.runtime;
  const stem = alpine.dev?.length === 1 ? alpine.dev[0].replace(/-dev$/, '') : undefined;
  const obvious = stem !== undefined && alpine.runtime.length === 1 && [stem, `${stem}-libs`].includes(alpine.runtime[0]);
  return obvious ? alpine.runtime : undefined;
}

/** Debian names to their class and run-time twin per release; Alpine names to theirs. */
function packages() {
  const all = collected('debian-runtime-packages.json');
  const debian = {};
  const alpine = {};
  for (const [name, p] of Object.entries(all.packages)) {
    debian[name] = {
      class: p.class,
      ...(p.commands ? { commands: p.commands } : {}),
      ...(p.runtimeLibs || p.runtimeReplacement ? { runtime: p.runtimeReplacement ?? p.runtimeLibs } : {}),
      in: p.in,
      ...(p.virtualIn ? { virtualIn: p.virtualIn } : {}),
    };
    for (const other of p.alpine ?? []) {
      alpine[other] ??= { class: p.class, ...(p.commands ? { commands: p.commands } : {}), ...(p.runtimeLibsAlpine ? { runtime: p.runtimeLibsAlpine } : {}) };
    }
  }
  for (const [name, d] of Object.entries(all.devToRuntime)) {
    const twins = Object.fromEntries(Object.entries(d.debian).map(([release, r]) => [release, r.runtime]));
    debian[name] = { ...debian[name], class: debian[name]?.class ?? 'build', in: Object.keys(d.debian), twins };
    const runtime = alpineRuntime(d.alpine);
    for (const other of d.alpine?.dev ?? []) {
      if (alpine[other]?.runtime === undefined) alpine[other] = { ...alpine[other], class: alpine[other]?.class ?? 'build', ...(runtime ? { runtime } : {}) };
      for (const lib of runtime ?? []) alpine[lib] ??= { class: 'runtime' };
    }
  }
  const source = all.sources.map((s) => s.what).join('; ');
  return ['os-packages.json', { source, date: all.asOf, debian, alpine }];
}

/** `[path, text]` of every generated file: one entry per line, so that a refresh is a readable diff. */
export function generated() {
  return [...tagTables(), facts(), packages()].map(([path, value]) => [path, lines(value, path.startsWith('tags/') ? 3 : 2)]);
}

function lines(value, levels) {
  const deep = (v, depth) => {
    if (depth === 0 || v === null || typeof v !== 'object' || Array.isArray(v)) return JSON.stringify(v);
    const inner = Object.entries(v).map(([key, item]) => `${JSON.stringify(key)}:${deep(item, depth - 1)}`);
    return `{\n${inner.join(',\n')}\n}`;
  };
  return `${deep(value, levels)}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const out = join(here, '..', 'src', 'images', 'data');
  mkdirSync(join(out, 'tags'), { recursive: true });
  for (const [path, text] of generated()) writeFileSync(join(out, path), text);
}
