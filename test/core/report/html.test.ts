import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html, lines, textOf, trusted } from '#core/report/html';

describe('a template of the report', () => {
  it('escapes what is markup in HTML, in text and in attributes', () => {
    expect(textOf(html`<p title="${'"\''}">${'<b>&'}</p>`)).toBe('<p title="&quot;&#39;">&lt;b&gt;&amp;</p>');
  });

  it('takes no value for finished HTML but what it made itself', () => {
    const forged = { markup: '<script>', 'Symbol(markup)': '<script>' };
    expect(textOf(html`${forged}`)).not.toContain('<');
  });

  it('keeps finished HTML as it is, alone and in lists', () => {
    expect(textOf(html`${[html`<i>${1}</i>`, trusted('<br>')]}`)).toBe('<i>1</i><br>');
  });

  it('shows hidden and direction-changing characters as their code', () => {
    expect(textOf(html`${'a\u202eb\u0000\u009b'}`)).toBe('a\\u202eb\\u0000\\u009b');
  });

  it('leaves no markup of any value, whatever its type', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(textOf(html`${value as object}`)).not.toMatch(/[<>"']/);
      }),
    );
  });

  it('keeps the line ends of a text for pre and nothing else that is hidden', () => {
    expect(textOf(lines('a\nb\r<'))).toBe('a\nb\\u000d&lt;');
  });
});
