import { describe, expect, it } from 'vitest';
import type { Case } from '#core/case';
import type { RescindError } from '#core/error';
import type { Finding } from '#core/finding';
import type { Register } from '#core/register';
import { finding, identity, keyOnly } from '../build-finding.ts';

const at = '2026-08-20T10:00:00.000Z';
const asked = { control: 'reopen', run: 1 } as const;
const later = '2999-01-01T00:00:00.000Z';
let fresh = 0;
/** Each test has a user of its own, so that all may run against one table. */
const someone = () => {
  fresh += 1;
  const suffix = `${Date.now()}${String(fresh).padStart(6, '0')}`;
  return identity(`user-${suffix}`, `AKIA${suffix}`);
};
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    ({ code }: RescindError) => code,
  );

/** What every register keeps, whatever stands behind it: run it over the table and over its twin in memory. */
export function registerContract(name: string, makeRegister: () => Register | Promise<Register>): void {
  describe(`${name} as a register of cases`, () => {
    const opened = async (about = finding({ identity: someone() })) => {
      const register = await makeRegister();
      const { caseId } = await register.attach(about, at, 'enforce');
      return { register, about, caseId, found: await register.load(caseId) };
    };
    const closed = async () => {
      const made = await opened();
      const taken = (await made.register.update(made.found, { taken: 1 })) as Case;
      const sealed = (await made.register.update(taken, { closing: true }, { allTaken: true })) as Case;
      await made.register.close(sealed, { stage: 'closed', closing: false });
      return made;
    };

    it('opens a case for the first finding of an identity', async () => {
      const { found } = await opened();
      expect(found).toMatchObject({ stage: 'opened', run: 1, attached: 1, taken: 0, version: 1 });
    });

    it('names what it does not know', async () => {
      const register = await makeRegister();
      expect(await codeOf(register.load('c-0000000000000000'))).toBe('CASE_UNKNOWN');
    });

    it('attaches a further finding to the open case, in the order of arrival', async () => {
      const { register, about, caseId } = await opened();
      const second = finding({ identity: about.identity });
      expect(await register.attach(second, at, 'enforce')).toEqual({
        caseId,
        run: 1,
        outcome: 'joined',
        waiting: true,
      });
      const rows = await register.findings(caseId);
      expect(rows.map(({ id, seq }) => [id, seq])).toEqual([
        [about.id, 1],
        [second.id, 2],
      ]);
    });

    it('gives findings that come at once to one case', async () => {
      const register = await makeRegister();
      const about = someone();
      const all = await Promise.all(
        [1, 2, 3, 4].map(() => register.attach(finding({ identity: about }), at, 'enforce')),
      );
      const [caseId, ...others] = new Set(all.map((attachment) => attachment.caseId));
      expect(others).toEqual([]);
      expect((await register.findings(caseId ?? '')).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    });

    it('joins on any alias, and learns the stronger identity from a finding of more urgency', async () => {
      const about = someone();
      const alone = keyOnly(about.aliases[0]?.slice(11));
      const { register, caseId } = await opened(finding({ identity: alone, signal: 'blocking' }));
      const told = finding({ identity: about, signal: 'blocking' });
      expect(await register.attach(told, at, 'enforce')).toMatchObject({ caseId, outcome: 'joined' });
      expect((await register.load(caseId)).identity).toEqual(alone);
      await register.attach(finding({ identity: about, signal: 'immediate' }), at, 'enforce');
      const third = finding({ identity: { ...about, aliases: [about.key] } });
      expect(await register.attach(third, at, 'enforce')).toMatchObject({ caseId, outcome: 'joined' });
      expect((await register.load(caseId)).identity.key).toBe(about.key);
    });

    describe('of two users who are said to hold one key', () => {
      const both = () => {
        const [mallory, bob] = [someone(), someone()];
        return { mallory, bob: { ...bob, aliases: [mallory.aliases[0] ?? '', bob.key].toSorted() } };
      };

      it('opens a case for each, and leaves the key to the first', async () => {
        const { mallory, bob } = both();
        const { register, caseId } = await opened(finding({ identity: mallory }));
        const own = await register.attach(finding({ identity: bob }), at, 'enforce');
        expect(own.outcome).toBe('opened');
        for (const [identity, joined] of [
          [bob, own.caseId],
          [mallory, caseId],
          [keyOnly(mallory.aliases[0]?.slice(11)), caseId],
        ] as const)
          expect(await register.attach(finding({ identity }), at, 'enforce')).toMatchObject({
            caseId: joined,
            outcome: 'joined',
          });
      });

      it('gives each its case, however many findings come at once', async () => {
        const register = await makeRegister();
        const { mallory, bob } = both();
        const who = [mallory, bob, mallory, bob];
        const all = await Promise.all(who.map((identity) => register.attach(finding({ identity }), at, 'enforce')));
        const ids = all.map(({ caseId }) => caseId);
        expect(ids.slice(2)).toEqual(ids.slice(0, 2));
        expect(new Set(ids).size).toBe(2);
      });

      it('closes the one without the key of the other', async () => {
        const { mallory, bob } = both();
        const { register, caseId } = await opened(finding({ identity: mallory }));
        const own = await register.attach(finding({ identity: bob }), at, 'enforce');
        await register.close(await register.load(own.caseId), { stage: 'closed' });
        const news = finding({ identity: keyOnly(mallory.aliases[0]?.slice(11)) });
        expect(await register.attach(news, at, 'enforce')).toMatchObject({ caseId, outcome: 'joined' });
      });
    });

    it('takes a repeat as the same finding, which waits until a run has taken it', async () => {
      const { register, about, found } = await opened();
      const repeat = { ...about, raw: 'f'.repeat(64) };
      expect(await register.attach(repeat, at, 'enforce')).toMatchObject({ outcome: 'repeated', waiting: true });
      await register.update(found, { taken: 1 });
      expect(await register.attach(repeat, at, 'enforce')).toMatchObject({ outcome: 'repeated', waiting: false });
    });

    it('refuses a write over another one', async () => {
      const { register, found } = await opened();
      await register.update(found, { taken: 1 });
      expect(await codeOf(register.update(found, { taken: 2 }))).toBe('CASE_CHANGED');
    });

    it('refuses a write of a run that has lost the case', async () => {
      const { register, caseId, found } = await opened();
      await register.nextRun(caseId, 1);
      expect(await codeOf(register.update(found, { taken: 1 }))).toBe('CASE_CHANGED');
    });

    it('keeps what a write does not name', async () => {
      const { register, found, about } = await opened();
      await register.attach(finding({ identity: about.identity }), at, 'enforce');
      await register.update(found, { taken: 1 });
      expect(await register.load(found.id)).toMatchObject({ attached: 2, taken: 1, version: 2 });
    });

    it('does not seal a case while a finding waits', async () => {
      const { register, found } = await opened();
      expect(await register.update(found, { closing: true }, { allTaken: true })).toBe('findings-wait');
    });

    it('attaches nothing to a sealed case', async () => {
      const { register, found, about } = await opened();
      const taken = (await register.update(found, { taken: 1 })) as Case;
      await register.update(taken, { closing: true }, { allTaken: true });
      const next = finding({ identity: about.identity });
      expect(await register.attach(next, at, 'enforce')).toMatchObject({ outcome: 'closing', waiting: false });
      expect(await register.findings(found.id)).toHaveLength(1);
    });

    it('closes a case that also names somebody who has an open case of their own, and leaves that one its names', async () => {
      const { register, about, found } = await opened();
      const theirs = finding({ identity: someone() });
      const { caseId: other } = await register.attach(theirs, at, 'enforce');
      const aliases = [...about.identity.aliases, ...theirs.identity.aliases].toSorted();
      const both = finding({ identity: { ...about.identity, aliases } });
      await register.attach(both, at, 'enforce');
      const joined = await register.load(found.id);
      const taken = (await register.update(joined, { taken: joined.attached })) as Case;
      const sealed = (await register.update(taken, { closing: true }, { allTaken: true })) as Case;
      expect((await register.close(sealed, { stage: 'closed', closing: false })).stage).toBe('closed');
      const again = finding({ identity: theirs.identity });
      expect(await register.attach(again, at, 'enforce')).toMatchObject({ caseId: other, outcome: 'joined' });
    });

    it('opens a next case for a new finding once the case is closed', async () => {
      const { register, about, caseId } = await closed();
      const next = await register.attach(finding({ identity: about.identity }), at, 'enforce');
      expect(next).toMatchObject({ outcome: 'opened', waiting: true });
      expect(next.caseId).not.toBe(caseId);
    });

    it('does nothing for an exact duplicate after the closing', async () => {
      const { register, about, caseId } = await closed();
      expect(await register.attach(about, at, 'enforce')).toEqual({
        caseId,
        run: 1,
        outcome: 'repeated',
        waiting: false,
      });
    });

    it('reopens the case for a repeat that was seen after the closing', async () => {
      const { register, about, caseId } = await closed();
      const again = { ...about, observedAt: later };
      expect(await register.attach(again, at, 'enforce')).toEqual({ caseId, run: 2, outcome: 'joined', waiting: true });
      const other = finding({ identity: about.identity });
      expect(await register.attach(other, at, 'enforce')).toMatchObject({ caseId, run: 2 });
    });

    it('does nothing for a late duplicate of any of its findings, the first or not', async () => {
      const { register, about, found } = await opened();
      const second = finding({ identity: about.identity });
      await register.attach(second, at, 'enforce');
      const taken = (await register.update(found, { taken: 2 })) as Case;
      await register.close(taken, { stage: 'closed' });
      expect(await register.attach(second, at, 'enforce')).toMatchObject({
        caseId: found.id,
        outcome: 'repeated',
        waiting: false,
      });
    });

    it('begins the next run of a parked case with a new finding, and with nothing of the last run', async () => {
      const { register, about, caseId, found } = await opened();
      const facts = { park: { reason: 'r', needs: 'n', error: null } };
      const work = { before: { cut: 'kept' }, rotation: { a: { oldKeyId: 'k', keysBefore: [], orphans: [] } } };
      await register.update(found, { taken: 1, stage: 'parked', facts, work });
      const joined = await register.attach(finding({ identity: about.identity }), at, 'enforce');
      expect(joined).toEqual({ caseId, run: 2, outcome: 'joined', waiting: true });
      expect(await register.load(caseId)).toMatchObject({
        stage: 'opened',
        run: 2,
        facts: {},
        work: { before: { cut: 'kept' } },
      });
      expect((await register.load(caseId)).work.rotation).toBeUndefined();
    });

    it('starts nothing for a repeat on a parked case', async () => {
      const { register, about, found } = await opened();
      await register.update(found, { taken: 1, stage: 'parked' });
      const again = { ...about, observedAt: later };
      expect(await register.attach(again, at, 'enforce')).toMatchObject({
        run: 1,
        outcome: 'repeated',
        waiting: false,
      });
    });

    it('opens a next run where the last one died with a finding untaken, once', async () => {
      const { register, caseId } = await opened();
      expect(await register.nextRun(caseId, 1)).toBe(2);
      expect(await register.nextRun(caseId, 1)).toBe(2);
    });

    it('opens a next run where the last one died while it was closing', async () => {
      const { register, caseId, found } = await opened();
      const taken = (await register.update(found, { taken: 1 })) as Case;
      await register.update(taken, { closing: true }, { allTaken: true });
      expect(await register.nextRun(caseId, 1)).toBe(2);
      expect(await register.load(caseId)).toMatchObject({ closing: false, stage: 'opened' });
    });

    it('opens no next run of a closed case', async () => {
      const { register, caseId } = await closed();
      expect(await register.nextRun(caseId, 1)).toBe(1);
      expect(await register.load(caseId)).toMatchObject({ stage: 'closed', run: 1 });
    });

    it('says when a case was closed', async () => {
      const { register, caseId } = await closed();
      expect(Date.parse((await register.load(caseId)).closedAt ?? '')).not.toBeNaN();
    });

    it('reopens a closed case, whose identity is its own again', async () => {
      const { register, caseId, about } = await closed();
      expect(await register.reopen(caseId, 'guarded', asked)).toEqual({ caseId, run: 2, outcome: 'reopened' });
      expect(await register.load(caseId)).toMatchObject({ stage: 'opened', run: 2, mode: 'guarded', facts: {} });
      const next = finding({ identity: about.identity });
      expect(await register.attach(next, at, 'enforce')).toMatchObject({ caseId, outcome: 'joined' });
    });

    it('reopens a case once, however often it is asked', async () => {
      const { register, caseId } = await closed();
      const all = await Promise.all([1, 2, 3].map(() => register.reopen(caseId, 'enforce', asked)));
      expect(all.map(({ outcome }) => outcome).toSorted()).toEqual(['reopened', 'running', 'running']);
      expect((await register.load(caseId)).run).toBe(2);
    });

    it('leaves a case alone that has rested again since the run that was asked about', async () => {
      const { register, caseId } = await closed();
      await register.reopen(caseId, 'enforce', asked);
      await register.close((await register.update(await register.load(caseId), {})) as Case, { stage: 'closed' });
      expect(await register.reopen(caseId, 'enforce', asked)).toEqual({ caseId, run: 2, outcome: 'gone-on' });
    });

    it('knows of a retry what the operator has been told of, and of no other reopening', async () => {
      for (const [control, accepted] of [
        ['retry', ['AKIA9']],
        ['reopen', []],
      ] as const) {
        const { register, caseId, found } = await opened();
        const verify = {
          verdict: 'contained-not-proven',
          credentials: [],
          openPoints: [],
          strangers: ['AKIA9'],
        } as const;
        await register.update(found, { stage: 'parked', facts: { verify: verify as never } });
        await register.reopen(caseId, 'enforce', { control, run: 1 });
        expect((await register.load(caseId)).accepted).toEqual(accepted);
      }
    });

    it('reopens a closed case also where its identity has another one open, which keeps the names', async () => {
      const { register, caseId, about } = await closed();
      const other = await register.attach(finding({ identity: about.identity }), at, 'enforce');
      expect(await register.reopen(caseId, 'enforce', asked)).toEqual({ caseId, run: 2, outcome: 'reopened' });
      const next = finding({ identity: about.identity });
      expect(await register.attach(next, at, 'enforce')).toMatchObject({ caseId: other.caseId, outcome: 'joined' });
      await register.close(await register.load(caseId), { stage: 'closed' });
      const third = finding({ identity: about.identity });
      expect(await register.attach(third, at, 'enforce')).toMatchObject({ caseId: other.caseId, outcome: 'joined' });
    });

    it('learns a name that leads nowhere, and tells of the case that another leads to', async () => {
      const { register, found } = await opened();
      const other = await register.attach(
        finding({ identity: identity('bob', 'AKIA7777000077770000') }),
        at,
        'enforce',
      );
      expect(await register.learn(found, ['user/111122223333/carol', 'user/111122223333/bob'])).toEqual([other.caseId]);
      expect(await register.learn(found, ['user/111122223333/carol'])).toEqual([]);
      const about = finding({ identity: identity('carol', 'AKIA8888000088880000') });
      expect(await register.attach(about, at, 'enforce')).toMatchObject({ caseId: found.id, outcome: 'joined' });
    });

    it('loses no name that a case learns while a finding joins it', async () => {
      for (let behind = 0; behind < 10; behind += 1) {
        const [holder, said] = [someone(), someone()];
        const { register, caseId, found } = await opened(finding({ identity: keyOnly(holder.aliases[0]?.slice(11)) }));
        const identity = { ...found.identity, aliases: holder.aliases };
        const also = finding({ identity: { ...said, aliases: [...found.identity.aliases, said.key] } });
        const attaching = register.attach(also, at, 'enforce');
        for (let ticks = behind; ticks > 0; ticks -= 1) await Promise.resolve();
        await Promise.all([attaching, register.update(found, { identity })]);
        expect((await register.load(caseId)).identity.aliases).toContain(holder.key);
      }
    });

    it('leaves a run alone that goes on, unless it is known to be dead', async () => {
      const { register, caseId } = await opened();
      expect(await register.reopen(caseId, 'enforce', asked)).toEqual({ caseId, run: 1, outcome: 'running' });
      expect(await register.reopen(caseId, 'enforce', { ...asked, deadRun: 1 })).toEqual({
        caseId,
        run: 2,
        outcome: 'reopened',
      });
      expect(await register.reopen(caseId, 'enforce', { ...asked, deadRun: 1 })).toEqual({
        caseId,
        run: 2,
        outcome: 'running',
      });
    });

    it('says of a case that is being closed that it is', async () => {
      const { register, caseId, found } = await opened();
      const taken = (await register.update(found, { taken: 1 })) as Case;
      await register.update(taken, { closing: true }, { allTaken: true });
      expect(await register.reopen(caseId, 'enforce', asked)).toMatchObject({ outcome: 'closing' });
    });

    it('keeps the stop switch as it was set last', async () => {
      const register = await makeRegister();
      const stop = { stopped: true, by: 'olga', at, reason: `forged ${Date.now()}` };
      await register.setStopSwitch(stop);
      expect(await register.stopSwitch()).toEqual(stop);
      await register.setStopSwitch({ ...stop, stopped: false });
      expect(await register.stopSwitch()).toMatchObject({ stopped: false });
    });

    it('counts runs by the hour, each once and no more than it may, however many come at once', async () => {
      const register = await makeRegister();
      const hour = `hour-${Date.now()}`;
      const runs = Array.from({ length: 6 }, (_, n) => `c-${n}-1`);
      const first = await Promise.all(runs.map((run) => register.countCut(run, hour, 4)));
      expect(first.filter(Boolean)).toHaveLength(4);
      expect(await Promise.all(runs.map((run) => register.countCut(run, hour, 4)))).toEqual(first);
      expect(await register.countCut('c-9-1', `${hour}-next`, 4)).toBe(true);
      expect(await Promise.all([hour, `${hour}-next`, `${hour}-later`].map(register.cutsIn))).toEqual([4, 1, 0]);
    });

    it('joins news to the open case, and opens none for it', async () => {
      const { register, about, caseId } = await opened();
      const news = finding({ identity: about.identity });
      expect(await register.isOpenFor(news)).toBe(true);
      expect(await register.join(news, at, 'enforce')).toMatchObject({ caseId, outcome: 'joined', waiting: true });
      expect(await register.join(news, at, 'enforce')).toMatchObject({ caseId, outcome: 'repeated' });
      const alone = finding({ identity: someone() });
      expect([await register.isOpenFor(alone), await register.join(alone, at, 'enforce')]).toEqual([false, null]);
    });

    it.each([
      ['a drill', 'the real case', false],
      ['what is real', 'the drill', true],
    ])(
      'lets %s neither join %s of its identity nor be hidden by it, though it has the id of its finding',
      async (_, __, simulated) => {
        const { register, about, caseId } = await opened(finding({ identity: someone(), simulated }));
        const other = { ...about, simulated: !simulated };
        expect([await register.isOpenFor(other), await register.join(other, at, 'enforce')]).toEqual([false, null]);
        expect(await register.repeated(other)).toBeNull();
        const next = await register.attach(other, at, 'enforce');
        expect(next).toMatchObject({ outcome: 'opened', waiting: true });
        expect(next.caseId).not.toBe(caseId);
        expect(next.caseId).toMatch(/^c-[0-9a-f]{16}$/);
        const more = [
          finding({ identity: about.identity, simulated }),
          finding({ identity: about.identity, simulated: !simulated }),
        ];
        const joined = await Promise.all(more.map((each) => register.attach(each, at, 'enforce')));
        expect(joined.map((each) => each.caseId)).toEqual([caseId, next.caseId]);
        expect((await register.load(caseId)).identity.aliases).toEqual(about.identity.aliases);
      },
    );

    it('closes and reopens a drill without the names of the real case beside it', async () => {
      const { register, about, caseId, found } = await opened(finding({ identity: someone(), simulated: true }));
      const real = await register.attach({ ...about, simulated: false }, at, 'enforce');
      const taken = (await register.update(found, { taken: 1 })) as Case;
      await register.close(taken, { stage: 'closed' });
      const next = finding({ identity: about.identity });
      expect(await register.attach(next, at, 'enforce')).toMatchObject({ caseId: real.caseId, outcome: 'joined' });
      expect(await register.reopen(caseId, 'enforce', asked)).toEqual({ caseId, run: 2, outcome: 'reopened' });
      const drill = finding({ identity: about.identity, simulated: true });
      expect(await register.attach(drill, at, 'enforce')).toMatchObject({ caseId, outcome: 'joined' });
    });

    it('tells a drill nothing that is real, nor what is real anything of a drill', async () => {
      const register = await makeRegister();
      for (const simulated of [true, false]) {
        const about = finding({ identity: someone(), simulated });
        await register.hear(about, 'the event', 1000);
        expect(await register.heard(about, 999)).toEqual(['the event']);
        expect(await register.heard({ ...about, simulated: !simulated }, 999)).toEqual([]);
      }
    });

    describe('of an update of one of its findings', () => {
      const other = (about: Finding, suffix = '9') => {
        const keyId = `${about.credential.accessKeyId}${suffix}`;
        const identity = { ...about.identity, aliases: [`access-key/${keyId}`, about.identity.key] };
        return { ...about, identity, credential: { accessKeyId: keyId }, raw: 'e'.repeat(64) };
      };
      const blocking = () => {
        const identity = someone();
        const credential = { accessKeyId: identity.aliases[0]?.slice(11) ?? '' };
        return finding({ identity, credential, signal: 'blocking' });
      };

      it.each<[string, (about: Finding) => Finding]>([
        ['another key', other],
        ['a stronger signal', (about) => ({ ...about, signal: 'immediate', raw: 'e'.repeat(64) })],
      ])('attaches one that names %s, once, and keeps both', async (_, change) => {
        const { register, about, caseId } = await opened(blocking());
        const update = change(about);
        expect(await register.repeated(update)).toBeNull();
        expect(await register.attach(update, at, 'enforce')).toEqual({
          caseId,
          run: 1,
          outcome: 'joined',
          waiting: true,
        });
        for (const again of [update, about, { ...update, raw: 'd'.repeat(64) }])
          expect(await register.attach(again, at, 'enforce')).toMatchObject({ caseId, outcome: 'repeated' });
        const rows = await register.findings(caseId);
        expect(rows.map(({ id, seq, raw }) => [id, seq, raw])).toEqual([
          [about.id, 1, about.raw],
          [about.id, 2, update.raw],
        ]);
      });

      it('starts the next run of a parked case for one that names another key, and for no other', async () => {
        const { register, about, caseId, found } = await opened(blocking());
        await register.update(found, { taken: 1, stage: 'parked' });
        const counted = { ...about, raw: 'd'.repeat(64), observedAt: later };
        expect(await register.attach(counted, at, 'enforce')).toMatchObject({ run: 1, outcome: 'repeated' });
        expect(await register.attach(other(about), at, 'enforce')).toMatchObject({ caseId, run: 2, outcome: 'joined' });
      });

      it('reopens its closed case for one that names another key, whenever that was seen', async () => {
        const { register, about, caseId, found } = await opened(blocking());
        await register.close((await register.update(found, { taken: 1 })) as Case, { stage: 'closed' });
        const update = { ...other(about), observedAt: '2000-01-01T00:00:00.000Z' };
        expect(await register.attach(update, at, 'enforce')).toMatchObject({ caseId, run: 2, outcome: 'joined' });
      });

      it('keeps the row of the one that opened the case, and one row of each other that names the same', async () => {
        const { register, about, caseId } = await opened(blocking());
        const seen = ['2990-01-01T00:00:00.000Z', '2991-01-01T00:00:00.000Z', later];
        for (const observedAt of seen) {
          const found = await register.load(caseId);
          await register.close((await register.update(found, { taken: found.attached })) as Case, { stage: 'closed' });
          await register.attach({ ...about, observedAt, raw: 'd'.repeat(64) }, at, 'enforce');
        }
        const rows = await register.findings(caseId);
        expect(rows.map(({ seq, observedAt }) => [seq, observedAt])).toEqual([
          [1, about.observedAt],
          [4, later],
        ]);
      });

      it('attaches what it names once, however many come at once', async () => {
        const { register, about, caseId } = await opened(blocking());
        const updates = [other(about), other(about), other(about, '8'), about, other(about)];
        await Promise.all(updates.map((update) => register.attach(update, at, 'enforce')));
        expect((await register.findings(caseId)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
      });
    });

    it('takes an update that is about somebody else for a finding like any other, and back again', async () => {
      const { register, about, caseId, found } = await opened();
      const bob = someone();
      const turned = { ...about, identity: bob, raw: 'e'.repeat(64) };
      const own = await register.attach(turned, at, 'enforce');
      expect(own.outcome).toBe('opened');
      expect((await register.load(caseId)).identity).toEqual(about.identity);
      const next = finding({ identity: bob });
      expect(await register.attach(next, at, 'enforce')).toMatchObject({ caseId: own.caseId, outcome: 'joined' });
      await register.close((await register.update(found, { taken: 1 })) as Case, { stage: 'closed' });
      const back = { ...about, identity: { ...about.identity, uniqueId: 'AIDA9999000099990000B' } };
      expect(await register.attach(back, at, 'enforce')).toMatchObject({ caseId, run: 2, outcome: 'joined' });
    });

    it('loses no finding to an id that another source has used for the same identity', async () => {
      const { register, about, caseId } = await closed();
      const other = { ...about, source: 'health' };
      expect(await register.attach(other, at, 'enforce')).toEqual({ caseId, run: 2, outcome: 'joined', waiting: true });
      expect((await register.findings(caseId)).map(({ source }) => source)).toEqual([about.source, 'health']);
    });

    it.each([
      ['advisory', 'repeated'],
      ['blocking', 'joined'],
    ] as const)(
      'of a finding that is %s, and whose closed case has cut nothing, takes one that is seen again as %s',
      async (signal, outcome) => {
        const { register, about, caseId, found } = await opened(finding({ identity: someone(), signal }));
        await register.close((await register.update(found, { taken: 1 })) as Case, { stage: 'closed' });
        expect(await register.attach({ ...about, observedAt: later }, at, 'enforce')).toMatchObject({
          caseId,
          outcome,
        });
      },
    );

    it('leaves a closed case closed, whatever it has cut, for an advisory finding that is seen again', async () => {
      const { register, about, caseId, found } = await opened(finding({ identity: someone(), signal: 'advisory' }));
      const cuts = [{ done: [], cutoff: at, cutAt: at, user: null, role: null }];
      await register.close((await register.update(found, { taken: 1, cuts })) as Case, { stage: 'closed' });
      const again = { ...about, observedAt: later };
      expect(await register.attach(again, at, 'enforce')).toMatchObject({ caseId, run: 1, outcome: 'repeated' });
    });

    describe('of a finding about several actors', () => {
      const several = (...who: Finding['identity'][]) => {
        const key = `unknown/guardduty/several-${who.map(({ name }) => name).join('-')}`;
        const aliases = [...who.flatMap((each) => each.aliases), key].toSorted();
        return finding({ identity: { kind: 'unknown', key, aliases }, credential: {} });
      };

      it('joins it to the case of one of them, and leaves the others to cases of their own', async () => {
        const [alice, bob] = [someone(), someone()];
        const { register, caseId } = await opened(finding({ identity: alice }));
        expect(await register.attach(several(alice, bob), at, 'enforce')).toMatchObject({ caseId, outcome: 'joined' });
        expect((await register.load(caseId)).identity.aliases).toEqual(alice.aliases);
        const own = await register.attach(finding({ identity: bob }), at, 'enforce');
        expect(own.outcome).toBe('opened');
      });

      it('opens a case that none of them joins', async () => {
        const [alice, bob] = [someone(), someone()];
        const about = several(alice, bob);
        const { register, caseId } = await opened(about);
        for (const identity of [alice, bob])
          expect(await register.attach(finding({ identity }), at, 'enforce')).toMatchObject({ outcome: 'opened' });
        expect(await register.attach(about, at, 'enforce')).toMatchObject({ caseId, outcome: 'repeated' });
      });
    });

    it('holds as many names of a case as one transaction can point to it, the strongest of them all', async () => {
      const about = someone();
      const keys = (from: number) =>
        Array.from({ length: 70 }, (_, n) => `access-key/${about.aliases[0]?.slice(11, -3)}${String(from + n)}`);
      const { register, caseId, found } = await opened(
        finding({ identity: { ...keyOnly(), key: keys(100)[0] ?? '', aliases: keys(100), kind: 'external' } }),
      );
      const more = { ...about, aliases: [keys(100)[0] ?? '', ...keys(300), about.key] };
      expect(await register.attach(finding({ identity: more }), at, 'enforce')).toMatchObject({
        caseId,
        outcome: 'joined',
      });
      const joined = await register.load(caseId);
      expect(joined.identity.aliases).toHaveLength(90);
      expect(joined.identity.aliases).toContain(about.key);
      await register.close((await register.update(joined, { taken: 2 })) as Case, { stage: 'closed' });
      expect(await register.reopen(found.id, 'enforce', asked)).toMatchObject({ outcome: 'reopened' });
      const next = finding({ identity: { ...about, aliases: [about.key] } });
      expect(await register.attach(next, at, 'enforce')).toMatchObject({ caseId, outcome: 'joined' });
    });

    it('keeps what it hears of an identity under each of its names, once, and until its time', async () => {
      const register = await makeRegister();
      const about = finding({ identity: someone() });
      for (let times = 0; times < 2; times += 1) await register.hear(about, 'the event', 1000);
      const heard = (aliases: string[], now = 999) =>
        register.heard({ ...about, identity: { ...about.identity, aliases } }, now);
      expect(await heard(about.identity.aliases)).toEqual(['the event']);
      for (const alias of about.identity.aliases) expect(await heard([alias])).toEqual(['the event']);
      expect(await heard(about.identity.aliases, 1000)).toEqual([]);
      expect(await heard(someone().aliases)).toEqual([]);
    });

    it('keeps what it hears of one credential, however much comes of its user', async () => {
      const register = await makeRegister();
      const about = finding({ identity: someone(), observedAt: '2026-08-20T09:00:00.000Z' });
      await register.hear(about, 'made by itself', 1000);
      const identity = { ...about.identity, aliases: [about.identity.key] };
      for (let n = 0; n < 12; n += 1) await register.hear(finding({ identity }), `made by another ${n}`, 1000);
      expect(await register.heard(about, 999)).toContain('made by itself');
    });

    it('knows by its request id which record tells of a call', async () => {
      const register = await makeRegister();
      const [one, two] = [`request-${Date.now()}-1`, `request-${Date.now()}-2`];
      await register.accountFor('c-0123456789abcdef', 2, [one, two]);
      expect(await register.accountOf(two)).toEqual({ caseId: 'c-0123456789abcdef', number: 2 });
      expect(await register.accountOf(`${one}0`)).toBeNull();
    });

    it('lists the cases', async () => {
      const { register, caseId } = await opened();
      expect((await register.list(1000)).map(({ id }) => id)).toContain(caseId);
    });

    it('gives back hostile text as it was given', async () => {
      const id = `f ${'#'.repeat(3)}\u0000"\\ \u202e <script>`;
      const about = finding({ identity: someone(), id: `${id}${fresh}` });
      const { register, caseId } = await opened(about);
      expect((await register.findings(caseId))[0]?.id).toBe(about.id);
    });
  });
}
