import { type Html, html } from './html.ts';
import { asText } from './story.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'quiet';
const icons: Record<Tone, string> = { good: '✓', warn: '!', bad: '✗', quiet: '–' };

/** A status as icon and word, so that it is read without colour. */
export const mark = (tone: Tone, word: unknown): Html =>
  html`<span class="mark ${tone}"><span aria-hidden="true">${icons[tone]}</span> ${word}</span>`;

const tones: Record<string, Tone> = {
  auto: 'good',
  approval: 'warn',
  forbidden: 'bad',
  passed: 'good',
  failed: 'bad',
  'not available': 'quiet',
  revoked: 'good',
  'contained-not-proven': 'warn',
  done: 'good',
  'already-done': 'good',
  rotated: 'good',
  'already-rotated': 'warn',
};
/** A word of the product with its tone; a word that is not ours is shown without claim. */
export const word = (value: unknown): Html => {
  const known = typeof value === 'string' && Object.hasOwn(tones, value) ? tones[value] : undefined;
  return value === undefined || value === null ? mark('quiet', 'not recorded') : mark(known ?? 'quiet', value);
};

export const code = (value: unknown): Html =>
  value === undefined || value === null || value === ''
    ? html`<span class="quiet">not recorded</span>`
    : html`<code>${value}</code>`;

const instant = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d{1,9})?)Z$/;
/** A time as it was recorded, always UTC. */
export const time = (value: unknown): Html => {
  const match = typeof value === 'string' ? instant.exec(value) : null;
  return match ? html`<time datetime="${value}">${match[1]} ${match[2]} UTC</time>` : code(value);
};

/** How long after the first record, as its writer's clock said. */
export function after(start: unknown, end: unknown): string {
  const [from, to] = [Date.parse(asText(start)), Date.parse(asText(end))];
  if (Number.isNaN(from) || Number.isNaN(to)) return '';
  const seconds = (to - from) / 1000;
  const size = Math.abs(seconds);
  const sign = seconds < 0 ? '−' : '+';
  if (size < 120) return `${sign}${size.toFixed(1)} s`;
  return size < 7200 ? `${sign}${(size / 60).toFixed(1)} min` : `${sign}${(size / 3600).toFixed(1)} h`;
}

/** What can be cut, in words; anything else as it is. */
export function credential(value: unknown): string {
  const text = typeof value === 'string' ? value : 'a credential that is not named';
  const [kind, ...rest] = text.split('/');
  if (kind === 'access-key') return `key ${rest.join('/')}`;
  if (kind === 'user-sessions') return `sessions issued by ${rest.slice(1).join('/')}`;
  if (kind === 'role-session') return `sessions named ${rest.slice(2).join('/')} of role ${rest[1]}`;
  if (kind === 'role-sessions') return `sessions of role ${rest[1]}`;
  return text;
}

export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

/** Which record a section rests on. */
export const source = (...records: ({ number: number } | undefined)[]): Html => {
  const links = [...new Set(records.flatMap((record) => (record ? [record.number] : [])))].map(
    (number, index) => html`${index > 0 ? ', ' : ''}<a href="#record-${number}">${number}</a>`,
  );
  return links.length === 0
    ? html``
    : html`<p class="quiet">From ${links.length > 1 ? 'records' : 'record'} ${links}.</p>`;
};

export const section = (id: string, title: string, content: unknown): Html =>
  html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>
`;

/** A table for assistive technology too: caption, column heads, and the first cell of a row as its head. */
export const table = (
  caption: unknown,
  heads: string[],
  rows: unknown[][],
): Html => html`<table><caption>${caption}</caption>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map(
  ([first, ...cells]) => html`<tr><th scope="row">${first}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
)}</tbody></table>`;

export const facts = (pairs: [string, unknown][]): Html =>
  html`<dl class="facts">${pairs.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`;
