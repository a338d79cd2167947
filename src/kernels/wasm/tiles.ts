// Which tile computes a matrix product. The best tile depends on the engine's register allocation and on the shape, so every
// large enough shape tries the tiles in turn on its first products and stays with the fastest. An engine runs small products
// before it has optimised them; they take the tile that fits their sides. With every tile the result is the same to the bit;
// only the time differs.
import type { FloatType, KernelChoice, MatmulForm, MatmulSizes } from '../interface.ts';

/** Rows × vectors of a tile. */
export type Tile = readonly [tall: number, wide: number];

/** The first tile is used until another has proved faster by MARGIN. */
const tiles: readonly Tile[] = [
  [4, 2],
  [2, 4],
  [6, 2],
  [3, 3],
];

/** Products of each tile that are not counted (the engine may still be compiling the tile), and products that are counted. */
const WARM_UP = 6;
const TRIALS = 8;
const MARGIN = 0.98;
/** Products with fewer multiply-adds end too soon for a clock to tell them apart. */
const WORTH_TIMING = 2 ** 19;
/** Longer axes are left to the first tile. */
const LONGEST = 2 ** 17;

/** The variant of a shape whose trials are still running. */
export const UNDECIDED = 'still trying';

/** Elements of a vector. */
const lanes = { f32: 4, f64: 2 };

interface Trial {
  readonly name: string;
  calls: number;
  readonly shortest: number[];
  chosen: Tile | undefined;
}

function newTrials(): Record<MatmulForm, Map<number, Trial>> {
  return { nn: new Map(), tn: new Map(), nt: new Map() };
}

/** The tiles of one instance. */
export class TileChooser {
  /** By element type and form. The three sizes are combined into one number, which is exact below 2^53. */
  readonly #trials = [newTrials(), newTrials()];

  /** Runs a product with the tile of its shape, and times it while that tile is not yet known. */
  time(dtype: FloatType, form: MatmulForm, { batch, m, n, k }: MatmulSizes, run: (tile: Tile) => void): void {
    if (batch > 1 || m * n * k < WORTH_TIMING || Math.max(m, n, k) >= LONGEST) {
      run(fitting(m, n / lanes[dtype]));
      return;
    }
    const trials = this.#trials[dtype === 'f32' ? 0 : 1]![form];
    const key = (m * LONGEST + n) * LONGEST + k;
    let trial = trials.get(key);
    if (trial === undefined) {
      const name = `${dtype} ${form} ${m}x${n}x${k}`;
      trial = { name, calls: 0, shortest: tiles.map(() => Number.POSITIVE_INFINITY), chosen: undefined };
      trials.set(key, trial);
    }
    if (trial.chosen !== undefined) {
      run(trial.chosen);
      return;
    }
    const at = trial.calls % tiles.length;
    const start = performance.now();
    run(tiles[at]!);
    const took = performance.now() - start;
    trial.calls++;
    if (trial.calls > WARM_UP * tiles.length) trial.shortest[at] = Math.min(trial.shortest[at]!, took);
    if (trial.calls === (WARM_UP + TRIALS) * tiles.length) trial.chosen = fastest(trial.shortest);
  }

  /** The tile chosen for each shape, by type and form, in the order in which the shapes came. */
  choices(): KernelChoice[] {
    const all = this.#trials.flatMap((forms) =>
      Object.values(forms).flatMap((trials) => [...trials.values()]),
    );
    return all.map(({ name, chosen, shortest }) => ({
      shape: name,
      variant: chosen === undefined ? UNDECIDED : show(chosen),
      milliseconds: Object.fromEntries(tiles.map((tile, i) => [show(tile), shortest[i]!])),
    }));
  }
}

/** Of the tiles without spills, the one that computes the fewest elements outside the product when it is covered with whole tiles. */
function fitting(rows: number, vectors: number): Tile {
  const [usual, square] = [tiles[0]!, tiles[3]!];
  const computed = ([tall, wide]: Tile): number =>
    Math.ceil(rows / tall) * tall * Math.ceil(vectors / wide) * wide;
  return computed(square) < computed(usual) ? square : usual;
}

function show([tall, wide]: Tile): string {
  return `${tall} rows × ${wide} vectors`;
}

function fastest(milliseconds: readonly number[]): Tile {
  let best = 0;
  for (let i = 1; i < tiles.length; i++) {
    if (milliseconds[i]! < milliseconds[best]! * (best === 0 ? MARGIN : 1)) best = i;
  }
  return tiles[best]!;
}
