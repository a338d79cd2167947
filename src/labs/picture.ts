// The picture of a lab as data: panels of curves and points that name the columns of its series.

/** An axis. */
export interface PictureAxis {
  readonly label: string;
  /** `linear` if left out. */
  readonly scale?: 'linear' | 'log';
  /** Of the values; follows from them if left out. */
  readonly domain?: readonly [number, number];
}

/** One set of points, drawn with the band of its 95 % interval over seeds. */
export interface PictureCurve {
  readonly name: string;
  /** The columns, by their names in `series`. */
  readonly x: string;
  readonly y: string;
  /** `line` joins the points in their order, `dots` marks them, `both` does both. */
  readonly as: 'line' | 'dots' | 'both';
  /** What it stands for: colours mean one thing. Left out: the next colour of the series. */
  readonly component?: 'sample' | 'decision';
  /** A bound or a closed form, not a measurement: dashed and grey. */
  readonly isReference?: boolean;
}

/** One panel. */
export interface PicturePanel {
  readonly title: string;
  readonly x: PictureAxis;
  readonly y: PictureAxis;
  readonly curves: readonly PictureCurve[];
  /** The line y = x, for reliability and truth against value. */
  readonly hasDiagonal?: boolean;
}

/** One picture, of one to three panels side by side. */
export interface LabPicture {
  readonly title: string;
  /** What is seen in it, in one or two sentences. */
  readonly caption: string;
  readonly panels: readonly PicturePanel[];
}
