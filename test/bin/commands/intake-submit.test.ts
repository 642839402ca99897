import { describe, expect, it } from 'vitest';
import { intakeSubmitCommand } from '../../../bin/commands/intake-submit.ts';
import { account, userKey } from '../../sources/guardduty-finding.ts';
import { inGit, leaked, result, unverified } from '../../sources/trufflehog-result.ts';

const lines = (...all: (object | string)[]) =>
  all.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
const slack = result({ DetectorName: 'Slack' });

async function submit(stdin: string, { files = ['-'], json = false, refuses = '' } = {}) {
  const [sent, out, err]: string[][] = [[], [], []];
  const received = async (event: string) => {
    if (refuses && event.includes(refuses)) throw new Error('refused');
    sent?.push(event);
  };
  const deployed = {
    queues: { send: { received } },
    place: { account, region: 'eu-central-1' },
  } as unknown as Parameters<typeof intakeSubmitCommand>[1];
  const io = {
    stdin: async () => Buffer.from(stdin),
    out: (line: string) => void out?.push(line),
    err: (line: string) => void err?.push(line),
  };
  const args = { files, json, now: new Date('2026-08-20T09:31:00Z') };
  const exit = await intakeSubmitCommand(args, deployed, io).catch((error: Error) => error.message);
  return { exit, sent: sent ?? [], out: out ?? [], err: err ?? [] };
}

describe('rescind intake submit', () => {
  it('sends a key that was found, and tells its line', async () => {
    const { exit, sent, out, err } = await submit(lines(result()));
    expect([exit, sent.length, err]).toEqual([0, 1, []]);
    expect(out).toEqual([
      expect.stringMatching(new RegExp(`^submitted -:1: TruffleHog:verified: ${userKey}/[0-9a-f]{16}/verified$`)),
    ]);
  });

  it('neither sends nor prints the secret', async () => {
    const bad = `${JSON.stringify(result()).slice(0, -1)},`;
    const text = lines(result(), unverified({ SourceMetadata: inGit({ file: leaked }) }), slack, bad);
    for (const json of [false, true]) {
      const { sent, out, err } = await submit(text, { json });
      expect(sent).toHaveLength(2);
      expect([sent, out, err].flat().join('\n')).not.toContain(leaked);
    }
  });

  it('goes on behind a line that nobody can read, names it by its number, and exits 1', async () => {
    const other = result({ SourceMetadata: inGit({ line: 9 }) });
    const { exit, sent, out } = await submit(lines(result(), '', '{"broken', slack, other));
    expect([exit, sent.length]).toEqual([1, 2]);
    expect(out).toEqual([
      expect.stringMatching(/^submitted -:1: /),
      expect.stringMatching(/^rejected -:3: NOT_JSON: [^{]+$/),
      'ignored -:4: the secret is no key and no session of AWS (this is Slack)',
      expect.stringMatching(/^submitted -:5: /),
    ]);
  });

  it('passes over noise between the lines, and says so', async () => {
    const noise = '{"level":"info-0","ts":"2026-08-20T09:30:00Z","logger":"trufflehog","msg":"finished scanning"}';
    expect(await submit(lines(noise, result()))).toMatchObject({
      exit: 0,
      out: [expect.stringMatching(/^ignored -:1: /), expect.stringMatching(/^submitted -:2: /)],
    });
  });

  it('goes on behind a file that it cannot read, and exits 3', async () => {
    const { exit, sent, err } = await submit(lines(result()), { files: ['/nowhere.ndjson', '-'] });
    expect([exit, sent.length, err]).toEqual([3, 1, [expect.stringMatching(/^cannot read "\/nowhere.ndjson"/)]]);
  });

  it('says so where a scan has found nothing', async () => {
    expect(await submit('')).toMatchObject({ exit: 0, out: [], err: ['nothing to hand over: the input has no line'] });
  });

  it('answers one list as JSON, also of what was sent before AWS refused one', async () => {
    const other = result({ SourceMetadata: inGit({ file: 'other' }) });
    const told = { file: '-', line: 1, outcome: 'submitted', id: expect.any(String), type: 'TruffleHog:verified' };
    const whole = await submit(lines(result(), slack), { json: true });
    expect(JSON.parse(whole.out[0] ?? '')).toEqual([
      told,
      { file: '-', line: 2, outcome: 'ignored', reason: expect.any(String) },
    ]);
    const half = await submit(lines(result(), other), { json: true, refuses: 'other' });
    expect([half.exit, JSON.parse(half.out[0] ?? '')]).toEqual(['refused', [told]]);
  });
});
