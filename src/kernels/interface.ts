// The one interface between the engine and the code that computes. Ops call it and know no backend behind it.

/** Element types: f32 for training, f64 for verification, i32 for indices. */
export type DType = 'f32' | 'f64' | 'i32';

/** Float element types. */
export type FloatType = 'f32' | 'f64';

/** What `readSync` returns. */
export type HostArray = Float32Array | Float64Array | Int32Array;

/** Memory of a backend. Opaque: a pointer here, a texture elsewhere. All arrays are dense and row-major. */
export interface KernelBuffer {
  readonly dtype: DType;
  /** Number of elements. */
  readonly length: number;
}

/**
 * out[i] = f(x[i]). `sign(0) = 0`, `sign(NaN) = NaN`; `rsqrt` is 1/√x. With w = √(8/π)·(x + 0.044715·x³) and the logistic
 * function σ: gelu = x·σ(w), at −Infinity its limit 0.
 */
export type UnaryKernel =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'reciprocal'
  | 'tanh'
  | 'sigmoid'
  | 'rsqrt'
  | 'gelu';

/**
 * out[i] = f(x[i], y[i]). Comparisons give 0 or 1 (0 if an operand is NaN); minimum and maximum
 * propagate NaN; geluVjp is y·gelu′(x) with gelu′ = σ(w) + x·σ(w)·σ(−w)·w′, at −Infinity its limit 0.
 */
export type BinaryKernel =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'minimum'
  | 'maximum'
  | 'greater'
  | 'greaterEqual'
  | 'equal'
  | 'geluVjp';

/** Reductions over one axis. Empty sums are 0, empty maxima −Infinity; a NaN makes the maximum NaN. */
export type ReduceKernel = 'sum' | 'max';

/**
 * Row-wise kernels over the last axis, stable for any finite input. With M the row's maximum and d = x − M, where d = 0 for
 * x = M even if both are infinite: softmax = e^d / Σ e^d, logSoftmax = d − log Σ e^d. So +Infinity entries share the mass
 * equally, −Infinity entries get 0, a row of −Infinity alone is uniform, and a NaN makes its row NaN.
 */
export type RowKernel = 'softmax' | 'logSoftmax';

/** nn: A·B with A [m,k], B [k,n];  tn: Aᵀ·B with A [k,m], B [k,n];  nt: A·Bᵀ with A [m,k], B [n,k]. Result [m,n]. */
export type MatmulForm = 'nn' | 'tn' | 'nt';

/**
 * Products of rows x, y [batch·length, heads·width] and triangles p [batch·length, heads, length], head by head, over places
 * j ≤ t only. scores: p_tj = ⟨x_t, y_j⟩ from (x, y), 0 above the diagonal;  mix: y_t = Σ_{j ≤ t} p_tj·x_j from (p, x);  spread:
 * x_j = Σ_{t ≥ j} p_tj·y_t from (p, y). What p holds above the diagonal is not read.
 */
export type CausalForm = 'scores' | 'mix' | 'spread';

/** Bytes of kernel memory: in live buffers now, at the peak, and reserved from the system. */
export interface MemoryUse {
  readonly live: number;
  readonly peak: number;
  readonly reserved: number;
  readonly buffers: number;
}

/** Which variant of a kernel computes a shape, and the times that decided (Infinity where none was taken yet). */
export interface KernelChoice {
  readonly shape: string;
  readonly variant: string;
  readonly milliseconds: Readonly<Record<string, number>>;
}

/** Sizes of a layer norm, and what is added to the variance. */
export interface NormSizes {
  readonly rows: number;
  readonly columns: number;
  readonly epsilon: number;
}

/** Numbers of a step of AdamW: β₁, β₂, ε, η, the step's number t ≥ 1, and s [1], which is 1 if left out. */
export interface AdamWStep {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly rate: number;
  readonly t: number;
  readonly scale?: KernelBuffer;
}

/** What AdamW knows of one parameter. */
export interface AdamWOperands {
  readonly gradient: KernelBuffer;
  readonly mean: KernelBuffer;
  readonly square: KernelBuffer;
  readonly parameter: KernelBuffer;
  /** λ. */
  readonly decay: number;
}

/** What a step of AdamW gives. */
export type AdamWResults = Readonly<Record<'update' | 'mean' | 'square', KernelBuffer>>;

/** Sizes of attention: head h has columns h·width … (h + 1)·width − 1 of every row. */
export interface AttentionSizes {
  readonly batch: number;
  readonly heads: number;
  readonly length: number;
  readonly width: number;
}

/** Sizes of attention with kept keys and values; head h has columns h·width … (h + 1)·width − 1. */
export interface CacheSizes {
  readonly rows: number;
  /** Sequences that are kept. */
  readonly slots: number;
  /** Places of each. */
  readonly context: number;
  readonly heads: number;
  readonly width: number;
}

