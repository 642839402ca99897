import { describe, expect, it } from 'vitest';
import type { ControlMessage } from '#core/intake/take-control';
import { caseRetryCommand } from '../../../bin/commands/case-retry.ts';
import { closedCase, parkedCase } from '../../core/report/sample-cases.ts';
import { caseId } from '../../core/report/sample-identity.ts';
import { printed, storedCase } from '../stored-case.ts';

async function retry(statements: Parameters<typeof storedCase>[0], execution: 'running' | 'ended' = 'ended') {
  const { register } = await storedCase(statements);
  const sent: ControlMessage[] = [];
  const control = async (message: ControlMessage) => void sent.push(message);
  const { io, out, err } = printed();
  const exit = await caseRetryCommand({ caseId }, { register, control, execution: async () => execution }, io);
  return { exit, sent, out, err: err.join() };
}

describe('rescind case retry', () => {
  it('asks for the next run of a parked case', async () => {
    const { exit, sent, out, err } = await retry(parkedCase());
    expect([exit, sent, out]).toEqual([0, [{ control: 'retry', caseId, run: 1 }], [caseId]]);
    expect(err).toContain('asked for run 2');
  });

  it('says of a closed case that a new finding reopens it', async () => {
    const { exit, sent, err } = await retry(closedCase());
    expect([exit, sent]).toEqual([1, []]);
    expect(err).toContain('is closed');
  });

  it('says of a case whose run goes on that it is not parked', async () => {
    const { exit, sent, err } = await retry(closedCase().slice(0, 2), 'running');
    expect([exit, sent]).toEqual([1, []]);
    expect(err).toContain('its run 1 goes on, at stage contained');
  });

  it('takes up a case whose execution has died', async () => {
    const { exit, sent } = await retry(closedCase().slice(0, 2), 'ended');
    expect([exit, sent]).toEqual([0, [{ control: 'retry', caseId, run: 1 }]]);
  });
});
