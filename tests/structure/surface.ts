// What the package exports from its subpaths, as the docs check reads it: every public symbol, the arrays it takes or returns, and
// whether it throws where a reader can see it.
import { packageJson, readFiles } from './files.ts';
import { type Declaration, Modules, nameOf } from './modules.ts';
import { isNode, type Node, walk } from './syntax.ts';

/** Every symbol that some of the files export, once. `entries`: the files. */
export function surfaceOf(texts: ReadonlyMap<string, string>, entries: readonly string[]): Declaration[] {
  const modules = new Modules(texts);
  const found = new Map<Node, Declaration>();
  for (const path of entries) {
    for (const name of modules.exportsOf(path)) {
      const declaration = modules.exportOf(path, name);
      if (declaration !== undefined) found.set(declaration.node, declaration);
    }
  }
  return [...found.values()];
}

/** Every symbol that a subpath of the package exports. */
export function publicSymbols(): Declaration[] {
  const entries = Object.values(packageJson.exports).flatMap((target) =>
    typeof target === 'string' ? [] : [target.types.replace('./dist/', '').replace('.d.ts', '.ts')],
  );
  return surfaceOf(readFiles('src', ['.ts']), entries);
}

const ARRAYS = ['Tensor', 'Operand', 'GpuOperand', 'Float64Array', 'Int32Array', 'Uint8Array', 'HostArray'];

function any(node: unknown, test: (inner: Node) => boolean): boolean {
  let found = false;
  if (isNode(node)) {
    walk(node, (inner) => {
      found ||= test(inner);
    });
  }
  return found;
}

function mentionsArray(type: unknown): boolean {
  return any(type, (node) => node.type === 'TSTypeReference' && ARRAYS.includes(nameOf(node.typeName)));
}

/** The function that a declaration or member is; undefined if it is none. */
function functionOf(node: Node): Node | undefined {
  const value = isNode(node.init) ? node.init : isNode(node.value) ? node.value : node;
  return /Function|TSMethodSignature/.test(value.type) ? value : undefined;
}

/** Do the types of a function's parameters or its result name arrays? */
function signatureHasArrays(f: Node): boolean {
  const annotationOf = (p: Node): unknown =>
    p.typeAnnotation ?? (isNode(p.left) ? p.left.typeAnnotation : undefined);
  return mentionsArray(f.returnType) || (f.params as Node[]).some((p) => mentionsArray(annotationOf(p)));
}

/** Is it a function that takes or returns arrays? */
export function takesArrays({ node }: Declaration): boolean {
  const f = functionOf(node);
  if (f !== undefined) return signatureHasArrays(f);
  const annotation = isNode(node.id) ? node.id.typeAnnotation : undefined;
  return any(annotation, (inner) => inner.type === 'TSFunctionType') && mentionsArray(annotation);
}

/** Members of an interface or class that are, take or return arrays, with their docstrings. */
export function arrayMembers({ modules, path, node }: Declaration): { name: string; doc: string }[] {
  if (!/^(TSInterface|Class)/.test(node.type)) return [];
  const members = (node.body as Node).body as Node[];
  return members.flatMap((member) => {
    if (!isNode(member.key) || member.key.type === 'PrivateIdentifier') return [];
    const f = functionOf(member);
    const has = f === undefined ? mentionsArray(member.typeAnnotation) : signatureHasArrays(f);
    return has ? [{ name: nameOf(member.key), doc: modules.docOf(path, member) }] : [];
  });
}

function hasThrow(node: Node): boolean {
  return any(node, ({ type }) => type === 'ThrowStatement');
}

/** Names of the functions that this code calls. */
function calleesOf(node: Node): Set<string> {
  const names = new Set<string>();
  walk(node, ({ type, callee }) => {
    if (type === 'CallExpression' && isNode(callee) && callee.type === 'Identifier')
      names.add(nameOf(callee));
  });
  return names;
}

/** Does a checker stand in this code, or in a function that it calls? */
function refuses({ modules, path, node }: Declaration, depth = 1): boolean {
  if (hasThrow(node)) return true;
  return [...calleesOf(node)].some((name) => {
    if (/^check[A-Z]/.test(name)) return true;
    const callee = depth > 0 ? modules.declarationOf(path, name) : undefined;
    return callee !== undefined && refuses(callee, depth - 1);
  });
}

/** Does this code apply an op whose shape rule refuses what does not fit? */
function appliesRefusingOp({ modules, path }: Declaration, f: Node): boolean {
  return any(f, ({ type, callee, arguments: operands }) => {
    if (type !== 'CallExpression' || !/^apply(Broadcast)?$/.test(nameOf(callee))) return false;
    const op = modules.declarationOf(path, nameOf((operands as Node[])[0]));
    return op !== undefined && refuses(op);
  });
}

/**
 * Why a function throws where one can see it: in its own body, by an op's shape rule, or in a helper that is not public (what is
 * public states its own errors). Undefined if it does not.
 */
export function visiblyThrows(
  declaration: Declaration,
  isPublic: (node: Node) => boolean,
): string | undefined {
  const f = functionOf(declaration.node);
  if (f === undefined) return undefined;
  if (hasThrow(f)) return 'throws';
  if (appliesRefusingOp(declaration, f)) return 'applies an op that refuses';
  const thrower = [...calleesOf(f)].find((name) => {
    const callee = declaration.modules.declarationOf(declaration.path, name);
    const body = callee === undefined || isPublic(callee.node) ? undefined : functionOf(callee.node);
    return body !== undefined && hasThrow(body);
  });
  return thrower === undefined ? undefined : `calls ${thrower}`;
}
