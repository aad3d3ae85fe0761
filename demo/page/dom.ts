// The few things that every part of the page does with its elements.

/** The element that index.html has under an id. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`index.html has no ${type.name} #${id}`);
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Terms and their descriptions, in place of what the list held. */
export function describe(list: HTMLElement, pairs: readonly (readonly [term: string, description: string])[]): void {
  list.replaceChildren(
    ...pairs.map(([term, description]) =>
      element('div', {}, element('dt', { textContent: term }), element('dd', { textContent: description })),
    ),
  );
}
