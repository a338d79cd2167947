// What is kept of an answer: logits, loss, and of every gradient its norm and its product with a fixed vector.
import { randomIds } from '../models.ts';

/** Logits, loss and gradients by name in the file. */
export interface Answer {
  readonly logits: readonly number[];
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

/** The same, short. */
export interface Summary {
  readonly logits: readonly number[];
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly [norm: number, along: number]>>;
}

/** The seed of the weights of a card. */
export const seedOf = (i: number): number => 100 + i;
/** Two sequences of six tokens of a vocabulary of seven, and what follows each. */
export const IDS: readonly (readonly number[])[] = randomIds(7, 2, 6, 11);
export const TARGETS: readonly (readonly number[])[] = randomIds(7, 2, 6, 12);

/** Keeps what tells a wrong gradient from a right one. */
export function summaryOf({ logits, loss, gradients }: Answer): Summary {
  const short = (values: readonly number[]): readonly [number, number] => [
    Math.sqrt(values.reduce((sum, x) => sum + x * x, 0)),
    values.reduce((sum, x, i) => sum + x * Math.cos(1 + i), 0),
  ];
  return {
    logits,
    loss,
    gradients: Object.fromEntries(Object.entries(gradients).map(([name, values]) => [name, short(values)])),
  };
}

/** All numbers of a summary in one order. */
export function numbersOf({ logits, loss, gradients }: Summary): number[] {
  return [
    ...logits,
    loss,
    ...Object.keys(gradients)
      .sort()
      .flatMap((name) => gradients[name]!),
  ];
}
