// Colours of reports and pictures, for light and dark paper. Contrast and colour blindness are tested on this data.
//
// Blue and orange tell the two components apart, green-blue and purple the two signs: both pairs keep apart in the
// common forms of colour blindness, and no meaning rests on colour alone.

/** One value per role, as #rrggbb. */
export interface Scheme {
  /** Behind everything; behind pictures and tables. */
  readonly page: string;
  readonly paper: string;
  /** Text, secondary text, rules and grids. */
  readonly ink: string;
  readonly soft: string;
  readonly rule: string;
  /** The two components. */
  readonly sample: string;
  readonly decision: string;
  /** Signs, at full strength; ink stands readable on them. */
  readonly positive: string;
  readonly negative: string;
  /** Verdicts, as text. */
  readonly holds: string;
  readonly fails: string;
  /** Behind verdicts. */
  readonly holdsPaper: string;
  readonly failsPaper: string;
  /** Lines of a chart that belong to no component, in order: none of them blue or orange. */
  readonly series: readonly [string, string, string, string, string];
}

/** On a screen by day, and on printed paper. */
export const light: Scheme = {
  page: '#f6f6f3',
  paper: '#ffffff',
  ink: '#1c2024',
  soft: '#59616b',
  rule: '#dcdfe3',
  sample: '#1a6fb0',
  decision: '#c0560a',
  positive: '#5cbfa4',
  negative: '#c39bd6',
  holds: '#0a6447',
  fails: '#b02318',
  holdsPaper: '#e2f3ec',
  failsPaper: '#fbe7e3',
  series: ['#0d8465', '#a2478a', '#7a6a00', '#4d5560', '#6a4fb3'],
};

/** Where the reader asks for dark. */
export const dark: Scheme = {
  page: '#121518',
  paper: '#1a1e22',
  ink: '#e7e9ec',
  soft: '#a2abb5',
  rule: '#363c43',
  sample: '#63b1f0',
  decision: '#f39a52',
  positive: '#1b7160',
  negative: '#7c4f96',
  holds: '#6ad5ae',
  fails: '#ff9a8b',
  holdsPaper: '#15332a',
  failsPaper: '#43201c',
  series: ['#4fcfa6', '#e091c8', '#d9c653', '#b4bcc6', '#b3a1ee'],
};

/** The scheme as declarations of CSS variables: `--gs-ink:#1c2024;…`, the series as `--gs-series-0` onwards. */
function variables(scheme: Scheme): string {
  const { series, ...roles } = scheme;
  const names = Object.entries(roles).map(([role, colour]) => `--gs-${role}:${colour};`);
  return names.join('') + series.map((colour, i) => `--gs-series-${i}:${colour};`).join('');
}

/** CSS that sets the variables on `selector`: light, dark where the reader asks for it, light again on printed paper. */
export function themeCss(selector: string): string {
  return (
    `${selector}{color-scheme:light dark;${variables(light)}}` +
    `@media screen and (prefers-color-scheme:dark){${selector}{${variables(dark)}}}`
  );
}

/** A colour of the theme for an attribute or a style. */
export function colour(role: Exclude<keyof Scheme, 'series'> | `series-${number}`): string {
  return `var(--gs-${role})`;
}
