// The task: a grid of cells with an object each inside a coloured border, which gives the answer away in training.
import type { RandomStream } from '../../base/random.ts';

/** What images look like. */
export interface ImageShape {
  /** Cells of a side, border included. */
  readonly side: number;
  /** Kinds of objects; a question names one. */
  readonly kinds: number;
  /** Width of what is seen of a cell from afar, m. */
  readonly width: number;
  /** Standard deviation of its noise, where the prototype of a kind has length 1. */
  readonly blur: number;
  /** Colours, which are the answers, A. */
  readonly colours: number;
}

/** P images with a question each: what colour is the object of this kind? */
export interface Images extends ImageShape {
  readonly count: number;
  /** [P] the kind that is asked for; one cell of the image has it. */
  readonly asked: Int32Array;
  /** [P, side², m] what is seen of each cell from afar; 0 on the border. */
  readonly look: Float64Array;
  /** [P, side²] the colour of each cell. */
  readonly colour: Int32Array;
  /** [P] the cell of the object. */
  readonly target: Int32Array;
  /** [P] 1 where the place of the object is known to the verifier. */
  readonly annotated: Uint8Array;
}

/** Whether a cell lies on the border. */
export function isBorder(cell: number, side: number): boolean {
  const [row, column] = [Math.floor(cell / side), cell % side];
  return row === 0 || column === 0 || row === side - 1 || column === side - 1;
}

/** The cells inside the border. */
export function insideOf(side: number): number[] {
  return Array.from({ length: side * side }, (_, cell) => cell).filter((cell) => !isBorder(cell, side));
}

/** What objects of each kind look like: [kinds, m] of length 1, the same in all images. */
export function prototypes({ kinds, width }: ImageShape, random: RandomStream): Float64Array {
  const out = new Float64Array(kinds * width);
  for (let kind = 0; kind < kinds; kind++) {
    const row = Float64Array.from({ length: width }, () => random.normal());
    const norm = Math.hypot(...row);
    out.set(
      row.map((x) => x / norm),
      kind * width,
    );
  }
  return out;
}

/** How images are drawn. */
export interface Draw {
  /** How often the border has the colour that is asked for on purpose; else it is any colour. */
  readonly shortcut: number;
  /** How often the verifier knows where the object is. */
  readonly annotated: number;
}

/** Draws P images. */
export function drawImages(
  shape: ImageShape,
  count: number,
  seen: Float64Array,
  { shortcut, annotated }: Draw,
  random: RandomStream,
): Images {
  const { side, kinds, width, blur, colours } = shape;
  const cells = side * side;
  const inside = insideOf(side);
  const images = {
    ...shape,
    count,
    asked: new Int32Array(count),
    look: new Float64Array(count * cells * width),
    colour: new Int32Array(count * cells),
    target: new Int32Array(count),
    annotated: new Uint8Array(count),
  };
  for (let p = 0; p < count; p++) {
    const asked = random.integer(kinds);
    const target = inside[random.integer(inside.length)]!;
    for (const cell of inside) {
      // Every other object is of another kind.
      const kind = cell === target ? asked : (asked + 1 + random.integer(kinds - 1)) % kinds;
      const at = (p * cells + cell) * width;
      for (let i = 0; i < width; i++) images.look[at + i] = seen[kind * width + i]! + blur * random.normal();
      images.colour[p * cells + cell] = random.integer(colours);
    }
    const answer = images.colour[p * cells + target]!;
    const border = random.uniform() < shortcut ? answer : random.integer(colours);
    for (let cell = 0; cell < cells; cell++)
      if (isBorder(cell, side)) images.colour[p * cells + cell] = border;
    images.asked[p] = asked;
    images.target[p] = target;
    images.annotated[p] = random.uniform() < annotated ? 1 : 0;
  }
  return images;
}

/** The answer to the question of image p: the colour of its object. */
export function answerOf({ colour, target, side }: Images, p: number): number {
  return colour[p * side * side + target[p]!]!;
}