/**
 * A backend. Buffers passed to one call have equal dtype unless said otherwise; `out` never overlaps an input except
 * where the same element is read and written (element-wise kernels may work in place). Sizes may be 0.
 */
export interface Kernels {
  /** What computes: `wasm`, `gpu` (with WebAssembly for all else) or `reference`. */
  readonly backend: string;
  /** On what: `cpu`, or the GPU as its driver names it. */
  readonly device: string;
  /** Which build: `plain` or `relaxed` (fused multiply-add); the reference says `plain-loops`. */
  readonly build: string;

  /** Threads that compute now. */
  readonly threads: number;

  /** A buffer of `length` elements with undefined content. */
  allocate(dtype: DType, length: number): KernelBuffer;
  /** Gives a buffer back; using it afterwards is a defect of the caller. */
  release(buffer: KernelBuffer): void;
  /** Copies host values into the whole buffer (lengths must agree). */
  write(buffer: KernelBuffer, values: ArrayLike<number>): void;
  /** A copy of the buffer's content: [length]. */
  readSync(buffer: KernelBuffer): HostArray;
  /** The same [length] for backends that cannot answer at once. */
  read(buffer: KernelBuffer): Promise<HostArray>;
  memory(): MemoryUse;
  /** Variants chosen so far, for the shapes that were asked for; a backend with one variant has none. */
  choices(): readonly KernelChoice[];

