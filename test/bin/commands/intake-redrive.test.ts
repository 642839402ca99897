import { describe, expect, it } from 'vitest';
import { intakeRedriveCommand } from '../../../bin/commands/intake-redrive.ts';
import { event } from '../../seed.ts';
import { envelope, guarddutyFinding } from '../../sources/guardduty-finding.ts';

const names = { intake: 'Rescind-Intake', received: 'Rescind-Received', control: 'Rescind-Control' };
const finding = JSON.stringify(event());
const token = JSON.stringify({
  source: 'rescind.received.ssf',
  'detail-type': 'Security Event Token',
  detail: { token: 'a.e30.c' },
});

function around(letters: { body: string; movedFrom?: string }[], undelivered: { body: string }[] = []) {
  const done: string[] = [];
  const [out, err]: [string[], string[]] = [[], []];
  const all = (given: { body: string; movedFrom?: string }[], from: string) => async () =>
    given.map((each, n) => ({ id: `${from}${n}`, remove: async () => void done.push(`remove ${from}${n}`), ...each }));
  const queues = {
    names,
    deadLetters: all(letters, 'd'),
    undelivered: all(undelivered, 'u'),
    send: {
      received: async (body: string) => void done.push(`received ${body.length}`),
      control: async (body: string) => void done.push(`control ${body}`),
    },
  };
  const run = (json = false) =>
    intakeRedriveCommand(
      { limit: 10, json },
      { queues },
      { out: (l) => void out.push(l), err: (l) => void err.push(l) },
    );
  return { run, done, out, err };
}

describe('rescind intake redrive', () => {
  it('sends a finding again, and only then takes it away', async () => {
    const { run, done, out } = around([{ body: finding, movedFrom: names.intake }], [{ body: finding }]);
    expect(await run()).toBe(0);
    expect(done).toEqual([`received ${finding.length}`, 'remove d0', `received ${finding.length}`, 'remove u0']);
    expect(out).toEqual(['redriven d0', 'redriven u0']);
  });

  it('sends a message of our own to the queue that it came from', async () => {
    const { run, done } = around([{ body: '{"control":"retry"}', movedFrom: names.control }]);
    expect([await run(), done]).toEqual([0, ['control {"control":"retry"}', 'remove d0']]);
  });

  it.each([
    ['somebody has put there', { body: finding }, 'SQS has not moved it there itself'],
    ['of another queue', { body: finding, movedFrom: 'other' }, 'it comes from no queue of this deployment'],
    ['that nobody can read', { body: '{', movedFrom: names.intake }, 'NOT_JSON'],
    [
      'that is refused',
      { body: JSON.stringify(envelope(guarddutyFinding({ id: null }))), movedFrom: names.intake },
      'FIELD_',
    ],
    [
      'that came by a rule and says that it was received',
      { body: token, movedFrom: names.intake },
      'no finding is in it',
    ],
  ])('leaves a message %s, and says why', async (_, letter, reason) => {
    const { run, done, out } = around([letter]);
    expect([await run(), done]).toEqual([1, []]);
    expect(out[0]).toMatch(new RegExp(`^left d0: ${reason}`));
  });

  it('answers one list as JSON', async () => {
    const { run, out } = around([{ body: finding, movedFrom: names.received }, { body: finding }]);
    await run(true);
    expect(JSON.parse(out[0] ?? '')).toEqual([
      { id: 'd0', outcome: 'redriven' },
      { id: 'd1', outcome: 'left', reason: expect.any(String) },
    ]);
  });

  it('says so where none waits', async () => {
    const { run, err } = around([]);
    expect([await run(), err]).toEqual([0, ['no dead letter waits']]);
  });
});
