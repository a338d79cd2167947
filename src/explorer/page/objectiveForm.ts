// The form of an objective: its method and, from the table of its options, a field for each.
import { type Option, valueOfText } from '../../base/options.ts';
import type { ExplorerObjective } from '../../documents/explorer.ts';
import { chooseObjective, objectiveNames } from '../../objectives/registry.ts';
import { trainers } from '../../objectives/trainers/index.ts';
import { choice, make, type SelectOption } from './dom.ts';

/** All methods: by paper, then by trainer. */
function methods(): SelectOption[] {
  return [
    ...objectiveNames.map((name) => ({ value: name, text: name, group: 'as published' })),
    ...Object.entries(trainers).flatMap(([trainer, { title, presets }]) =>
      Object.keys(presets).map((name) => ({
        value: `${name}@${trainer}`,
        text: `${name}@${trainer}`,
        group: `as in ${title}`,
      })),
    ),
  ];
}

const METHODS = methods();
/** Options that stand first, since they are changed most. */
const FIRST = [
  'beta',
  'klEstimator',
  'klPlacement',
  'clipLow',
  'clipHigh',
  'normalizeByStd',
  'stdEpsilon',
  'aggregation',
];

const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));

/** What a form is about. */
export interface ObjectiveFormSetting {
  readonly name: string;
  readonly objective: ExplorerObjective | undefined;
  /** The first entry of the list: no objective, or that of the report. */
  readonly none: string;
  onChange(objective: ExplorerObjective | undefined): void;
}

function field(
  key: string,
  option: Option<unknown>,
  value: unknown,
  onChange: (value: unknown) => void,
): HTMLElement {
  if (option.choices !== undefined) {
    const label = choice(
      key,
      option.choices.map((text) => ({ value: text, text })),
      textOf(value),
      onChange,
    );
    label.title = option.sentence;
    return label;
  }
  if (typeof option.default === 'boolean') {
    const box = make('input', { type: 'checkbox', checked: value === true });
    box.addEventListener('change', () => onChange(box.checked));
    return make('label', { class: 'field check', title: option.sentence }, box, make('span', {}, key));
  }
  const input = make('input', {
    type: 'text',
    inputmode: 'decimal',
    value: textOf(value),
    autocomplete: 'off',
    spellcheck: 'false',
  });
  input.addEventListener('input', () => {
    const given = input.value.trim();
    const isValid = given !== '' && option.parse(valueOfText(given)) !== undefined;
    input.setAttribute('aria-invalid', isValid ? 'false' : 'true');
    input.setCustomValidity(isValid ? '' : `expected ${option.expected}`);
    if (isValid) onChange(valueOfText(given));
  });
  return make(
    'label',
    { class: 'field', title: `${option.sentence} Expected ${option.expected}.` },
    make('span', {}, key),
    input,
  );
}

/** The form of one objective. Its fields are made anew when the method changes, and stay while values change. */
export class ObjectiveForm {
  readonly element: HTMLElement;
  private readonly setting: Omit<ObjectiveFormSetting, 'objective'>;
  private readonly options = make('details', { class: 'options' });
  private readonly method = make('div');
  private current: ExplorerObjective | undefined;

  constructor({ objective, ...setting }: ObjectiveFormSetting) {
    this.setting = setting;
    this.element = make(
      'div',
      { class: 'objective', role: 'group', 'aria-label': setting.name },
      this.method,
      this.options,
    );
    this.show(objective);
  }

  /** Shows an objective that was set elsewhere, such as by a link. */
  show(objective: ExplorerObjective | undefined): void {
    if (JSON.stringify(objective) === JSON.stringify(this.current) && this.method.hasChildNodes()) return;
    this.current = objective;
    const { name, none, onChange } = this.setting;
    const known = METHODS.some(({ value }) => value === objective?.name);
    const own = objective === undefined || known ? [] : [{ value: objective.name, text: objective.name }];
    const list = [{ value: '', text: none }, ...own, ...METHODS];
    this.method.replaceChildren(
      choice(name, list, objective?.name ?? '', (value) => {
        const chosen = value === '' ? undefined : { name: value, options: {} };
        this.show(chosen);
        onChange(chosen);
      }),
    );
    this.fields(known ? objective : undefined);
  }

  private fields(objective: ExplorerObjective | undefined): void {
    this.options.hidden = objective === undefined;
    if (objective === undefined) return;
    const { objective: found } = chooseObjective(objective.name);
    const table = Object.entries<Option<unknown>>(found.options);
    const place = (key: string): number => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
    const fields = table
      .toSorted(([a], [b]) => place(a) - place(b))
      .map(([key, option]) => {
        const given = Object.entries(objective.options).find(([name]) => name === key)?.[1];
        return field(key, option, given ?? option.default, (value) => this.set(key, value));
      });
    this.options.replaceChildren(
      make('summary', {}, 'options'),
      make('p', { class: 'small' }, found.sentence),
      make('div', { class: 'fields' }, fields),
    );
  }

  private set(key: string, value: unknown): void {
    if (this.current === undefined) return;
    const { objective: found } = chooseObjective(this.current.name);
    const parsed = found.options[key]?.parse(value);
    if (parsed === undefined) return;
    this.current = { name: this.current.name, options: { ...this.current.options, [key]: parsed } };
    this.setting.onChange(this.current);
  }
}
