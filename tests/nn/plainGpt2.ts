// GPT-2 in plain loops with a hand-written backward pass: nothing of the engine. Parameters are called as in a Hugging Face
// file, without prefix. Every layer returns its value and the function that takes a cotangent back through it.

export interface PlainConfig {
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly vocabulary: number;
  readonly tied: boolean;
  readonly epsilon: number;
}

/** Row-major values by name. */
export type Values = Record<string, Float64Array>;
type Rows = Float64Array[];
type Layer = { readonly y: Rows; readonly back: (dy: Rows) => Rows };

const rowsLike = (rows: Rows): Rows => rows.map((row) => new Float64Array(row.length));

/** y = x·W + b, W [in, out]. */
function linear(x: Rows, values: Values, gradients: Values, name: string): Layer {
  const W = values[`${name}.weight`]!;
  const b = values[`${name}.bias`]!;
  const outs = b.length;
  const y = x.map((row) =>
    Float64Array.from(b, (bias, o) =>
      row.reduce((total, value, i) => total + value * W[i * outs + o]!, bias),
    ),
  );
  const back = (dy: Rows): Rows =>
    dy.map((drow, t) => {
      const dx = new Float64Array(x[t]!.length);
      for (let o = 0; o < outs; o++) {
        gradients[`${name}.bias`]![o]! += drow[o]!;
        for (let i = 0; i < dx.length; i++) {
          gradients[`${name}.weight`]![i * outs + o]! += x[t]![i]! * drow[o]!;
          dx[i]! += drow[o]! * W[i * outs + o]!;
        }
      }
      return dx;
    });
  return { y, back };
}

/** y = x̂·g + b, x̂ = (x − mean)/√(var + ε);  x̄ = (ȳg − mean(ȳg) − x̂·mean(ȳg·x̂))/√(var + ε). */
function norm(x: Rows, values: Values, gradients: Values, name: string, epsilon: number): Layer {
  const g = values[`${name}.weight`]!;
  const b = values[`${name}.bias`]!;
  const d = g.length;
  const scales = x.map((row) => {
    const mean = row.reduce((s, v) => s + v, 0) / d;
    return { mean, inverse: 1 / Math.sqrt(row.reduce((s, v) => s + (v - mean) ** 2, 0) / d + epsilon) };
  });
  const normed = x.map((row, t) => row.map((v) => (v - scales[t]!.mean) * scales[t]!.inverse));
  const y = normed.map((row) => row.map((v, i) => v * g[i]! + b[i]!));
  const back = (dy: Rows): Rows =>
    dy.map((drow, t) => {
      const dn = drow.map((v, i) => v * g[i]!);
      for (let i = 0; i < d; i++) {
        gradients[`${name}.weight`]![i]! += drow[i]! * normed[t]![i]!;
        gradients[`${name}.bias`]![i]! += drow[i]!;
      }
      const mean = dn.reduce((s, v) => s + v, 0) / d;
      const along = dn.reduce((s, v, i) => s + v * normed[t]![i]!, 0) / d;
      return dn.map((v, i) => (v - mean - normed[t]![i]! * along) * scales[t]!.inverse);
    });
  return { y, back };
}

/** ½x(1 + tanh(c(x + 0.044715x³))). */
function gelu(x: Rows): Layer {
  const c = Math.sqrt(2 / Math.PI);
  const tanhOf = (v: number): number => Math.tanh(c * (v + 0.044715 * v ** 3));
  const slope = (v: number): number => {
    const t = tanhOf(v);
    return 0.5 * (1 + t) + 0.5 * v * (1 - t * t) * c * (1 + 3 * 0.044715 * v * v);
  };
  return {
    y: x.map((row) => row.map((v) => 0.5 * v * (1 + tanhOf(v)))),
    back: (dy) => dy.map((drow, t) => drow.map((v, i) => v * slope(x[t]![i]!))),
  };
}

function softmaxOf(scores: readonly number[]): number[] {
  const top = Math.max(...scores);
  const weights = scores.map((s) => Math.exp(s - top));
  const total = weights.reduce((s, w) => s + w, 0);
  return weights.map((w) => w / total);
}

