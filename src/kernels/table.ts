// The kernels: what each computes, what it is called with, which buffers it reads and writes, and how its work is counted. The
// interface of the backends, timing and what a GPU has to keep up to date follow from this table.
//
// Float buffers of one call have one element type. A buffer that is written overlaps none that is read, except where the same
// element is read and written: element-wise kernels and a residual may work in place. Sizes may be 0.
import { byRows, elements, type KernelCall, lengthOf, other, product } from './call.ts';
import type {
  AdamWOperands,
  AdamWResults,
  AdamWStep,
  AttentionSizes,
  BinaryKernel,
  CacheSizes,
  CausalForm,
  KernelBuffer,
  LinearSizes,
  MatmulForm,
  MatmulSizes,
  NormSizes,
  ReduceKernel,
  RowKernel,
  UnaryKernel,
} from './operands.ts';

/** Every kernel, as a function from the arguments of a call to its description. */
export const kernelTable = {
  /** out[i] = value. Any dtype. */
  fill: (...[out]: [out: KernelBuffer, value: number]): KernelCall => elements([], out),

  /** out[i] = f(x[i]), f as `UnaryKernel` says. */
  unary: (kernel: UnaryKernel, x: KernelBuffer, out: KernelBuffer): KernelCall => ({
    ...elements([x], out),
    variant: kernel,
  }),

  /** out[i] = f(x[i], y[i]), f as `BinaryKernel` says. */
  binary: (kernel: BinaryKernel, x: KernelBuffer, y: KernelBuffer, out: KernelBuffer): KernelCall => ({
    ...elements([x, y], out),
    variant: kernel,
  }),

  /** out[i] = mask[i] ≠ 0 ? x[i] : y[i]; never multiplies, so that a NaN in the branch not taken stays out. */
  where: (mask: KernelBuffer, x: KernelBuffer, y: KernelBuffer, out: KernelBuffer): KernelCall =>
    elements([mask, x, y], out),

  /** Over the middle axis, as `ReduceKernel` says: x seen as [outer, axis, inner] → out [outer, inner]. */
  reduce: (
    kernel: ReduceKernel,
    x: KernelBuffer,
    out: KernelBuffer,
    outer: number,
    axis: number,
    inner: number,
  ): KernelCall => ({ ...other([x], [out], outer * axis * inner), variant: kernel }),

  /** Every row by itself, as `RowKernel` says; x, out: [rows, columns]. */
  row: (
    kernel: RowKernel,
    x: KernelBuffer,
    out: KernelBuffer,
    rows: number,
    columns: number,
  ): KernelCall => ({ ...byRows([x], out, rows, columns), variant: kernel }),

  /** out = p∘(v − Σ_c p·v) in every row: the Jacobian of softmax, p its result, times v. All [rows, columns]. */
  softmaxAlong: (
    p: KernelBuffer,
    v: KernelBuffer,
    out: KernelBuffer,
    rows: number,
    columns: number,
  ): KernelCall => byRows([p, v], out, rows, columns),

  /** out[r] = log Σ_c exp(x[r,c]), out [rows]; −Infinity for an empty row. x [rows, columns]. */
  logSumExp: (x: KernelBuffer, out: KernelBuffer, rows: number, columns: number): KernelCall =>
    byRows([x], out, rows, columns),

  /**
   * With μ = mean(x_r), r = 1/√(mean((x_r − μ)²) + epsilon) and x̂ = (x_r − μ)·r in every row: out = x̂·gamma + beta.
   * x, out: [rows, columns]; gamma, beta: [columns].
   */
  layerNorm: (
    x: KernelBuffer,
    gamma: KernelBuffer,
    beta: KernelBuffer,
    out: KernelBuffer,
    { rows, columns }: NormSizes,
  ): KernelCall => byRows([x, gamma, beta], out, rows, columns),

  /** out = r·(g − mean(g) − x̂·mean(g·x̂)) with g = cotangent·gamma: the cotangent of x, all [rows, columns] but gamma. */
  layerNormVjp: (
    x: KernelBuffer,
    gamma: KernelBuffer,
    cotangent: KernelBuffer,
    out: KernelBuffer,
    { rows, columns }: NormSizes,
  ): KernelCall => byRows([x, gamma, cotangent], out, rows, columns),

  /** out[c] = Σ_r cotangent[r,c]·x̂[r,c]: the cotangent of gamma, [columns]. */
  layerNormScaleVjp: (
    x: KernelBuffer,
    cotangent: KernelBuffer,
    out: KernelBuffer,
    { rows, columns }: NormSizes,
  ): KernelCall => other([x, cotangent], [out], rows * columns),

  /**
   * With r = 1/√(mean(x_r²) + epsilon) and x̂ = x_r·r in every row: out = x̂·gamma. x, out: [rows, columns]; gamma: [columns].
   * Source: Zhang and Sennrich, Root Mean Square Layer Normalization, 2019 (arXiv 1910.07467).
   */
  rmsNorm: (
    x: KernelBuffer,
    gamma: KernelBuffer,
    out: KernelBuffer,
    { rows, columns }: NormSizes,
  ): KernelCall => byRows([x, gamma], out, rows, columns),

  /** out = r·(g − x̂·mean(g·x̂)) with g = cotangent·gamma: the cotangent of x, all [rows, columns] but gamma. */
  rmsNormVjp: (
    x: KernelBuffer,
    gamma: KernelBuffer,
    cotangent: KernelBuffer,
    out: KernelBuffer,
    { rows, columns }: NormSizes,
  ): KernelCall => byRows([x, gamma, cotangent], out, rows, columns),

  /** out[c] = Σ_r cotangent[r,c]·x̂[r,c]: the cotangent of gamma, [columns]. */
  rmsNormScaleVjp: (
    x: KernelBuffer,
    cotangent: KernelBuffer,
    out: KernelBuffer,
    { rows, columns }: NormSizes,
  ): KernelCall => other([x, cotangent], [out], rows * columns),

  /**
   * Rotary positions: in every head of width 2h the pairs (x_i, x_{i+h}) of place t turned by the angle whose cosine and sine the tables
   * have: out_i = x_i·c_ti − x_{i+h}·s_ti, out_{i+h} = x_{i+h}·c_ti + x_i·s_ti. x, out: [batch·length, heads·2h], which may be one;
   * cosine, sine: [length, h]. Source: Su et al., RoFormer, 2021 (arXiv 2104.09864).
   */
  rotary: (
    x: KernelBuffer,
    cosine: KernelBuffer,
    sine: KernelBuffer,
    out: KernelBuffer,
    { batch, heads, length, width }: AttentionSizes,
  ): KernelCall => byRows([x, cosine, sine], out, batch * length, heads * width),

  /** out[r] = −logSoftmax(x_r)[targets[r]]; x [rows, columns], targets i32 [rows] in [0, columns), out [rows]. */
  crossEntropy: (
    x: KernelBuffer,
    targets: KernelBuffer,
    out: KernelBuffer,
    rows: number,
    columns: number,
  ): KernelCall => byRows([x], out, rows, columns, [targets]),

  /** out[r,c] = cotangent[r]·(softmax(x_r)[c] − [c = targets[r]]); the only place where probabilities are stored. */
  crossEntropyVjp: (
    x: KernelBuffer,
    targets: KernelBuffer,
    cotangent: KernelBuffer,
    out: KernelBuffer,
    rows: number,
    columns: number,
  ): KernelCall => byRows([x, cotangent], out, rows, columns, [targets]),

  /**
   * The weights of causal attention: out[b·length + t, h, j] = softmax over j ≤ t of ⟨query_t, key_j⟩/√width, 0 for j > t;
   * with a window over t − window < j ≤ t, and 0 before.
   * query, key: [batch·length, heads·width]. Row t depends on keys 0 … t and on nothing else, NaN included.
   */
  attentionWeights: (
    query: KernelBuffer,
    key: KernelBuffer,
    out: KernelBuffer,
    { batch, heads, length, width }: AttentionSizes,
  ): KernelCall => other([query, key], [out], batch * heads * length * length * width),

  /** out = scale times the product that `CausalForm` names, which also states the shapes. */
  causalProduct: (
    ...[form, a, b, out, { batch, heads, length, width }]: [
      form: CausalForm,
      a: KernelBuffer,
      b: KernelBuffer,
      out: KernelBuffer,
      sizes: AttentionSizes,
      scale: number,
    ]
  ): KernelCall => ({ ...other([a, b], [out], batch * heads * length * length * width), variant: form }),

  /**
   * Attention of single queries, with d = heads·width. x [rows, 3·d] is query, key and value side by side; row r belongs to place
   * places[r] in [0, context) of the sequence in slot slots[r] in [0, slots). First every row's key and value are kept, in keys
   * [slots, d, context] and values [slots, context, d]; then out[r] = Σ_j p_j·value_j over the places j ≤ places[r] of its slot, of which a window leaves the last,
   * p the softmax of ⟨query_r, key_j⟩/√width per head. Later places are not read. So several rows may belong to one sequence.
   * slots, places: i32 [rows]; out [rows, d].
   */
  cachedAttention: (
    x: KernelBuffer,
    keys: KernelBuffer,
    values: KernelBuffer,
    slots: KernelBuffer,
    places: KernelBuffer,
    out: KernelBuffer,
    { rows, context, heads, width }: CacheSizes,
  ): KernelCall =>
    other([x, keys, values], [keys, values, out], rows * context * heads * width, [slots, places]),

  /**
   * g = s·gradient, m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g·g, u = −η·((m·c₁)/(√(v·c₂) + ε) + λ·p) with c = 1/(1 − βᵗ), the
   * last term left out for λ = 0; every operation rounded to the type, in this order. Parameter i is operands[i] and out[i], of
   * one length.
   */
  adamw: (
    operands: readonly AdamWOperands[],
    out: readonly AdamWResults[],
    { scale }: AdamWStep,
  ): KernelCall => {
    const reads = operands.flatMap(({ gradient, mean, square, parameter }) => [
      gradient,
      mean,
      square,
      parameter,
    ]);
    const writes = out.flatMap(({ update, mean, square }) => [update, mean, square]);
    return other(scale === undefined ? reads : [...reads, scale], writes, lengthOf(writes) / 3);
  },

  /** out = Σ_i Σ_j operands[i][j]², out [1]: rounded squares, an operand's added as `reduce` does it, their sums in order. */
  squareSum: (operands: readonly KernelBuffer[], out: KernelBuffer): KernelCall =>
    other(operands, [out], lengthOf(operands)),

  /** x, out: [planes, side, side]; out = x, with `value` wherever the column is larger than the row. */
  maskAbove: (
    ...[x, out, planes, side]: [
      x: KernelBuffer,
      out: KernelBuffer,
      planes: number,
      side: number,
      value: number,
    ]
  ): KernelCall => byRows([x], out, planes * side, side),

  /** `batch` products of equal shape, one after the other in memory: out [m, n], a and b as the form says. */
  matmul: (
    form: MatmulForm,
    a: KernelBuffer,
    b: KernelBuffer,
    out: KernelBuffer,
    sizes: MatmulSizes,
  ): KernelCall => ({ ...product([a, b], out, sizes), variant: form }),

  /** out = x·weight + bias; x [m, k], weight [k, n], bias [n], out [m, n]. An element's terms join the bias in ascending k. */
  linear: (
    x: KernelBuffer,
    weight: KernelBuffer,
    bias: KernelBuffer,
    out: KernelBuffer,
    sizes: LinearSizes,
  ): KernelCall => product([x, weight, bias], out, { batch: 1, ...sizes }),

  /**
   * out = residual + x·weight + bias, shapes as for `linear`, residual [m, n], which may be out. An element's terms join
   * residual + bias in ascending k.
   */
  linearAdd: (
    x: KernelBuffer,
    weight: KernelBuffer,
    bias: KernelBuffer,
    residual: KernelBuffer,
    out: KernelBuffer,
    sizes: LinearSizes,
  ): KernelCall => product([x, weight, bias, residual], out, { batch: 1, ...sizes }),

  /** out = gelu(x·weight + bias), shapes as for `linear`: for networks that are only run, as a gradient needs the sum too. */
  linearGelu: (
    x: KernelBuffer,
    weight: KernelBuffer,
    bias: KernelBuffer,
    out: KernelBuffer,
    sizes: LinearSizes,
  ): KernelCall => product([x, weight, bias], out, { batch: 1, ...sizes }),

  /** out[i,:] = x[indices[i],:] for x [rows, width], indices i32 [count] in [0, rows), out [count, width]. */
  gather: (x: KernelBuffer, indices: KernelBuffer, out: KernelBuffer, width: number): KernelCall =>
    other([x], [out], indices.length * width, [indices]),

  /** out[indices[i],:] += updates[i,:], i ascending; out [rows, width] keeps what it held. */
  scatterAdd: (updates: KernelBuffer, indices: KernelBuffer, out: KernelBuffer, width: number): KernelCall =>
    other([updates, out], [out], indices.length * width, [indices]),

  /** Reads by strides: dense out[i…] = x[offset + Σ_d i_d·strides_d] over `shape` (broadcast, permute, slice). Any dtype. */
  gatherStrided: (
    ...[x, out]: [
      x: KernelBuffer,
      out: KernelBuffer,
      shape: readonly number[],
      strides: readonly number[],
      offset: number,
    ]
  ): KernelCall => other([x], [out], out.length),

  /** Writes by strides: out[offset + Σ_d i_d·strides_d] = dense x[i…] over `shape`; other elements of out stay. Any dtype. */
  scatterStrided: (
    ...[x, out]: [
      x: KernelBuffer,
      out: KernelBuffer,
      shape: readonly number[],
      strides: readonly number[],
      offset: number,
    ]
  ): KernelCall => other([x], [out], x.length),
};

/** The table as a type. */
export type KernelTable = typeof kernelTable;

/** The name of a kernel. */
export type KernelName = keyof KernelTable;

/** The names of all kernels. */
export const kernelNames: readonly KernelName[] = Object.keys(kernelTable) as KernelName[];
