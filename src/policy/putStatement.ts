// The statement that a policy file puts beside its policy: what a counter-example refutes, and the further numbers that it reads.
import { decimalFraction, type Fraction } from '../algebra/fraction.ts';
import type { Fields } from '../base/fields.ts';
import type { Component } from './component.ts';
import { AMOUNT, writtenFraction } from './entries.ts';

/** A statement of a claim by its name, or one in words of the claims' quantities. */
export type StatementName = { readonly claim: string; readonly name: string } | { readonly text: string };

/** What a policy is put to, as its file says. Whether there is such a statement is not looked at here. */
export interface PutStatement {
  readonly of: StatementName;
  /** Whose history the policy is, where it stands for one step of an induction. */
  readonly component?: Component;
  /** The further symbols of the statement, by name. */
  readonly symbols: Readonly<Record<string, readonly Fraction[]>>;
}

function text(fields: Fields, name: string): string {
  const value = fields.get(name);
  if (typeof value !== 'string' || value === '') fields.fail(name, 'a text');
  return value;
}

function readName(fields: Fields): StatementName {
  if (!fields.has('text')) return { claim: text(fields, 'claim'), name: text(fields, 'name') };
  if (fields.has('claim') || fields.has('name')) fields.failHere('either claim and name, or text', 'both');
  return { text: text(fields, 'text') };
}

function readComponent(fields: Fields): { readonly component?: Component } {
  if (!fields.has('component')) return {};
  const value = fields.get('component');
  if (value !== 'sample' && value !== 'decision') fields.fail('component', '"sample" or "decision"');
  return { component: value };
}

function readSymbols(fields: Fields): Record<string, readonly Fraction[]> {
  if (!fields.has('symbols')) return {};
  const symbols = fields.object('symbols');
  const entries = Object.entries(symbols.record).map(([name, values]) => {
    if (!Array.isArray(values)) return symbols.fail(name, 'an array of numbers');
    const read = values.map((value: unknown, i): Fraction => {
      const amount = AMOUNT.read(value);
      if (amount === undefined) return symbols.failAt([name, i], AMOUNT.expected, value);
      return typeof amount === 'number' ? decimalFraction(amount) : amount;
    });
    return [name, read] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * Reads the field `statement` of a policy file.
 * @throws InputError naming the place of what does not fit
 */
export function readStatement(fields: Fields): PutStatement {
  fields.allow(['claim', 'name', 'text', 'component', 'symbols']);
  return { of: readName(fields), ...readComponent(fields), symbols: readSymbols(fields) };
}

/** A statement as a policy file has it. */
export type WrittenStatement = StatementName & {
  readonly component?: Component;
  readonly symbols?: Readonly<Record<string, readonly (number | string)[]>>;
};

/** The field `statement` of a policy file: `readStatement` reads the same from it. */
export function writtenStatement({ of, component, symbols }: PutStatement): WrittenStatement {
  const written = Object.entries(symbols).map(
    ([name, values]) => [name, values.map(writtenFraction)] as const,
  );
  return {
    ...of,
    ...(component === undefined ? {} : { component }),
    ...(written.length === 0 ? {} : { symbols: Object.fromEntries(written) }),
  };
}