/** Causal attention of all heads on rows [q | k | v]. */
function attention(x: Rows, heads: number): Layer {
  const d = x[0]!.length / 3;
  const h = d / heads;
  const y: Rows = x.map(() => new Float64Array(d));
  const p: number[][][] = [];
  for (let head = 0; head < heads; head++) {
    const at = head * h;
    const dot = (t: number, u: number): number => {
      let total = 0;
      for (let i = 0; i < h; i++) total += x[t]![at + i]! * x[u]![d + at + i]!;
      return total / Math.sqrt(h);
    };
    p[head] = x.map((_, t) => softmaxOf(Array.from({ length: t + 1 }, (_, u) => dot(t, u))));
    for (let t = 0; t < x.length; t++) {
      for (let u = 0; u <= t; u++) {
        for (let i = 0; i < h; i++) y[t]![at + i]! += p[head]![t]![u]! * x[u]![2 * d + at + i]!;
      }
    }
  }
  const back = (dy: Rows): Rows => {
    const dx = rowsLike(x);
    for (let head = 0; head < heads; head++) {
      const at = head * h;
      for (let t = 0; t < x.length; t++) {
        const row = p[head]![t]!;
        const dp = row.map((_, u) => {
          let total = 0;
          for (let i = 0; i < h; i++) total += dy[t]![at + i]! * x[u]![2 * d + at + i]!;
          return total;
        });
        const mean = row.reduce((s, v, u) => s + v * dp[u]!, 0);
        for (let u = 0; u <= t; u++) {
          const ds = (row[u]! * (dp[u]! - mean)) / Math.sqrt(h);
          for (let i = 0; i < h; i++) {
            dx[t]![at + i]! += ds * x[u]![d + at + i]!;
            dx[u]![d + at + i]! += ds * x[t]![at + i]!;
            dx[u]![2 * d + at + i]! += row[u]! * dy[t]![at + i]!;
          }
        }
      }
    }
    return dx;
  };
  return { y, back };
}

const plus = (a: Rows, b: Rows): Rows => a.map((row, t) => row.map((v, i) => v + b[t]![i]!));

/** Layers one after the other. */
function compose(x: Rows, ...layers: ((x: Rows) => Layer)[]): Layer {
  const backs: ((dy: Rows) => Rows)[] = [];
  let y = x;
  for (const layer of layers) {
    const step = layer(y);
    y = step.y;
    backs.unshift(step.back);
  }
  return { y, back: (dy) => backs.reduce((cotangent, back) => back(cotangent), dy) };
}

/** x + inner(x). */
function residual(x: Rows, inner: (x: Rows) => Layer): Layer {
  const { y, back } = inner(x);
  return { y: plus(x, y), back: (dy) => plus(dy, back(dy)) };
}

export interface PlainResult {
  /** [T][V] per sequence. */
  readonly logits: Rows[];
  /** Mean of −log softmax(logits)[target] over all positions. */
  readonly loss: number;
  readonly gradients: Values;
}

/** Logits, loss and all gradients. */
export function plainGpt2(
  config: PlainConfig,
  values: Values,
  ids: readonly (readonly number[])[],
  targets: readonly (readonly number[])[],
): PlainResult {
  const { layers, heads, width, vocabulary, tied, epsilon } = config;
  const gradients = Object.fromEntries(
    Object.entries(values).map(([name, { length }]) => [name, new Float64Array(length)]),
  );
  const head = tied ? 'wte.weight' : 'lm_head.weight';
  const count = ids.reduce((n, sequence) => n + sequence.length, 0);
  const normAs = (name: string) => (x: Rows) => norm(x, values, gradients, name, epsilon);
  const linearAs = (name: string) => (x: Rows) => linear(x, values, gradients, name);
  let loss = 0;
  const logits = ids.map((sequence, b) => {
    const x = sequence.map((id, t) =>
      Float64Array.from(
        { length: width },
        (_, i) => values['wte.weight']![id * width + i]! + values['wpe.weight']![t * width + i]!,
      ),
    );
    const blocks = Array.from({ length: layers }, (_, l) => [
      (y: Rows) =>
        residual(y, (z) =>
          compose(
            z,
            normAs(`h.${l}.ln_1`),
            linearAs(`h.${l}.attn.c_attn`),
            (qkv) => attention(qkv, heads),
            linearAs(`h.${l}.attn.c_proj`),
          ),
        ),
      (y: Rows) =>
        residual(y, (z) =>
          compose(z, normAs(`h.${l}.ln_2`), linearAs(`h.${l}.mlp.c_fc`), gelu, linearAs(`h.${l}.mlp.c_proj`)),
        ),
    ]).flat();
    const body = compose(x, ...blocks, normAs('ln_f'));
    const out = body.y.map((row) =>
      Float64Array.from({ length: vocabulary }, (_, v) =>
        row.reduce((total, value, i) => total + value * values[head]![v * width + i]!, 0),
      ),
    );
    const dy = body.y.map((row, t) => {
      const p = softmaxOf([...out[t]!]);
      loss -= Math.log(p[targets[b]![t]!]!) / count;
      const drow = new Float64Array(width);
      for (let v = 0; v < vocabulary; v++) {
        const dlogit = (p[v]! - (v === targets[b]![t]! ? 1 : 0)) / count;
        for (let i = 0; i < width; i++) {
          gradients[head]![v * width + i]! += dlogit * row[i]!;
          drow[i]! += dlogit * values[head]![v * width + i]!;
        }
      }
      return drow;
    });
    body.back(dy).forEach((row, t) => {
      row.forEach((value, i) => {
        gradients['wte.weight']![sequence[t]! * width + i]! += value;
        gradients['wpe.weight']![t * width + i]! += value;
      });
    });
    return out;
  });
  return { logits, loss, gradients };
}
