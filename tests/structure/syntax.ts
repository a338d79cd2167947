// What the structure tests read from a source file: everything it imports, and what it exports without a docstring.
import { parseSync } from 'oxc-parser';

/** A syntax node, loosely. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** Parsed sources by path and text: every rule reads the same files. */
const parsedSources = new Map<string, ReturnType<typeof parseSync>>();

export function parse(path: string, text: string) {
  const key = `${path}\n${text}`;
  const known = parsedSources.get(key);
  if (known !== undefined) return known;
  const parsed = parseSync(path, text);
  if (parsed.errors.length > 0) throw new Error(`${path}: ${parsed.errors[0]!.message}`);
  parsedSources.set(key, parsed);
  return parsed;
}

/** Calls `visit` for every node below, the node itself first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const inner of Array.isArray(value) ? value : [value]) if (isNode(inner)) walk(inner, visit);
  }
}

/** The text of a string literal; undefined for anything else. */
function literal(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Literal' && typeof value.value === 'string'
    ? value.value
    : undefined;
}

function calleeName(node: Node): string | undefined {
  const callee = node.callee;
  if (!isNode(callee)) return undefined;
  if (callee.type === 'Identifier') return callee.name as string;
  return callee.type === 'CallExpression' ? calleeName(callee) : undefined;
}

/** Where a node names a module, if it does: the specifier's node. */
function specifierOf(node: Node): unknown {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return node.source;
    case 'ExportNamedDeclaration':
      return node.source ?? undefined;
    case 'TSExternalModuleReference':
      return node.expression;
    case 'CallExpression':
      // `require(x)`, and `createRequire(…)(x)`.
      if (calleeName(node) === 'require') return (node.arguments as Node[])[0];
      return isNode(node.callee) &&
        node.callee.type === 'CallExpression' &&
        calleeName(node) === 'createRequire'
        ? (node.arguments as Node[])[0]
        : undefined;
    default:
      return undefined;
  }
}

/** The only files that may import what they are told at run time. */
const LOADERS = ['bench/loadModule.ts', 'src/host/loadModule.ts'];

/** What files import, by their parsed program: many rules ask it of every file. */
const importsByProgram = new WeakMap<object, readonly string[]>();

/** Every module a file names: imports, re-exports, import(), import types, require, sources in `new URL(…)` for workers. */
export function importsOf(path: string, text: string): readonly string[] {
  const { program } = parse(path, text);
  const known = importsByProgram.get(program);
  if (known !== undefined) return known;
  const found = importsIn(path, program as unknown as Node);
  importsByProgram.set(program, found);
  return found;
}

function importsIn(path: string, program: Node): string[] {
  const found: string[] = [];
  walk(program, (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) {
      const name = literal(specifier);
      if (name === undefined && LOADERS.includes(path)) return;
      if (name === undefined) throw new Error(`${path}: the module named at ${node.start} is computed`);
      found.push(name);
    }
    if (node.type === 'NewExpression' && calleeName(node) === 'URL') {
      walk((node.arguments as Node[])[0]!, (inner) => {
        const name = literal(inner);
        if (name !== undefined && /^\.\.?\/.*\.[cm]?[jt]s$/.test(name)) found.push(name);
      });
    }
  });
  return found;
}

/** Modules that are loaded together with a file: neither types nor import(). */
export function loadedWith(path: string, text: string): string[] {
  const body = parse(path, text).program.body as unknown as Node[];
  return body
    .filter((node) => (node.importKind ?? node.exportKind) !== 'type')
    .flatMap(
      (node) => literal(isNode(node) && /^(Import|Export)/.test(node.type) ? node.source : undefined) ?? [],
    );
}

/** Names used as free-standing identifiers (`process` but not `x.process`). */
export function identifiersOf(path: string, text: string): Set<string> {
  const names = new Set<string>();
  walk(parse(path, text).program as unknown as Node, (node) => {
    for (const [field, value] of Object.entries(node)) {
      if (isNode(value) && value.type === 'Identifier' && !(isName(node, field) && node.computed !== true)) {
        names.add(value.name as string);
      }
    }
  });
  return names;
}

/** Fields that hold the name of a member, not a variable. */
function isName(node: Node, field: string): boolean {
  return field === 'property' || (field === 'key' && node.shorthand !== true);
}

/** Exported declarations without a docstring; one docstring covers declarations that follow without a blank line. */
export function undocumentedExports(path: string, text: string): string[] {
  const { program, comments } = parse(path, text);
  const body = program.body as unknown as Node[];
  const docs = comments.filter((c) => c.type === 'Block' && c.value.startsWith('*'));
  const between = (end: number, start: number): string => (end <= start ? text.slice(end, start) : 'overlap');
  const documented = (index: number): boolean => {
    const { start } = body[index]!;
    if (docs.some((doc) => /^\s*$/.test(between(doc.end, start)))) return true;
    const previous = body[index - 1];
    return previous !== undefined && between(previous.end as number, start) === '\n' && documented(index - 1);
  };
  const exportedLater = new Set(
    body
      .filter((node) => node.type === 'ExportNamedDeclaration' && node.source === null)
      .flatMap((node) => (node.specifiers as Node[]).map((s) => (s.local as Node).name as string)),
  );
  return body.flatMap((node, index) => {
    if (node.type === 'ExportDefaultDeclaration') return documented(index) ? [] : ['default'];
    const exported = node.type === 'ExportNamedDeclaration' && node.source === null;
    const names = exported
      ? declaredNames(node.declaration)
      : declaredNames(node).filter((name) => exportedLater.has(name));
    return names.length > 0 && !documented(index) ? names : [];
  });
}

function declaredNames(node: unknown): string[] {
  if (!isNode(node)) return [];
  if (node.type === 'VariableDeclaration') {
    return (node.declarations as Node[]).map((d) => (d.id as Node).name as string);
  }
  const named = /^(Function|Class|TSInterface|TSTypeAlias|TSEnum|TSDeclareFunction)/.test(node.type);
  return named && isNode(node.id) ? [node.id.name as string] : [];
}
