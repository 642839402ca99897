import { describe, expect, it } from 'vitest';
import type { StopSwitch } from '#core/register';
import { caseShowCommand } from '../../../bin/commands/case-show.ts';
import { casesCommand } from '../../../bin/commands/cases.ts';
import { resumeCommand } from '../../../bin/commands/resume.ts';
import { stopCommand } from '../../../bin/commands/stop.ts';
import { caseId } from '../../core/report/sample-identity.ts';
import { printed, storedCase } from '../stored-case.ts';

async function deployment(standing: StopSwitch | null = null) {
  const stored = await storedCase();
  let stop = standing;
  const register = {
    ...stored.register,
    stopSwitch: async () => stop,
    setStopSwitch: async (to: StopSwitch) => {
      stop = to;
    },
  };
  return { register, caller: async () => 'arn:aws:sts::111122223333:assumed-role/operator/olga', stop: () => stop };
}
const on = { stopped: true, by: 'arn:olga', at: '2026-11-24T09:00:00.000Z', reason: 'forged findings' };

describe('rescind stop', () => {
  it('writes down who stopped, when and why', async () => {
    const deployed = await deployment();
    const { io, err } = printed();
    expect(await stopCommand({ reason: 'forged findings' }, deployed, io)).toBe(0);
    expect(deployed.stop()).toMatchObject({ stopped: true, by: await deployed.caller(), reason: 'forged findings' });
    expect(Date.parse(deployed.stop()?.at ?? '')).not.toBeNaN();
    expect(err.join()).toContain('rescind resume');
  });

  it('leaves a stop as it is that is on already', async () => {
    const deployed = await deployment(on);
    const { io, err } = printed();
    expect(await stopCommand({ reason: 'another' }, deployed, io)).toBe(0);
    expect(deployed.stop()).toEqual(on);
    expect(err).toEqual([
      `the stop switch is on since ${on.at}, set by arn:olga: forged findings; nothing was changed`,
    ]);
  });
});

describe('rescind resume', () => {
  it('switches the stop off and says what stays parked', async () => {
    const deployed = await deployment(on);
    const { io, err } = printed();
    expect(await resumeCommand({ reason: 'the forger is out' }, deployed, io)).toBe(0);
    expect(deployed.stop()).toMatchObject({ stopped: false, reason: 'the forger is out' });
    expect(err.join()).toContain('rescind case retry');
  });

  it('changes nothing where nothing is stopped', async () => {
    const deployed = await deployment();
    const { io, err } = printed();
    expect(await resumeCommand({ reason: '' }, deployed, io)).toBe(0);
    expect([deployed.stop(), err]).toEqual([null, ['the stop switch is off; nothing was changed']]);
  });
});

describe('while the switch is on', () => {
  it.each([false, true])('cases says so on stderr, and data stays data (json %s)', async (json) => {
    const { io, out, err } = printed();
    await casesCommand({ limit: 5, json }, await deployment(on), io);
    expect(err).toEqual([`the stop switch is on since ${on.at}, set by arn:olga: forged findings`]);
    if (json) expect(JSON.parse(out.join(''))).toHaveLength(1);
  });

  it('case show says so', async () => {
    const { io, err } = printed();
    await caseShowCommand({ caseId, json: false }, await deployment(on), io);
    expect(err.join()).toContain('the stop switch is on');
  });
});
