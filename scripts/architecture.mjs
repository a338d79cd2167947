// Draws docs/architecture.svg and writes the table of docs/architecture.md from scripts/floors.json and the imports in src and
// bench, all below the current folder: node scripts/architecture.mjs [--check]. With --check nothing is written, and what is out
// of date is an error.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { parseSync } from 'oxc-parser';

const PICTURE = 'docs/architecture.svg';
const PAGE = 'docs/architecture.md';

const floors = JSON.parse(readFileSync(new URL('floors.json', import.meta.url), 'utf8'));
const folders = floors.flat().map(({ folder }) => folder);

/** Paths of the sources in a folder, or of a file itself. */
function sourcesIn(path) {
  if (!statSync(path).isDirectory()) return path.endsWith('.ts') ? [path] : [];
  return readdirSync(path).flatMap((name) => sourcesIn(`${path}/${name}`));
}

/** The folder of the floors that a path lies in. */
function folderOf(path) {
  return folders.find((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** What a source imports and re-exports: a path, and whether types only. */
function importsOf(path) {
  const text = readFileSync(path, 'utf8');
  const { staticImports, staticExports, dynamicImports } = parseSync(path, text).module;
  const found = [
    ...staticImports.map(({ moduleRequest, entries }) => ({
      name: moduleRequest.value,
      isType: entries.length > 0 && entries.every((entry) => entry.isType),
    })),
    ...staticExports.flatMap(({ entries }) =>
      entries.map(({ moduleRequest, isType }) => ({ name: moduleRequest?.value ?? '', isType })),
    ),
    ...dynamicImports.map(({ moduleRequest: { start, end } }) => ({
      name: text.slice(start + 1, end - 1),
      isType: false,
    })),
  ];
  const own = found.filter(({ name }) => name.startsWith('.'));
  return own.map(({ name, isType }) => ({ path: posix.join(posix.dirname(path), name), isType }));
}

/** 'a b' for every folder a that imports folder b; the value says whether types only. */
function edges() {
  const found = new Map();
  for (const folder of folders) {
    for (const source of sourcesIn(folder)) {
      for (const { path, isType } of importsOf(source)) {
        const key = `${folder} ${folderOf(path)}`;
        found.set(key, (found.get(key) ?? true) && isType);
      }
    }
  }
  return found;
}

/** The last part of a folder's name. */
const shortName = (folder) => posix.basename(folder);

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Lines of at most `width` characters. */
function wrapped(text, width) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`.trim();
    if (line.length > width) lines.push(word);
    else lines[lines.length - 1] = line;
  }
  return lines;
}

// Measures in pixels of a picture that is 800 wide.
const WIDTH = 800;
const ROW = 36;
const COLUMN = 16;
const TOP = 118;
const TEXT = 112;
const LEFT = WIDTH - 10 - COLUMN * folders.length;
const HEIGHT = TOP + ROW * folders.length + 44;

const STYLE = `
  .paper { fill: #ffffff } .ink { fill: #1f2328 } .soft { fill: #59636e } .tint { fill: #eef2f6 } .self { fill: #c8d1da }
  .line { stroke: #d1d9e0 } .dot { fill: #0a64c8; stroke: #0a64c8 } .ring { fill: none; stroke: #0a64c8 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } .ink { fill: #f0f6fc } .soft { fill: #9198a1 } .tint { fill: #161d26 } .self { fill: #3d444d }
    .line { stroke: #2b323b } .dot { fill: #6cb0ff; stroke: #6cb0ff } .ring { fill: none; stroke: #6cb0ff }
  }
  text { font: 11.5px system-ui, -apple-system, "Segoe UI", sans-serif } .name { font-weight: 600; font-size: 13px }
  .title { font-weight: 600; font-size: 15px } .dot, .ring { stroke-width: 1.5 }`;

/** A row of the picture: a folder, what it holds, and a mark for everything that it imports. */
function row({ folder, holds, usesNode = false }, index, imports) {
  const y = TOP + ROW * index;
  const middle = y + ROW / 2;
  const x = (column) => LEFT + COLUMN * column;
  const isTopOfFloor = floors.some(([first]) => first.folder === folder);
  const lines = wrapped(holds, 50);
  const marks = folders.flatMap((target, column) => {
    const isType = imports.get(`${folder} ${target}`);
    if (isType === undefined || target === folder) return [];
    const title = `${shortName(folder)} imports ${isType ? 'types of ' : ''}${shortName(target)}`;
    const center = `cx="${x(column) + COLUMN / 2}" cy="${middle}"`;
    return [`<circle class="${isType ? 'ring' : 'dot'}" ${center} r="4"><title>${title}</title></circle>`];
  });
  return [
    ...(isTopOfFloor ? [`<path class="line" d="M10 ${y}H${WIDTH - 10}"/>`] : []),
    `<rect class="tint" x="${x(index)}" y="${y}" width="${WIDTH - 10 - x(index)}" height="${ROW}"/>`,
    `<rect class="self" x="${x(index)}" y="${y}" width="${COLUMN}" height="${ROW}"/>`,
    `<text class="ink name" x="12" y="${middle + (usesNode ? -2 : 4)}">${shortName(folder)}</text>`,
    ...(usesNode ? [`<text class="soft" x="12" y="${middle + 12}">Node</text>`] : []),
    ...lines.map((line, i) => {
      const height = middle + 4 + 14 * (i - (lines.length - 1) / 2);
      return `<text class="soft" x="${TEXT}" y="${height}">${escaped(line)}</text>`;
    }),
    ...marks,
  ];
}

/** The picture: a row and a column for each folder, highest floor first, so that imports down lie right of the diagonal. */
function picture() {
  const imports = edges();
  const headings = folders.map((folder, column) => {
    const at = `${LEFT + COLUMN * (column + 0.5) + 4} ${TOP - 8}`;
    return `<text class="ink" transform="translate(${at}) rotate(-90)">${shortName(folder)}</text>`;
  });
  const foot = HEIGHT - 16;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="The floors of gradsplit and what each imports">`,
    '<!-- Drawn by scripts/architecture.mjs from the imports in src and bench. -->',
    `<style>${STYLE}\n</style>`,
    `<rect class="paper" width="${WIDTH}" height="${HEIGHT}" rx="8"/>`,
    '<text class="ink title" x="12" y="30">Who imports whom</text>',
    ...[
      'A row imports the columns that have a mark.',
      'Floors higher up come first, so every mark',
      'lies right of the diagonal: imports go down.',
    ].map((line, i) => `<text class="soft" x="12" y="${52 + 15 * i}">${line}</text>`),
    ...headings,
    ...floors.flat().flatMap((entry, i) => row(entry, i, imports)),
    `<path class="line" d="M10 ${TOP + ROW * folders.length}H${WIDTH - 10}"/>`,
    `<circle class="dot" cx="18" cy="${foot - 4}" r="4"/><text class="soft" x="28" y="${foot}">imports</text>`,
    `<circle class="ring" cx="98" cy="${foot - 4}" r="4"/><text class="soft" x="108" y="${foot}">imports types only</text>`,
    `<text class="soft" x="236" y="${foot}">Node: may use Node's modules; everything else runs in a browser</text>`,
    '</svg>',
  ].join('\n')}\n`;
}

/** Whether anything but packages lies in a folder: an empty one is left over from a move. */
function holdsFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).some((entry) =>
    entry.isDirectory() ? entry.name !== 'node_modules' && holdsFiles(`${folder}/${entry.name}`) : true,
  );
}

/** Folders inside a folder. */
function roomsOf(folder) {
  if (!statSync(folder).isDirectory()) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && holdsFiles(`${folder}/${entry.name}`))
    .map(({ name }) => name)
    .sort();
}

/** The table of the floors, with the rooms that a folder has. */
function table() {
  const rows = floors
    .flat()
    .map(
      ({ folder, holds, usesNode = false }) =>
        `| \`${folder}\` | ${holds} | ${roomsOf(folder).join(', ')} | ${usesNode ? 'may use Node' : ''} |`,
    );
  return ['| folder | what lives there | rooms | |', '|---|---|---|---|', ...rows].join('\n');
}

/** The page with its table put between the two marks. */
function page() {
  const text = readFileSync(PAGE, 'utf8');
  const [begin, end] = ['<!-- floors:begin -->', '<!-- floors:end -->'];
  const [start, stop] = [text.indexOf(begin), text.indexOf(end)];
  if (start < 0 || stop < start) throw new Error(`${PAGE}: expected ${begin} and ${end} around the table`);
  return `${text.slice(0, start + begin.length)}\n${table()}\n${text.slice(stop)}`;
}

for (const [path, text] of [
  [PICTURE, picture()],
  [PAGE, page()],
]) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  if (process.argv.includes('--check')) {
    process.stderr.write(`${path} is out of date: run "npm run docs:architecture"\n`);
    process.exitCode = 1;
  } else writeFileSync(path, text);
}
