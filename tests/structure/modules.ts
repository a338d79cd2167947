// The source files as modules: what each declares with its docstring, and what a name in one stands for in another.
import { posix } from 'node:path';
import { isNode, type Node, parse } from './syntax.ts';

/** A declaration at the top of a file. */
export interface Declaration {
  readonly modules: Modules;
  readonly path: string;
  readonly name: string;
  /** The docstring; '' without one. */
  readonly doc: string;
  readonly node: Node;
  /** The source of the whole statement. */
  readonly text: string;
}

interface Module {
  readonly declared: Map<string, Declaration>;
  /** Imports and re-exports by their local name. */
  readonly elsewhere: Map<string, { readonly path: string; readonly name: string }>;
  /** Local names by the names they are exported under. */
  readonly exported: Map<string, string>;
  readonly stars: string[];
  readonly docBefore: (start: number) => string;
}

/** The name that an identifier, or a string in its place, gives. */
export function nameOf(node: unknown): string {
  const { name, value } = node as { name?: string; value?: string };
  return name ?? value ?? '';
}

/** Names and nodes of a declaration: several for `const a = 1, b = 2`. */
function partsOf(declaration: Node): (readonly [string, Node])[] {
  if (declaration.type === 'VariableDeclaration') {
    return (declaration.declarations as Node[]).map((part) => [nameOf(part.id), part] as const);
  }
  return isNode(declaration.id) ? [[nameOf(declaration.id), declaration]] : [];
}

/** Files by path from the root. */
export class Modules {
  readonly #modules: ReadonlyMap<string, Module>;

  constructor(texts: ReadonlyMap<string, string>) {
    this.#modules = new Map([...texts].map(([path, text]) => [path, this.#read(path, text)]));
  }

  /** What a name in a file stands for; undefined for what is not of these files. */
  declarationOf(path: string, name: string): Declaration | undefined {
    const module = this.#modules.get(path);
    const there = module?.elsewhere.get(name);
    return (
      module?.declared.get(name) ?? (there === undefined ? undefined : this.exportOf(there.path, there.name))
    );
  }

  /** What a file exports under a name. */
  exportOf(path: string, name: string): Declaration | undefined {
    const module = this.#modules.get(path);
    const local = module?.exported.get(name);
    if (local !== undefined) return this.declarationOf(path, local);
    for (const star of module?.stars ?? []) {
      const found = this.exportOf(star, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The names a file exports. */
  exportsOf(path: string): string[] {
    const module = this.#modules.get(path);
    return [
      ...(module?.exported.keys() ?? []),
      ...(module?.stars ?? []).flatMap((star) => this.exportsOf(star)),
    ];
  }

  /** The docstring right before a node; '' without one. */
  docOf(path: string, { start }: Node): string {
    return this.#modules.get(path)?.docBefore(start) ?? '';
  }

  #read(path: string, text: string): Module {
    const { program, comments } = parse(path, text);
    const docs = comments.filter((c) => c.type === 'Block' && c.value.startsWith('*'));
    const docBefore = (start: number): string =>
      docs.findLast((c) => c.end <= start && text.slice(c.end, start).trim() === '')?.value ?? '';
    const module: Module = {
      declared: new Map(),
      elsewhere: new Map(),
      exported: new Map(),
      stars: [],
      docBefore,
    };
    let doc = '';
    let end = -1;
    for (const node of program.body as unknown as Node[]) {
      // One docstring covers declarations that follow without a blank line.
      if (docBefore(node.start) !== '' || text.slice(end, node.start) !== '\n') doc = docBefore(node.start);
      end = node.end as number;
      note(module, path, node);
      const isExport = node.type === 'ExportNamedDeclaration';
      const declaration = isExport ? node.declaration : node;
      if (!isNode(declaration)) continue;
      for (const [name, part] of partsOf(declaration)) {
        const source = text.slice(node.start, end);
        module.declared.set(name, { modules: this, path, name, doc, node: part, text: source });
        if (isExport) module.exported.set(name, name);
      }
    }
    return module;
  }
}

/** Notes what a statement imports or re-exports. */
function note({ elsewhere, exported, stars }: Module, path: string, node: Node): void {
  const source = isNode(node.source) ? posix.join(posix.dirname(path), nameOf(node.source)) : undefined;
  if (node.type === 'ExportAllDeclaration') stars.push(source!);
  for (const specifier of (node.specifiers ?? []) as Node[]) {
    const local = nameOf(specifier.local);
    if (node.type !== 'ImportDeclaration') exported.set(nameOf(specifier.exported), local);
    const there = node.type === 'ImportDeclaration' ? specifier.imported : specifier.local;
    if (source !== undefined && isNode(there)) elsewhere.set(local, { path: source, name: nameOf(there) });
  }
}
