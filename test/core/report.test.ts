import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderReport, reportVersion } from '#core/report';
import { palette } from '#core/report/palette';
import { visible } from '#core/visible';
import { recordSteps, type Statement } from '#verifier/format';
import { closedCase, lookedCase, observedCase, parkedCase } from './report/sample-cases.ts';
import { newKey, oldKey, raw, secretArn, userArn } from './report/sample-identity.ts';

const page = (statements: Statement[]) => renderReport(statements);
/** The text of one section, tags taken out. */
function section(id: string, statements: Statement[]): string {
  const found = page(statements).match(new RegExp(`<section aria-labelledby="${id}">(.*?)</section>`, 's'));
  return (found?.[1] ?? '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}
const claim = (statements: Statement[]) =>
  (page(statements).match(/<div class="claim.*?<\/div>/s)?.[0] ?? '').replace(/<[^>]*>/g, ' ');
/** Every text of a case replaced, keys and structure kept. */
function withTexts(statements: Statement[], text: (old: string) => string): Statement[] {
  const change = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(change);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, key === 'step' ? item : change(item)]));
  };
  return change(statements) as Statement[];
}

describe('the report of a case', () => {
  it('says of each credential what was proven and no more', () => {
    expect(claim(closedCase())).toContain(`The key ${oldKey} is revoked (canary-denied).`);
    expect(claim(closedCase())).toContain('The sessions issued by invoice-export are contained, not proven revoked.');
  });

  it('never says revoked of a credential whose rung failed', () => {
    const failed = closedCase();
    const verify = failed.find(({ predicate }) => predicate.step === 'verify')?.predicate.facts as {
      credentials: { rungs: Record<string, { result: string }> }[];
    };
    for (const { rungs } of verify.credentials) (rungs['canary-denied'] as { result: string }).result = 'failed';
    expect(claim(failed)).toContain('not shown to be cut: canary-denied failed');
    expect(claim(failed)).not.toContain('is revoked');
  });

  it('says of a case without closing record that it is open', () => {
    expect(claim(closedCase().slice(0, 4))).toContain('This case is not closed; its last record is assign-owner.');
    expect(section('limits', closedCase().slice(0, 4))).toContain('records after the last one shown may exist');
  });

  it('tells every record with both clocks, its actor and its step', () => {
    const happened = section('happened', closedCase());
    for (const { predicate } of closedCase()) expect(happened).toContain(`${predicate.number}. ${predicate.step}`);
    expect(happened).toContain('occurred 2026-11-24 09:14:15.120 UTC (+13.0 s)');
    expect(happened).toContain('recorded 2026-11-24 09:14:15.960 UTC');
    expect(happened).toContain('assumed-role/rescind-verify/rescind-verify');
    expect(happened).toContain(`raw/${raw}`);
  });

  it('shows key states as first found and as AWS listed them last', () => {
    expect(section('identity', closedCase())).toMatch(
      new RegExp(`key ${oldKey} Active Inactive key ${newKey} did not exist Active`),
    );
  });

  it('shows the owner, how it was found, the parties and when a decision is due', () => {
    const owner = section('owner', closedCase());
    for (const fact of [
      'billing-platform',
      `tag owner of ${userArn}`,
      'Conflict none',
      '2026-11-24 13:14:02.120 UTC',
      'detection, iam, compliance',
    ])
      expect(owner).toContain(fact);
  });

  it('shows each planned action with its answer, and the text of the policies that gave it', () => {
    const plan = section('plan', closedCase());
    expect(plan).toMatch(/✓ auto deactivate-access-key of key \S+ asked at contain and triage/);
    expect(plan).toContain('@id(&quot;rotate-managed-secrets-once-contained&quot;)');
  });

  it('tells by the look what is proven by then, and what is left to people', () => {
    expect(claim(lookedCase())).toMatch(
      /closed: revoked .*The sessions issued by invoice-export are revoked \(held\)/s,
    );
    expect(section('proof', lookedCase())).toContain('log-confirmed ✓ passed in 12 files of the trail');
    expect(section('happened', lookedCase())).toContain('Looked again when the longest session must have ended');
    expect(section('open', lookedCase())).toContain('names none');
    expect(section('verify', lookedCase())).not.toContain('--open');
  });

  it('never says closed of a case whose cut did not hold at the look', () => {
    expect(claim(lookedCase(false))).toMatch(/opened again .*are not shown to be cut: configured failed/s);
    expect(section('happened', lookedCase(false))).toContain('The case is opened again.');
  });

  it('shows what was changed: cuts, old and new key, promotion, orphans and due dates', () => {
    const actions = section('actions', closedCase());
    for (const fact of [
      `${oldKey} → ${newKey}`,
      secretArn,
      '2026-11-24 09:14:11.720 UTC',
      'AKIAEXAMPLE0000ORPH3',
      'deletion due 2026-12-24',
    ])
      expect(actions).toContain(fact);
  });

  it('shows every rung with its reason, and the refused calls by the name of their error', () => {
    const proof = section('proof', closedCase());
    expect(proof).toContain('canary-denied ✓ passed sts:GetCallerIdentity refused the old key (InvalidClientTokenId)');
    expect(proof).toContain('log-confirmed – not available no trail is read in this version');
    expect(proof).toContain('secretsmanager:GetSecretValue : ResourceNotFoundException');
  });

  it('shows every call with question, answer or error, and request id', () => {
    const calls = section('calls', closedCase());
    for (const fact of [
      'iam:PutUserPolicy',
      '&quot;SecretString&quot;: &quot;(withheld)&quot;',
      'ResourceNotFoundException',
      '5f0e7c1a-0000-4000-8000-0000000000',
    ])
      expect(calls).toContain(fact);
  });

  it('says of a parked case why, what it needs, and what is cut so far', () => {
    expect(claim(parkedCase())).toContain('It needs an approval.');
    expect(claim(parkedCase())).toContain(`Cut so far: key ${oldKey}; sessions issued by invoice-export.`);
    expect(section('open', parkedCase())).toContain('rotate-access-key of');
  });

  it('says of an observed case that nothing was changed, and what mode enforce would have done', () => {
    expect(claim(observedCase())).toContain('Nothing was changed');
    expect(claim(observedCase())).toContain('Mode enforce would have carried out 3 actions at once.');
    expect(section('plan', observedCase())).toContain('In mode enforce: ✓ auto');
    expect(section('proof', observedCase())).toContain('Nothing was cut, so there is nothing to prove.');
  });

  it('tells a second run apart from the first, and shows what both have cut', () => {
    const [open, contain] = closedCase() as [Statement, Statement];
    const again = structuredClone(contain);
    Object.assign(again.predicate, { number: 3, run: 2 });
    const statements = [open, contain, again];
    expect(section('happened', statements)).toContain('3. contain run 2');
    expect(section('actions', statements)).toMatch(/record 2 .*record 3 /);
  });

  it('tells of a step that failed by the name and message of its error', () => {
    const [open, contain] = closedCase() as [Statement, Statement];
    contain.predicate.facts = { failed: { name: 'AccessDenied', message: 'not today' } };
    expect(section('happened', [open, contain])).toContain('Failed: AccessDenied: not today.');
    expect(claim([open, contain])).toContain('Nothing has been cut.');
  });

  it.each(['no-action', 'excepted', 'nonsense'])('claims no revocation for the verdict %s', (verdict) => {
    const closed = closedCase();
    (closed.at(-1)?.predicate.facts as { verdict: string }).verdict = verdict;
    expect(claim(closed)).not.toContain('revoked');
  });

  it('names the commands that verify it, with --open where the case is not closed', () => {
    expect(section('verify', closedCase())).toContain('rescind evidence verify . --policy policy.json ');
    expect(section('verify', parkedCase())).toContain('--policy policy.json --open');
  });
});

