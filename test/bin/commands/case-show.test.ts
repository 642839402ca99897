import { describe, expect, it } from 'vitest';
import { caseShowCommand } from '../../../bin/commands/case-show.ts';
import { lookedCase, observedCase, parkedCase } from '../../core/report/sample-cases.ts';
import { caseId, newKey, oldKey } from '../../core/report/sample-identity.ts';
import { printed, storedCase } from '../stored-case.ts';

async function show(statements?: Parameters<typeof storedCase>[0], json = false) {
  const deployed = await storedCase(statements);
  const { io, out } = printed();
  const exit = await caseShowCommand({ caseId, json }, deployed, io);
  return { exit, out, text: out.join('\n'), deployed };
}

describe('rescind case show', () => {
  it('shows identity, verdict, owner, plan, rotation, rungs, open points and records', async () => {
    const { exit, text, deployed } = await show();
    expect(exit).toBe(0);
    for (const fact of [
      'user/111122223333/invoice-export',
      'verdict   contained-not-proven',
      'billing-platform, by tag owner of arn:',
      `auto deactivate-access-key access-key/${oldKey}`,
      '[contain-immediate-findings-at-once]',
      `${oldKey} -> ${newKey}`,
      'canary-denied passed',
      'log-confirmed not available: no trail',
      'deletion of',
      '2026-11-24 13:14Z',
      ...deployed.found.records.map(({ sha256 }) => sha256),
    ])
      expect(text).toContain(fact);
  });

  it('says of a parked case why it is parked and what it needs', async () => {
    const { text } = await show(parkedCase());
    expect(text).toContain('verdict   none yet');
    expect(text).toMatch(/parked {4}rotate-access-key of .*\nneeds {5}an approval/);
  });

  it('says of an observed case what mode enforce would have done', async () => {
    expect((await show(observedCase())).text).toContain('(mode enforce: auto)');
  });

  it('shows what the look found, where there was one', async () => {
    const { text } = await show(lookedCase());
    expect(text).toContain('verdict   revoked');
    expect(text).toContain('log-confirmed passed: in 12 files of the trail');
    expect(text).toContain('looked    everything that was cut is still cut');
  });

  it('prints the row of the register as JSON', async () => {
    const { out, deployed } = await show(undefined, true);
    expect(JSON.parse(out.join(''))).toEqual(JSON.parse(JSON.stringify(deployed.found)));
  });
});
