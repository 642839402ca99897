import { expect, it } from 'vitest';
import { memoryRegister } from '#adapters/memory';
import { brakes } from '#core/checks';
import { told } from './build-check.ts';

const settings = { mode: 'enforce', cutsPerHour: 2 };
async function lines(cuts: number, stopped: boolean, hour = '2026-11-24T09') {
  const register = memoryRegister();
  for (let n = 0; n < cuts; n += 1) await register.countCut(`c-${n}-1`, hour, 10);
  await register.setStopSwitch({ stopped, by: 'arn:olga', at: '2026-11-24T09:00:00.000Z', reason: 'forged' });
  return told(brakes, {}, { register, settings });
}

it('nothing holds back, and the mode is told', async () => {
  expect(await lines(1, false)).toEqual(['ok mode enforce; 1 of 2 runs have cut in this hour']);
});

it('the stop switch is told with who set it', async () => {
  expect(await lines(0, true)).toEqual([
    'missing the stop switch is on since 2026-11-24T09:00:00.000Z, set by arn:olga: forged: rescind resume, once you know why',
  ]);
});

it('the limit of the hour is told once it is reached, and of this hour alone', async () => {
  expect(await lines(2, false)).toEqual([
    expect.stringMatching(/^missing 2 runs have cut in this hour, and 2 may \(cutsPerHour\): the next one asks: look/),
  ]);
  expect(await lines(2, false, '2026-11-24T08')).toEqual([expect.stringMatching(/^ok .*0 of 2/)]);
});
