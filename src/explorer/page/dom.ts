// Elements, made of names and texts. Texts only ever become text nodes, so that nothing in the data is read as markup.

/** Attributes of an element; false and undefined leave one away, true is an empty one. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** What stands in an element. */
export type Child = Node | string | number | undefined | readonly Child[];

function append(to: Element, child: Child): void {
  if (child === undefined) return;
  if (typeof child === 'string' || typeof child === 'number') to.append(String(child));
  else if (child instanceof Node) to.append(child);
  else for (const one of child) append(to, one);
}

/** Puts children in the place of those that an element has. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren();
  append(element, children);
}

/** An element. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(key, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

/** A button that does something. */
export function button(
  text: Child,
  attributes: Attributes,
  onClick: (button: HTMLButtonElement) => void | Promise<void>,
): HTMLButtonElement {
  const element = make('button', { type: 'button', ...attributes }, text);
  element.addEventListener('click', () => onClick(element));
  return element;
}

/** One choice of a list. */
export interface SelectOption {
  readonly value: string;
  readonly text: string;
  /** Under which heading it stands. */
  readonly group?: string;
}

/** A list to choose from, with its name before it. */
export function choice(
  name: string,
  options: readonly SelectOption[],
  value: string,
  onChange: (value: string) => void,
): HTMLLabelElement {
  const select = make('select');
  let group: HTMLOptGroupElement | undefined;
  for (const { value: own, text, group: label } of options) {
    if (label === undefined) group = undefined;
    else if (group?.label !== label) {
      group = make('optgroup', { label });
      select.append(group);
    }
    (group ?? select).append(make('option', { value: own, selected: own === value }, text));
  }
  select.addEventListener('change', () => onChange(select.value));
  return make('label', { class: 'field' }, make('span', {}, name), select);
}

/** A name that may be broken behind its dots and slashes, such as `block0.attention`. */
export function breakable(name: string): Child[] {
  return name.split(/(?<=[./])/).flatMap((piece, k) => (k === 0 ? [piece] : [make('wbr'), piece]));
}

/** A name with an index, such as `A_i`, with the index below the line: `w_t = c_i·A_i`. */
export function formulaText(text: string): Child[] {
  return text
    .split(/_(old,t|ref,t|[a-z])(?![A-Za-z])/u)
    .map((piece, k) => (k % 2 === 0 ? piece : make('sub', {}, piece)));
}