  fill(out: KernelBuffer, value: number): void;
  unary(kernel: UnaryKernel, x: KernelBuffer, out: KernelBuffer): void;
  binary(kernel: BinaryKernel, x: KernelBuffer, y: KernelBuffer, out: KernelBuffer): void;
  /** out[i] = mask[i] ≠ 0 ? x[i] : y[i]; never multiplies, so that a NaN in the branch not taken stays out. */
  where(mask: KernelBuffer, x: KernelBuffer, y: KernelBuffer, out: KernelBuffer): void;
  /** x seen as [outer, axis, inner] → out [outer, inner]. */
  reduce(
    kernel: ReduceKernel,
    x: KernelBuffer,
    out: KernelBuffer,
    outer: number,
    axis: number,
    inner: number,
  ): void;
  /** x, out: [rows, columns]. */
  row(kernel: RowKernel, x: KernelBuffer, out: KernelBuffer, rows: number, columns: number): void;
  /** out = p∘(v − Σ_c p·v) in every row: the Jacobian of softmax, p its result, times v. All [rows, columns]. */
  softmaxAlong(p: KernelBuffer, v: KernelBuffer, out: KernelBuffer, rows: number, columns: number): void;
  /** out[r] = log Σ_c exp(x[r,c]); −Infinity for an empty row. */
  logSumExp(x: KernelBuffer, out: KernelBuffer, rows: number, columns: number): void;
  /**
   * With μ = mean(x_r), r = 1/√(mean((x_r − μ)²) + epsilon) and x̂ = (x_r − μ)·r in every row: out = x̂·gamma + beta.
   * x, out: [rows, columns]; gamma, beta: [columns].
   */
  layerNorm(
    x: KernelBuffer,
    gamma: KernelBuffer,
    beta: KernelBuffer,
    out: KernelBuffer,
    sizes: NormSizes,
  ): void;
  /** out = r·(g − mean(g) − x̂·mean(g·x̂)) with g = cotangent·gamma: the cotangent of x. */
  layerNormVjp(
    x: KernelBuffer,
    gamma: KernelBuffer,
    cotangent: KernelBuffer,
    out: KernelBuffer,
    sizes: NormSizes,
  ): void;
  /** out[c] = Σ_r cotangent[r,c]·x̂[r,c]: the cotangent of gamma. */
  layerNormScaleVjp(x: KernelBuffer, cotangent: KernelBuffer, out: KernelBuffer, sizes: NormSizes): void;
  /** out[r] = −logSoftmax(x_r)[targets[r]]; x [rows, columns], targets i32 [rows] in [0, columns). */
  crossEntropy(
    x: KernelBuffer,
    targets: KernelBuffer,
    out: KernelBuffer,
    rows: number,
    columns: number,
  ): void;
  /** out[r,c] = cotangent[r]·(softmax(x_r)[c] − [c = targets[r]]); the only place where probabilities are stored. */
  crossEntropyVjp(
    x: KernelBuffer,
    targets: KernelBuffer,
    cotangent: KernelBuffer,
    out: KernelBuffer,
    rows: number,
    columns: number,
  ): void;
  /**
   * The weights of causal attention: out[b·length + t, h, j] = softmax over j ≤ t of ⟨query_t, key_j⟩/√width, 0 for j > t.
   * query, key: [batch·length, heads·width]. Row t depends on keys 0 … t and on nothing else, NaN included.
   */
  attentionWeights(query: KernelBuffer, key: KernelBuffer, out: KernelBuffer, sizes: AttentionSizes): void;
  /** out = scale times the product. */
  causalProduct(
    form: CausalForm,
    a: KernelBuffer,
    b: KernelBuffer,
    out: KernelBuffer,
    sizes: AttentionSizes,
    scale: number,
  ): void;
  /**
   * g = s·gradient, m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g·g, u = −η·((m·c₁)/(√(v·c₂) + ε) + λ·p) with c = 1/(1 − βᵗ), the
   * last term left out for λ = 0; every operation rounded to the type, in this order. Parameter i is operands[i] and out[i], of
   * one length.
   */
  adamw(operands: readonly AdamWOperands[], out: readonly AdamWResults[], step: AdamWStep): void;
  /** out = Σ_i Σ_j operands[i][j]², out [1]: rounded squares, an operand's added as `reduce` does it, their sums in order. */
  squareSum(operands: readonly KernelBuffer[], out: KernelBuffer): void;
  /**
   * Attention of single queries, with d = heads·width. x [rows, 3·d] is query, key and value side by side; row r belongs to place
   * places[r] in [0, context) of the sequence in slot slots[r] in [0, slots). First every row's key and value are kept, in keys
   * [slots, d, context] and values [slots, context, d]; then out[r] = Σ_j p_j·value_j over the places j ≤ places[r] of its slot,
   * p the softmax of ⟨query_r, key_j⟩/√width per head. Later places are not read. So several rows may belong to one sequence.
   * slots, places: i32 [rows]; out [rows, d].
   */
  cachedAttention(
    x: KernelBuffer,
    keys: KernelBuffer,
    values: KernelBuffer,
    slots: KernelBuffer,
    places: KernelBuffer,
    out: KernelBuffer,
    sizes: CacheSizes,
  ): void;
  /** x, out: [planes, side, side]; out = x, with `value` wherever the column is larger than the row. */
  maskAbove(x: KernelBuffer, out: KernelBuffer, planes: number, side: number, value: number): void;
  /** `batch` products of equal shape, one after the other in memory; out = the product. */
  matmul(
    form: MatmulForm,
    a: KernelBuffer,
    b: KernelBuffer,
    out: KernelBuffer,
    sizes: { readonly batch: number; readonly m: number; readonly n: number; readonly k: number },
  ): void;
  /** out = x·weight + bias; x [m, k], weight [k, n], bias [n], out [m, n]. An element's terms join the bias in ascending k. */
  linear(
    x: KernelBuffer,
    weight: KernelBuffer,
    bias: KernelBuffer,
    out: KernelBuffer,
    sizes: { readonly m: number; readonly n: number; readonly k: number },
  ): void;
  /**
   * out = residual + x·weight + bias, shapes as of `linear`, residual as out, which it may be. An element's terms join residual +
   * bias in ascending k.
   */
  linearAdd(
    x: KernelBuffer,
    weight: KernelBuffer,
    bias: KernelBuffer,
    residual: KernelBuffer,
    out: KernelBuffer,
    sizes: { readonly m: number; readonly n: number; readonly k: number },
  ): void;
  /** out = gelu(x·weight + bias), shapes as of `linear`: for networks that are only run, as a gradient needs the sum too. */
  linearGelu(
    x: KernelBuffer,
    weight: KernelBuffer,
    bias: KernelBuffer,
    out: KernelBuffer,
    sizes: { readonly m: number; readonly n: number; readonly k: number },
  ): void;
  /** out[i,:] = x[indices[i],:] for x [rows, width], indices i32 [count] in [0, rows). */
  gather(x: KernelBuffer, indices: KernelBuffer, out: KernelBuffer, width: number): void;
  /** out[indices[i],:] += updates[i,:], i ascending; out [rows, width] keeps what it held. */
  scatterAdd(updates: KernelBuffer, indices: KernelBuffer, out: KernelBuffer, width: number): void;
  /** Reads by strides: dense out[i…] = x[offset + Σ_d i_d·strides_d] over `shape` (broadcast, permute, slice). Any dtype. */
  gatherStrided(
    x: KernelBuffer,
    out: KernelBuffer,
    shape: readonly number[],
    strides: readonly number[],
    offset: number,
  ): void;
  /** Writes by strides: out[offset + Σ_d i_d·strides_d] = dense x[i…]; other elements of out stay. Any dtype. */
  scatterStrided(
    x: KernelBuffer,
    out: KernelBuffer,
    shape: readonly number[],
    strides: readonly number[],
    offset: number,
  ): void;
}
