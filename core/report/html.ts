import { visible } from '#core/visible';

const markup = Symbol('markup');

/** Finished HTML. Made here alone: a symbol is nothing that data could bring along. */
export interface Html {
  readonly [markup]: string;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const entity = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] as string);

/**
 * A template whose values are escaped, whatever they are: strings and numbers as text, Html as it is, lists piece by
 * piece, nothing for null and undefined, any other value as JSON. Attributes are always quoted.
 */
export const html = (parts: TemplateStringsArray, ...values: unknown[]): Html =>
  trusted(parts.map((part, index) => (index === 0 ? part : textOf(values[index - 1]) + part)).join(''));

/** Only for text of this program, such as its style sheet. */
export const trusted = (text: string): Html => ({ [markup]: text });
export const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(textOf).join('');
  if (typeof value === 'object') return markup in value ? (value as Html)[markup] : entity(visible(json(value)));
  return entity(visible(String(value)));
};

/** Text of several lines, for `<pre>`: its line ends are kept. */
export const lines = (text: unknown): Html =>
  trusted(
    (typeof text === 'string' ? text : json(text))
      .split('\n')
      .map((line) => entity(visible(line)))
      .join('\n'),
  );

export const json = (value: unknown): string => JSON.stringify(value, null, 2) ?? 'nothing';
