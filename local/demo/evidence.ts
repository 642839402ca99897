import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import type { Case } from '#core/case';
import type { Cloud } from '../cloud.ts';
import { rescind } from './cli.ts';
import type { Check, Seen } from './story.ts';
import { leaksIn, tracesOf } from './traces.ts';

export interface EvidencePaths {
  pack: string;
  policy: string;
  report: string;
}

/** Exports the pack as the operator, verifies it offline without any credentials, and tries to fool the verifier. */
export async function evidenceChecks(
  cloud: Cloud,
  { operator }: Seen,
  found: Case,
  dir: string,
): Promise<{ paths: EvidencePaths; checks: Check[]; told: string[] }> {
  mkdirSync(dir, { recursive: true });
  const paths = { pack: join(dir, 'pack'), policy: join(dir, 'policy.json'), report: join(dir, 'pack', 'report.html') };
  const as = { cloud, operator: operator.key };
  const exported = await rescind(['evidence', 'export', found.id, '--out', paths.pack], as);
  const issued = await rescind(['evidence', 'policy', '--out', paths.policy], as);
  const open = found.stage === 'closed' ? [] : ['--open'];
  const verify = (pack: string) => rescind(['evidence', 'verify', pack, '--policy', paths.policy, ...open]);
  const verified =
    exported.code === 0 && issued.code === 0
      ? await verify(paths.pack)
      : { code: 1, out: '', err: exported.err + issued.err };
  const fooled = verified.code === 0 ? await verify(tampered(paths.pack, join(dir, 'tampered'))) : verified;
  const lastLine = ({ out, err }: { out: string; err: string }) => `${out}\n${err}`.trim().split('\n').at(-1) ?? '';
  return {
    paths,
    told: verified.out.trim().split('\n'),
    checks: [
      { name: 'the pack verifies offline', ok: verified.code === 0, detail: lastLine(verified) },
      {
        name: 'a pack with one changed byte is refused',
        ok: verified.code === 0 && fooled.code === 1,
        detail: lastLine(fooled),
      },
      await lockCheck(cloud),
    ],
  };
}

/** A copy whose first record says something else. */
function tampered(pack: string, to: string): string {
  cpSync(pack, to, { recursive: true });
  const [first = ''] = readdirSync(join(to, 'records')).toSorted();
  const file = join(to, 'records', first);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"payload":"e', '"payload":"f'));
  return to;
}

/** Not even the account's root can delete a record before its retention is over; a plain delete only marks. */
async function lockCheck({ engine, outputs }: Cloud): Promise<Check> {
  const s3 = new S3Client({
    endpoint: engine.endpoint,
    region: engine.region,
    credentials: engine.root,
    forcePathStyle: true,
  });
  const name = 'a record cannot be deleted while its lock lasts';
  try {
    const { Versions } = await s3.send(
      new ListObjectVersionsCommand({ Bucket: outputs.EvidenceBucket, Prefix: 'cases/' }),
    );
    const [{ Key, VersionId } = {}] = Versions ?? [];
    await s3.send(new DeleteObjectCommand({ Bucket: outputs.EvidenceBucket, Key: Key ?? '', VersionId }));
    return { name, ok: false, detail: `${Key} was deleted` };
  } catch (error) {
    return { name, ok: (error as Error).name === 'AccessDenied', detail: `root got ${(error as Error).name}` };
  } finally {
    s3.destroy();
  }
}

/** What the run left behind in the account: no secret, no root, no red execution for a green case or the other way. */
export async function traceChecks(cloud: Cloud, run: Seen, printed: string): Promise<Check[]> {
  const traces = tracesOf(cloud);
  const all = [...(await traces.all()), { where: 'what the demo printed', text: printed }];
  const executions = (await traces.executions()).filter(({ name }) => !run.standing.executions.has(name));
  const left = (await traces.notTakenIn()) - run.standing.notTakenIn;
  traces.close();
  const leaks = leaksIn(all, run.secrets);
  const actors = all.flatMap(({ text }) => [...text.matchAll(/"actor":"(arn:[^"]+)"/g)].map(([, arn]) => arn ?? ''));
  const strangers = [...new Set(actors)].filter((arn) => !/:assumed-role\/rescind-/.test(arn));
  const closed = run.found?.stage === 'closed';
  const hasRun = run.found !== null && run.found.stage !== 'noted';
  const rightColour = executions.every(({ status }) => (closed ? status === 'SUCCEEDED' : status === 'FAILED'));
  return [
    {
      name: 'no secret value is in a log, a record, the register, the machine or on this screen',
      ok: leaks.length === 0,
      detail: leaks.length > 0 ? leaks.join(', ') : `${all.length} texts searched for ${run.secrets.length} secrets`,
    },
    {
      name: 'every record was made by a role of the pipeline',
      ok: strangers.length === 0 && (!hasRun || actors.length > 0),
      detail: strangers.join(', ') || `${actors.length} records`,
    },
    {
      name: 'an execution is green if and only if its case is closed',
      ok: rightColour && executions.length === (hasRun ? 1 : 0),
      detail: executions.map(({ name, status }) => `${name} ${status}`).join(', ') || 'no execution',
    },
    {
      name: 'no event was lost',
      ok: left === run.notTakenIn,
      detail: left === 0 ? 'every message was taken in' : `${left} not taken in, of which ${run.notTakenIn} deserve it`,
    },
  ];
}
