import { beforeAll, describe, expect, it } from 'vitest';
import { memoryEvidence, memoryRegister } from '#adapters/memory';
import { sha256 } from '#core/digest';
import { executionName } from '#core/ids';
import { takeIn } from '#core/intake/take-in';
import { rawKey } from '#core/run/stored-findings';
import { parseSettings } from '#core/settings';
import { crashGate } from '../../crash-gate.ts';
import { event } from '../../seed.ts';
import { envelope, findingAbout, guarddutyFinding, type Json } from '../../sources/guardduty-finding.ts';

type Status = 'running' | 'ended';

/** Intake with its stores, and a machine that only remembers what was started. */
function intake(crash?: Parameters<typeof crashGate>[0]) {
  const gate = crashGate(crash);
  const register = memoryRegister();
  const evidence = memoryEvidence();
  const executions = new Map<string, Status>();
  const start = async (caseId: string, run: number) => {
    const name = executionName(caseId, run);
    const status = executions.get(name);
    if (status) return status;
    executions.set(name, 'running');
    return 'started' as const;
  };
  const around = {
    register: gate.guard('register', register),
    evidence: gate.guard('evidence', evidence),
    start: (caseId: string, run: number) => gate.through('machine.start', () => start(caseId, run)),
    settings: parseSettings({}),
    byRule: true,
    now: () => new Date('2026-08-20T10:00:00.000Z'),
  };
  const receive = (about: unknown) => {
    gate.revive();
    return takeIn(typeof about === 'string' ? about : JSON.stringify(about), around);
  };
  return { gate, register, evidence, executions, receive };
}

/** What stands after an event has been taken in, as far as anybody can see. */
async function standing({ register, evidence, executions }: ReturnType<typeof intake>) {
  const cases = await register.list(10);
  const findings = await Promise.all(cases.map(({ id }) => register.findings(id)));
  return { cases, findings, objects: [...evidence.objects.keys()], executions: [...executions] };
}

const again = async (made: ReturnType<typeof intake>, about: unknown) => {
  for (let tries = 0; tries < 5; tries += 1) {
    try {
      return await made.receive(about);
    } catch {
      // The queue delivers it again.
    }
  }
  throw new Error('the message went to the dead letters');
};

async function opening(made: ReturnType<typeof intake>): Promise<{ caseId: string }> {
  const [taken] = await made.receive(event());
  if (taken?.outcome !== 'opened') throw new Error('no case was opened');
  return taken;
}

describe('an event that is taken in', () => {
  it('is stored as received, opens a case and starts its first run', async () => {
    const made = intake();
    const about = event();
    const [taken] = await made.receive(about);
    expect(taken).toMatchObject({ outcome: 'opened', run: 1 });
    expect([...made.executions.keys()]).toEqual([executionName((taken as { caseId: string }).caseId, 1)]);
    const stored = made.evidence.objects.get(rawKey(sha256(JSON.stringify(about))));
    expect(Buffer.from(stored ?? []).toString()).toBe(JSON.stringify(about));
  });

  it('starts no second run when it is delivered twice', async () => {
    const made = intake();
    const about = event();
    await made.receive(about);
    expect(await made.receive(about)).toMatchObject([{ outcome: 'repeated', run: 1 }]);
    expect(made.executions.size).toBe(1);
  });

  it('opens no case and stores nothing where it is not ours', async () => {
    const made = intake();
    expect(await made.receive(envelope({}, { source: 'aws.ec2', 'detail-type': 'EC2 state' }))).toMatchObject([
      { outcome: 'ignored' },
    ]);
    expect(await standing(made)).toEqual({ cases: [], findings: [], objects: [], executions: [] });
  });

  it.each<[string, string | Json]>([
    ['is not JSON', '{'],
    ['lacks its account', envelope(guarddutyFinding({ accountId: undefined }))],
  ])('goes back to the queue where it %s, for people to see', async (_, body) => {
    await expect(intake().receive(body)).rejects.toThrow();
  });
});

describe('whatever fails half-way', () => {
  const whole = intake();
  const about = envelope(findingAbout({}, { id: 'half-way' }));
  let length = 0;
  beforeAll(async () => {
    await whole.receive(about);
    length = whole.gate.passed.length;
  });

  it.each(['before', 'after'] as const)(
    'is made up for by the next delivery, wherever the first one died (%s the call)',
    async (when) => {
      const expected = await standing(whole);
      expect(length).toBeGreaterThan(2);
      for (let at = 1; at <= length; at += 1) {
        const made = intake({ at, when, kind: 'retried' });
        await again(made, about);
        expect(await standing(made)).toEqual(expected);
      }
    },
  );

  it.each(['before', 'after'] as const)('loses no later finding either (%s the call)', async (when) => {
    for (let at = length + 1; at <= 2 * length; at += 1) {
      const made = intake({ at, when, kind: 'retried' });
      const second = event();
      await again(made, about);
      await again(made, second);
      const [found] = await made.register.list(10);
      expect(found?.attached).toBe(2);
      expect(made.executions.size).toBe(1);
    }
  });
});

describe('a run that ended without taking the finding', () => {
  it('is followed by the next one', async () => {
    const made = intake();
    const taken = await opening(made);
    made.executions.set(executionName(taken.caseId, 1), 'ended');
    expect(await made.receive(event())).toMatchObject([{ outcome: 'joined', run: 2 }]);
    expect([...made.executions]).toContainEqual([executionName(taken.caseId, 2), 'running']);
  });
});

describe('a case that is being closed', () => {
  const closing = async () => {
    const made = intake();
    const taken = await opening(made);
    const found = await made.register.load(taken.caseId);
    const sealed = await made.register.update(found, { taken: 1, closing: true });
    return { ...made, caseId: taken.caseId, sealed: sealed as typeof found };
  };

  it('leaves the new finding in the queue until it is closed', async () => {
    const made = await closing();
    await expect(made.receive(event())).rejects.toMatchObject({ name: 'Retryable' });
    expect(await made.register.findings(made.caseId)).toHaveLength(1);
  });

  it('goes on in a next run where its run died over its last record', async () => {
    const made = await closing();
    made.executions.set(executionName(made.caseId, 1), 'ended');
    expect(await made.receive(event())).toMatchObject([{ outcome: 'joined', caseId: made.caseId, run: 2 }]);
  });

  it('stays closed where it was closed just before intake looked at its run', async () => {
    const made = await closing();
    const { attach } = made.register;
    let looks = 0;
    made.register.attach = async (...input) => {
      const attachment = await attach(...input);
      looks += 1;
      if (looks === 1) {
        await made.register.close(made.sealed, { stage: 'closed', closing: false });
        made.executions.set(executionName(made.caseId, 1), 'ended');
      }
      return attachment;
    };
    const [taken] = await made.receive(event());
    expect(taken).toMatchObject({ outcome: 'opened', run: 1 });
    expect(await made.register.load(made.caseId)).toMatchObject({ stage: 'closed', run: 1 });
  });
});