describe('the page', () => {
  it('is the same bytes for the same statements', () => {
    expect(page(closedCase())).toBe(page(structuredClone(closedCase())));
    expect(page(JSON.parse(JSON.stringify(parkedCase())))).toBe(page(parkedCase()));
  });

  it('goes up one version when its bytes change', () => {
    const digest = createHash('sha256').update(page(closedCase())).digest('hex');
    expect([reportVersion, digest]).toMatchInlineSnapshot(`
      [
        1,
        "54cbebd85e2ed06a838748dcd8bd9d7eba6b96810380cf9346620278330d64b8",
      ]
    `);
  });

  it('loads nothing: no script, no frame, no image, no link to elsewhere', () => {
    for (const make of [closedCase, parkedCase, observedCase]) {
      const text = page(make());
      expect(text).not.toMatch(/<(script|iframe|img|link|object|embed|form|base|svg)\b/i);
      expect(text).not.toMatch(/\s(src|action|srcset|on\w+)=/i);
      for (const [, target] of text.matchAll(/href="([^"]*)"/g)) expect(target).toMatch(/^#/);
      expect(text).not.toMatch(/@import|url\(/);
    }
  });

  it('allows its one style sheet by hash and nothing else', () => {
    const text = page(closedCase());
    const style = text.match(/<style>(.*?)<\/style>/s)?.[1] as string;
    const hash = createHash('sha256').update(style).digest('base64');
    expect(text).toContain(`content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; base-uri`);
  });

  it('has no dead link inside', () => {
    for (const make of [closedCase, parkedCase, observedCase]) {
      const text = page(make());
      const ids = new Set([...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id));
      for (const [, target] of text.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target);
    }
  });

  it('gives every table heads with a scope, and every section its heading', () => {
    const text = page(closedCase());
    expect(text).not.toMatch(/<th(?! scope="(col|row)")[\s>]/);
    expect(text.match(/<section /g)?.length).toBe(text.match(/<section aria-labelledby="(\w+)"><h2 id="\1">/g)?.length);
    expect(text).toContain('<html lang="en">');
  });

  it('adds no markup for any text in the records', () => {
    const shape = (text: string) => text.match(/<\/?[a-z][^>]*?(?=[\s>])/g)?.join('');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (hostile) => {
        const attack = `<img src=x onerror=alert(1)>"'>&${hostile}\u202e\u001b[31m`;
        const text = page(withTexts(closedCase(), (old) => `${old}${attack}`));
        expect(text).not.toContain('<img');
        const bare = text.replaceAll('\n', '');
        expect(visible(bare)).toBe(bare);
        expect(shape(text)).toBe(shape(page(withTexts(closedCase(), (old) => `${old}x`))));
      }),
      { numRuns: 40 },
    );
  });

  it('is made of whatever facts a signed record holds', () => {
    const facts = fc.record(
      {
        identity: fc.jsonValue(),
        findings: fc.array(fc.jsonValue()),
        plan: fc.array(fc.jsonValue()),
        done: fc.jsonValue(),
        user: fc.jsonValue(),
        owner: fc.jsonValue(),
        raci: fc.jsonValue(),
        candidates: fc.jsonValue(),
        rotations: fc.array(fc.jsonValue()),
        blocked: fc.jsonValue(),
        keys: fc.array(fc.jsonValue()),
        credentials: fc.array(fc.record({ rungs: fc.jsonValue() })),
        error: fc.jsonValue(),
        openPoints: fc.jsonValue(),
        verdict: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.constantFrom(...recordSteps), fc.oneof(facts, fc.jsonValue()), (step, told) => {
        const [first] = closedCase() as [Statement];
        const odd = { ...first, predicate: { ...first.predicate, number: 2, step, facts: told } };
        expect(page([first, odd])).toMatch(/<\/html>\n$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the colours', () => {
  const channel = (hex: string) => {
    const value = Number.parseInt(hex, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = (colour: string) => {
    const [red, green, blue] = (colour.match(/[0-9a-f]{2}/g) as string[]).map(channel) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (a: string, b: string) => {
    const [dark, light] = [luminance(a), luminance(b)].toSorted((x, y) => x - y) as [number, number];
    return (light + 0.05) / (dark + 0.05);
  };
  const roles = ['text', 'quiet', 'link', 'good', 'warn', 'bad'] as const;
  const cases = (['light', 'dark'] as const).flatMap((theme) =>
    roles.flatMap((role) => (['page', 'panel'] as const).map((ground) => ({ theme, role, ground }))),
  );
  it.each(cases)('let $role be read on $ground in $theme (4.5:1)', ({ theme, role, ground }) => {
    expect(contrast(palette[theme][role], palette[theme][ground])).toBeGreaterThanOrEqual(4.5);
  });
});
