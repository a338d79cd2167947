// Pictures as data: what a claim wants drawn. The report floor turns them into SVG; JSON documents leave them out.

/** A point of a curve. */
export type Point = readonly [x: number, y: number];

/** Measured points with the closed form drawn through them, one series per case. */
export interface LinesFigure {
  readonly kind: 'lines';
  readonly title: string;
  readonly caption: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly {
    readonly name: string;
    /** Whose it is; the component has its colour in every picture. */
    readonly component?: 'sample' | 'decision';
    /** Measured on the policy. */
    readonly points: readonly Point[];
    /** The closed form, where there is one. */
    readonly curve?: readonly Point[];
  }[];
}

/** A matrix of numbers with a diverging colour scale: weights w_t, rows = estimators, columns = tokens. */
export interface MapFigure {
  readonly kind: 'map';
  readonly title: string;
  readonly caption: string;
  readonly columns: readonly { readonly label: string; readonly component: 'sample' | 'decision' }[];
  /** Columns that belong together, from the first one on, such as the tokens of a trajectory; all in one if left out. */
  readonly groups?: readonly { readonly label: string; readonly columns: number }[];
  /** A row's values are scaled by its own largest magnitude when drawn; `note` says for instance "balanced". */
  readonly rows: readonly {
    readonly label: string;
    readonly values: readonly number[];
    readonly note: string;
  }[];
}

/** Stacked bars: how a total divides between the two components. */
export interface BudgetFigure {
  readonly kind: 'budget';
  readonly title: string;
  readonly caption: string;
  readonly unit: string;
  readonly bars: readonly { readonly label: string; readonly sample: number; readonly decision: number }[];
}

/** A small trajectory tree, nodes in order of depth; node 0 is the root. */
export interface TreeFigure {
  readonly kind: 'tree';
  readonly title: string;
  readonly caption: string;
  readonly nodes: readonly {
    readonly parent: number | null;
    /** The action that leads here: a token, STOP or RESAMPLE. */
    readonly action: string;
    /** Who took the action. */
    readonly component: 'sample' | 'decision';
    /** π(action | history). */
    readonly probability: number;
    /** A(h, a) = Q(h, a) − V(h). */
    readonly advantage: number;
    /** R(τ) at a leaf. */
    readonly reward: number | null;
  }[];
}

/** Numbers that people would rather read than look at. null = undefined (a direction of a zero vector). */
export interface TableFigure {
  readonly kind: 'table';
  readonly title: string;
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
}

/** Any picture. Its `kind` says which. */
export type Figure = LinesFigure | MapFigure | BudgetFigure | TreeFigure | TableFigure;
