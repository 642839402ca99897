import { describe, expect, it } from 'vitest';
import { renderReport } from '#core/report';
import type { Statement } from '#verifier/format';
import { awsError } from './fake-aws.ts';
import { respond, type Seeded, type SeedOptions, seed } from './seed.ts';

const reportOf = (made: Seeded, caseId: string): string =>
  renderReport(made.recordsOf(caseId).map(({ predicate }) => ({ predicate, subject: [] }) as unknown as Statement));

/** A case of mode enforce that is parked, and retried in mode observe. */
async function retriedInObserve(spoil: (made: Seeded) => void, options: SeedOptions = {}) {
  const made = seed(options);
  spoil(made);
  const parked = await respond(made);
  expect(parked.found.stage).toBe('parked');
  Object.assign(made.deployment.settings, { mode: 'observe' });
  const writes = made.aws.writes().length;
  const retry = async () => {
    await made.control({ control: 'retry', caseId: parked.found.id });
    await made.drain();
    return made.register.load(parked.found.id);
  };
  const changed = () => made.aws.writes().length - writes;
  return { ...made, parked: parked.found, retry, changed, report: () => reportOf(made, parked.found.id) };
}

describe('a case that has cut, is parked, and is retried in mode observe', () => {
  /** The tag that would let its secret be rotated is missing, so the rotation needs a person. */
  const parkedAfterCut = () => retriedInObserve(() => undefined, { secretTags: { 'rescind-user': 'alice' } });

  it('is verified and closed by what was proven of the cut', async () => {
    const { retry, visited, changed } = await parkedAfterCut();
    const { stage, facts } = await retry();
    expect([stage, facts.close?.verdict, visited.slice(-5), changed()]).toEqual([
      'closed',
      'contained-not-proven',
      ['contain', 'triage', 'assign-owner', 'verify', 'close'],
      0,
    ]);
    expect(facts.verify?.credentials.map(({ rungs }) => rungs.configured.result)).toEqual(['passed', 'passed']);
  });

  it('is looked at again when its longest session must have ended', async () => {
    const { retry } = await parkedAfterCut();
    expect((await retry()).facts.close?.lookAt).not.toBeNull();
  });

  it('has a report that does not say that nothing was changed', async () => {
    const { retry, report } = await parkedAfterCut();
    await retry();
    expect(report()).toContain('contained, not proven revoked');
    expect(report()).not.toContain('Nothing was changed');
  });

  it('is parked where the cut does not hold any more', async () => {
    const { retry, key } = await parkedAfterCut();
    key.status = 'Active';
    expect((await retry()).stage).toBe('parked');
    expect(key.status).toBe('Active');
  });

  it('has cut nothing once that was taken back', async () => {
    const { retry, rollback, parked, key } = await parkedAfterCut();
    await rollback(parked.id);
    expect((await retry()).cuts.flatMap(({ done }) => done.map(({ action }) => action))).toEqual([
      'deactivate-access-key',
    ]);
    expect(key.status).toBe('Inactive');
  });
});

describe('a case whose cut was begun, and died before its record', () => {
  /** As often as the machine tries. */
  const died = () =>
    retriedInObserve(({ aws }) => aws.fail('iam:UpdateAccessKey', 5, { error: awsError('ServiceFailure', 'x', 503) }));

  it('has a report that does not say that nothing was cut', async () => {
    const { report } = await died();
    expect(report()).toContain('was begun, and no record says whether it was done');
    expect(report()).not.toContain('Nothing has been cut');
  });

  it('does not close as observed, and tells people to look', async () => {
    const { retry } = await died();
    const { facts } = await retry();
    expect(facts.close?.verdict).toBe('contained-not-proven');
    expect(facts.close?.openPoints.filter((point) => point.includes('was begun'))).toHaveLength(2);
  });

  it('is in doubt no longer once a run has made the cut', async () => {
    const { retry, deployment } = await died();
    Object.assign(deployment.settings, { mode: 'enforce' });
    const { work, facts } = await retry();
    expect([Object.keys(work.before ?? {}), facts.contain?.done.map(({ outcome }) => outcome)]).toEqual([
      [],
      ['done', 'done'],
    ]);
    expect(facts.close?.openPoints.join()).not.toContain('was begun');
  });
});

describe('a cut that AWS refuses', () => {
  it('parks the case, and its record tells of the cuts beside it', async () => {
    const made = seed();
    made.aws.fail('iam:UpdateAccessKey', 99, { error: awsError('AccessDenied', 'no', 403) });
    const { found } = await respond(made);
    expect([found.stage, found.facts.park?.reason]).toEqual([
      'parked',
      expect.stringMatching(/^AWS refused deactivate-access-key of access-key\/AKIA\w+: AccessDenied$/),
    ]);
    expect(/Cut so far:[^<]*/.exec(reportOf(made, found.id))?.[0]).toMatch(/sessions .*alice\.$/);
  });
});
