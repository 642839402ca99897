import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { executionName } from '#core/ids';
import { event, seed } from '../../seed.ts';
import type { Json } from '../../sources/guardduty-finding.ts';

type Act = 'finding' | 'asking' | 'run' | 'retry' | 'reopen' | 'rollback' | 'stop' | 'resume';
const act = fc.constantFrom<Act>('finding', 'asking', 'run', 'retry', 'reopen', 'rollback', 'stop', 'resume');
const steps = ['contain', 'triage', 'assign-owner', 'rotate', 'revoke', 'verify', 'close', 'park'] as const;
/** Anything that an operator and the queue may do, in any order, between runs and in the midst of them, and one crash. */
const course = fc.record({
  acts: fc.array(act, { minLength: 1, maxLength: 8 }),
  during: fc.array(fc.record({ step: fc.constantFrom(...steps), what: act.filter((each) => each !== 'run') }), {
    maxLength: 4,
  }),
  crash: fc.option(
    fc.record({
      at: fc.integer({ min: 1, max: 300 }),
      when: fc.constantFrom('before' as const, 'after' as const),
      kind: fc.constantFrom('retried' as const, 'not retried' as const),
    }),
    { nil: undefined },
  ),
});

async function play({ acts, during, crash }: typeof course extends fc.Arbitrary<infer C> ? C : never) {
  const made = seed(crash ? { crash } : {});
  made.alice.policies.set('work', '{}');
  let isStopped = false;
  const whileStopped: string[] = [];
  const queue: (() => Promise<unknown>)[] = [];
  const deliver = (send: () => Promise<unknown>) => send().catch(() => void queue.push(send));
  const seen = () => ({ updatedAt: made.clock.now().toISOString() });
  const asking: Json = { type: 'Persistence:IAMUser/AnomalousBehavior', severity: 5 };
  const newest = async () => (await made.cases()).at(0)?.id;
  const setStop = async (stopped: boolean) => {
    isStopped = stopped;
    await made.register.setStopSwitch({ stopped, by: 'olga', at: seen().updatedAt, reason: 'test' });
  };
  const perform = async (what: Act): Promise<unknown> => {
    const caseId = await newest();
    switch (what) {
      case 'finding':
      case 'asking': {
        const about = event({}, { ...(what === 'asking' ? asking : {}), ...seen() });
        return deliver(() => made.receive(about));
      }
      case 'run':
        return made.drain();
      case 'retry':
      case 'reopen': {
        const reason = what === 'reopen' ? { reason: 'test' } : {};
        return caseId && deliver(() => made.control({ control: what, caseId, ...reason }));
      }
      case 'rollback':
        return caseId && made.rollback(caseId).catch(() => undefined);
      case 'stop':
        return setStop(true);
      case 'resume':
        return setStop(false);
    }
  };
  // Hooks stand before a step begins, so that nothing of it may be done while the switch is on.
  for (const operation of ['iam:UpdateAccessKey', 'iam:PutUserPolicy', 'iam:CreateAccessKey'] as const) {
    const handle = made.aws.handles[operation];
    made.aws.handles[operation] = (input) => {
      if (isStopped) whileStopped.push(operation);
      return handle(input);
    };
  }
  for (const { step, what } of during) made.before[step] = () => perform(what);
  for (const what of acts) {
    await perform(what);
    made.clock.pass(1000);
  }
  await made.drain();
  for (let tries = 0; tries < 5 && queue.length > 0; tries += 1) {
    for (const send of queue.splice(0)) await deliver(send);
    await made.drain();
  }
  return { made, queue, whileStopped };
}

describe('any course of findings, retries, reopenings, rollbacks and stops, and a crash', () => {
  it('changes nothing while stopped, keeps every chain whole, and leaves no case without its next way', async () => {
    await fc.assert(
      fc.asyncProperty(course, async (each) => {
        const { made, queue, whileStopped } = await play(each);
        expect(queue).toEqual([]);
        expect(whileStopped).toEqual([]);
        for (const found of await made.cases()) {
          const records = made.recordsOf(found.id).map(({ predicate }) => predicate);
          expect(records.map(({ number }) => number)).toEqual(records.map((_, index) => index + 1));
          // Where park itself died, the execution is red, and a retry takes the case up.
          if (['closed', 'parked'].includes(found.stage))
            expect(await made.verify(found.id)).toMatchObject({ ok: true });
          else expect(made.executions.get(executionName(found.id, found.run)), found.stage).toBe('FAILED');
        }
      }),
      { numRuns: 200 },
    );
  }, 180_000);

  it('takes back nothing but the denies of cases, and switches no key on', async () => {
    await fc.assert(
      fc.asyncProperty(course, async (each) => {
        const { made } = await play(each);
        expect(made.alice.policies.has('work')).toBe(true);
        const wasCut = made.aws.calls.some(({ operation }) => operation === 'iam:UpdateAccessKey');
        if (wasCut && !each.crash) expect(made.key.status).toBe('Inactive');
        const activated = made.aws.calls.filter(({ input }) => input.Status === 'Active');
        expect(activated).toEqual([]);
      }),
      { numRuns: 100 },
    );
  }, 180_000);
});
