import { describe, expect, it } from 'vitest';
import { memoryEvidence, memoryRegister } from '#adapters/memory';
import type { Case } from '#core/case';
import { sha256 } from '#core/digest';
import type { Finding } from '#core/finding';
import { rawKey, readFindings } from '#core/run/stored-findings';
import { readEvent } from '#core/sources/read';
import { ports } from '../../build-case.ts';
import { event } from '../../seed.ts';
import type { Json } from '../../sources/guardduty-finding.ts';
import { noLists } from '../../sources/read-finding.ts';

const at = '2026-08-20T10:00:00.000Z';
const drill = (about: Json): Json => ({ ...about, source: 'rescind.simulated.guardduty' });

/** A case whose findings are attached as intake does it, and taken. */
async function stored(...events: Json[]) {
  const register = memoryRegister();
  const evidence = memoryEvidence();
  const keep = async (about: Json): Promise<Finding> => {
    const bytes = Buffer.from(JSON.stringify(about));
    await evidence.put(rawKey(sha256(bytes)), bytes);
    const [reading] = readEvent(bytes, { lists: noLists });
    if (reading?.outcome !== 'finding') throw new Error('no finding');
    return reading.finding;
  };
  let caseId = '';
  for (const about of events) caseId = (await register.attach(await keep(about), at, 'enforce')).caseId;
  const found = await register.load(caseId);
  const taken = (await register.update(found, { taken: found.attached })) as Case;
  return {
    register,
    evidence,
    keep,
    taken,
    read: (changes = {}) => readFindings({ ...taken, ...changes }, { register, evidence, ports: ports().ports }),
  };
}
const refused = { code: 'FINDING_UNREADABLE' };

describe('the findings of a case, read again', () => {
  it('are all versions of one finding that name something of their own', async () => {
    const keys = ['AKIA1111222233334444', 'AKIA2222333344445555', 'AKIA3333444455556666'];
    const made = await stored(...keys.map((accessKeyId) => event({ accessKeyId }, { id: 'one' })));
    const { findings, raws, attached } = await made.read();
    expect(findings.map(({ id, credential }) => [id, credential.accessKeyId])).toEqual(keys.map((key) => ['one', key]));
    expect([raws.length, attached.length]).toEqual([3, 3]);
  });

  it('do not reach beyond what the run has taken', async () => {
    const made = await stored(event({}, { id: 'one' }), event({ accessKeyId: 'AKIA2222333344445555' }, { id: 'one' }));
    expect((await made.read({ taken: 1 })).findings).toHaveLength(1);
  });

  it.each([
    ['a drill among what is real', event(), drill(event())],
    ['what is real in a drill', drill(event()), event()],
  ])('stop the run where there is %s', async (_, first, other) => {
    const made = await stored(first);
    const { id, source, raw, signal, why, type, observedAt } = await made.keep(other);
    const stray = { id, source, raw, signal, why, type, observedAt, receivedAt: at, seq: 1 };
    const { findings } = made.register;
    made.register.findings = async (caseId) => [...(await findings(caseId)), stray];
    await expect(made.read()).rejects.toMatchObject(refused);
  });

  it('stop the run where the bytes of one version name another finding', async () => {
    const made = await stored(event({}, { id: 'one' }));
    const { raw } = await made.keep(event({}, { id: 'two' }));
    const { findings } = made.register;
    made.register.findings = async (caseId) => {
      const [first] = await findings(caseId);
      return first ? [first, { ...first, raw }] : [];
    };
    await expect(made.read()).rejects.toMatchObject(refused);
  });

  it.each([true, false])(
    'stop the run where the register says the other thing of them (simulated: %s)',
    async (simulated) => {
      const made = await stored(simulated ? drill(event()) : event());
      await expect(made.read({ simulated: !simulated })).rejects.toMatchObject(refused);
      expect((await made.read()).findings).toMatchObject([{ simulated }]);
    },
  );
});
