/** Markup that is safe to insert as it is. Made by `html` and `trustedMarkup` alone. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

type Insertion = Html | string | number | undefined | false | readonly Insertion[];

/** Template for markup. Whatever is inserted is escaped, unless it was made by this function. `false` inserts nothing. */
export function html(parts: TemplateStringsArray, ...insertions: readonly Insertion[]): Html {
  return new Html(parts.map((part, index) => part + render(insertions[index])).join(''));
}

/** For markup made by a program that escapes by itself: the drawn charts and the style sheet. */
export function trustedMarkup(markup: string): Html {
  return new Html(markup);
}

function render(value: Insertion): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map(render).join('');
  return escapeHtml(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
