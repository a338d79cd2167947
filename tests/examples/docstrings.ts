// The @example blocks of docstrings, and the program that checks what one states: a statement followed by `// → value` has that value.
import { isNode, type Node, parse } from '../structure/syntax.ts';

/** One @example. */
export interface DocExample {
  /** The file it stands in. */
  readonly path: string;
  /** What it is an example of: the name declared after the docstring, or the file's path. */
  readonly name: string;
  readonly code: string;
}

/** The lines of a docstring without their stars. */
function linesOf(docstring: string): string[] {
  return docstring.split('\n').map((line) => line.replace(/^\s*\* ?/, ''));
}

/** Code between @example and the next tag, without the fence around it. */
function codesIn(docstring: string): string[] {
  const codes: string[] = [];
  let code: string[] | undefined;
  for (const line of linesOf(docstring)) {
    if (/^@\w/.test(line)) {
      if (code !== undefined) codes.push(code.join('\n'));
      code = line.startsWith('@example') ? [] : undefined;
    } else if (!/^```/.test(line)) code?.push(line);
  }
  if (code !== undefined) codes.push(code.join('\n'));
  return codes;
}

const DECLARATION = /^\s*(?:export )?(?:async )?(?:function\*?|const|class|interface|type) (\w+)/;

/** Every @example of a file. */
export function examplesIn(path: string, text: string): DocExample[] {
  if (!text.includes('@example')) return [];
  const docstrings = parse(path, text).comments.filter((c) => c.type === 'Block' && c.value.startsWith('*'));
  return docstrings.flatMap((docstring) => {
    const name = DECLARATION.exec(text.slice(docstring.end))?.[1];
    return codesIn(docstring.value).map((code) => ({ path, name: name ?? path, code }));
  });
}

/** What a statement gives: an expression, or the one variable it declares. */
function resultOf(statement: Node, code: string): string | undefined {
  if (statement.type === 'ExpressionStatement' && isNode(statement.expression)) {
    return code.slice(statement.expression.start, statement.expression.end as number);
  }
  const [first, second] = statement.type === 'VariableDeclaration' ? (statement.declarations as Node[]) : [];
  const declared = second === undefined ? first?.id : undefined;
  return isNode(declared) && declared.type === 'Identifier' ? (declared.name as string) : undefined;
}

/**
 * The program of an example, line by line the same, in which every stated result is handed to `statedResult` of ./statedResult.js.
 * @throws Error if nothing is stated, or a result is stated of what has none
 */
export function checkedProgram({ path, name, code }: DocExample): string {
  const { program, comments } = parse(`${name}.ts`, code);
  const statements = program.body as unknown as Node[];
  const stated = comments.filter(({ value }) => value.startsWith(' → '));
  if (stated.length === 0) throw new Error(`${path}: the example of ${name} states no result`);
  let checked = '';
  let from = 0;
  for (const comment of stated) {
    const statement = statements.findLast((node) => (node.end as number) <= comment.start);
    const result = statement === undefined ? undefined : resultOf(statement, code);
    if (
      statement === undefined ||
      result === undefined ||
      /\n/.test(code.slice(statement.end as number, comment.start))
    ) {
      throw new Error(`${path}: in the example of ${name} a result is stated of no expression or variable`);
    }
    const isExpression = statement.type === 'ExpressionStatement';
    checked += code.slice(from, isExpression ? statement.start : (statement.end as number));
    checked += ` statedResult(${result}, ${comment.value.slice(' → '.length)});`;
    from = comment.end;
  }
  return `import { statedResult } from './statedResult.js'; ${checked}${code.slice(from)}\nexport {};\n`;
}
