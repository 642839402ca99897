import { describe, expect, it } from 'vitest';
import { casesCommand } from '../../../bin/commands/cases.ts';
import { parkedCase } from '../../core/report/sample-cases.ts';
import { caseId } from '../../core/report/sample-identity.ts';
import { printed, storedCase } from '../stored-case.ts';

async function run(deployed: Awaited<ReturnType<typeof storedCase>>, args: { limit?: number; json?: boolean } = {}) {
  const { io, out, err } = printed();
  const exit = await casesCommand({ limit: 20, json: false, ...args }, deployed, io);
  return { exit, out, err };
}

describe('rescind cases', () => {
  it('prints one line a case with identity, stage, verdict, owner and due time', async () => {
    const { exit, out } = await run(await storedCase());
    expect(exit).toBe(0);
    expect(out[1]?.split(/ {2,}/)).toEqual([
      caseId,
      'user/111122223333/invoice-export',
      'closed',
      'immediate',
      'contained-not-proven',
      'billing-platform',
      '2026-11-24 09:14Z',
      '2026-11-24 13:14Z',
      '-',
    ]);
  });

  it('says of a parked case what it needs, and claims no verdict', async () => {
    const { out } = await run(await storedCase(parkedCase()));
    expect(out[1]).toMatch(/ parked .* - .*an approval$/);
  });

  it('prints the rows of the register as one array of JSON', async () => {
    const deployed = await storedCase();
    const { out } = await run(deployed, { json: true });
    expect(JSON.parse(out.join('\n'))).toEqual(JSON.parse(JSON.stringify([deployed.found])));
  });

  it('prints no data where there is no case, and says so on stderr', async () => {
    const { out, err } = await run(await storedCase(), { limit: 0 });
    expect([out, err]).toEqual([[], ['there is no case yet']]);
  });

  it('keeps columns in line whatever a name holds', async () => {
    const deployed = await storedCase();
    deployed.found.identity.key = `user/1/${'\u001b[2J'.repeat(50)}`;
    const { out } = await run(deployed);
    expect(out[1]?.indexOf(' closed ')).toBe((out[0]?.indexOf('STAGE') ?? 0) - 1);
  });
});
