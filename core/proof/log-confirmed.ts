import { sha256 } from '#core/digest';
import type { Permission } from '#core/permission';
import { AwsRefusal, type ProofPorts } from '#core/ports';
import type { RungResult, TrailProof } from '#core/step-facts';
import type { Cut } from './cut.ts';
import { failed, notAvailable, passed } from './result.ts';
import { type TrailFile, trailFiles } from './trail-files.ts';
import { type TrailCall, trailRecords } from './trail-records.ts';

export const logConfirmedPermissions: Permission[] = [
  { action: 's3:ListBucket', on: 'trail' },
  { action: 's3:GetObject', on: 'trail' },
];

/** Unpacked bytes of a file and of all together, and how many files are read at a time. */
const most = { fileBytes: 64 * 2 ** 20, totalBytes: 512 * 2 ** 20, atOnce: 4, named: 50 };

/** An account that does little writes no file for a while: so much silence at the end of a trail is believed. */
const quietSeconds = 3600;

/** How services say that IAM has refused a call, and that they do not know the key. */
const denial = /AccessDenied|Unauthorized|NotAuthorized|Forbidden/i;
const deadKey = /^(InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId)/;
/** IAM User Guide, "Troubleshoot access denied error messages": an implicit deny is no work of ours. */
const explicitDeny = 'with an explicit deny in an identity-based policy';

/**
 * Why IAM has refused a call, where the service passes that on. The reason comes last: names that the caller has chosen
 * stand before it, and may hold the same words.
 */
function reasonOf({ error, message }: TrailCall): string {
  const from = Math.max(message.lastIndexOf('with an explicit deny'), message.lastIndexOf('because no '));
  return from >= 0 && denial.test(error ?? '') ? message.slice(from) : '';
}
const isExplicitDeny = (call: TrailCall): boolean => reasonOf(call).startsWith(explicitDeny);
/** IAM User Guide, "The difference between explicit and implicit denies": no deny applied to it, so ours did not. */
const isImplicitDeny = (call: TrailCall): boolean => reasonOf(call).startsWith('because no ');

/**
 * Whether a refused call shows the cut. A session must meet an explicit deny; whoever enumerates meets implicit ones
 * all day. A key that is refused by permission was known, so it lives.
 */
const showsCut = (cut: Cut, call: TrailCall): boolean =>
  cut.keyId ? deadKey.test(call.error ?? '') : isExplicitDeny(call);

/**
 * The rung *log-confirmed*: the trail reaches past the cut and up to now, and once the cut had spread it shows at least one call of the
 * credential refused by it, and none served. Silence proves nothing: an idle attacker makes none either.
 */
export async function logConfirmed(cut: Cut, ports: ProofPorts): Promise<RungResult> {
  const { trail, cutoffLeadSeconds } = ports.deployment.settings;
  const { cutAt } = cut;
  if (!trail) return notAvailable('no trail is set, so none was read');
  if (!cutAt) return notAvailable('the record of the cut does not say when it was made');
  const from = Date.parse(cutAt);
  const to = ports.now().getTime();
  try {
    const files = await trailFiles(from, to, ports);
    if (typeof files === 'string') return notAvailable(files);
    const newest = Math.max(...files.map(({ deliveredAt }) => deliveredAt));
    const { lagSeconds } = trail;
    const until = Math.max(from + lagSeconds * 1000, to - Math.max(lagSeconds, quietSeconds) * 1000);
    if (files.length === 0)
      return notAvailable(`the trail has no file of the time since the cut and must reach ${minute(until)}`);
    const read = await readAll(files, cut, from, ports);
    if (typeof read === 'string') return notAvailable(read);
    const proof = { bucket: trail.bucket, from: cutAt, to: new Date(to).toISOString(), newest: minute(newest) };
    const judged = judge(read.calls, cut, from + cutoffLeadSeconds * 1000, { count: files.length, newest });
    // A call that was served is one wherever the trail ends; that there was none holds for as far as it reaches.
    const isShort = newest < until && judged.result !== 'failed';
    const reached = `the trail ends at ${minute(newest)} and must reach ${minute(until)}`;
    return { ...(isShort ? notAvailable(reached) : judged), trail: { ...proof, ...read.proof } };
  } catch (error) {
    if (error instanceof AwsRefusal) return notAvailable(`the trail cannot be read: ${error.operation}: ${error.name}`);
    throw error;
  }
}

function judge(calls: TrailCall[], cut: Cut, spreadAt: number, files: { count: number; newest: number }): RungResult {
  // Nobody can be denied GetCallerIdentity (STS API reference): it tells whether a key lives, and nothing of a session.
  const weighed = calls.filter(({ name, at }) => at >= spreadAt && (cut.keyId || name !== 'GetCallerIdentity'));
  const of = ({ name, id, at, error }: TrailCall) =>
    `${plain(name)} at ${new Date(at).toISOString()} (event ${plain(id)}${error ? `, ${plain(error)}` : ''})`;
  const lives = ({ error }: TrailCall) => error === null || (cut.keyId !== undefined && !deadKey.test(error));
  const alive = weighed.find(lives);
  if (alive) return failed(`the trail shows it alive after the cut: ${of(alive)}`);
  const odd = weighed.find(({ error }) => error !== null && !denial.test(error) && !deadKey.test(error));
  if (odd) return notAvailable(`the trail shows a call that failed for another reason than the cut: ${of(odd)}`);
  const undenied = weighed.find((call) => !cut.keyId && isImplicitDeny(call));
  if (undenied) return notAvailable(`no deny applied to a call that was refused after the cut: ${of(undenied)}`);
  const refused = weighed.filter((call) => showsCut(cut, call));
  const [first] = refused.toSorted((a, b) => a.at - b.at);
  if (!first) {
    const hint = cut.keyId ? '; a dead key seldom gets as far as the trail' : '';
    return notAvailable(`no call of it was seen refused by the cut in ${files.count} files of the trail${hint}`);
  }
  return passed(
    `in ${files.count} files of the trail, the newest of ${minute(files.newest)}, ${refused.length} calls of it were refused since the cut, the first ${of(first)}, and none was served`,
  );
}

async function readAll(
  files: TrailFile[],
  cut: Cut,
  from: number,
  { trail }: ProofPorts,
): Promise<{ calls: TrailCall[]; proof: Pick<TrailProof, 'count' | 'sha256' | 'files'> } | string> {
  const calls: TrailCall[] = [];
  const hashed: { key: string; sha256: string }[] = [];
  const holding: typeof hashed = [];
  let total = 0;
  for (let at = 0; at < files.length; at += most.atOnce) {
    const part = files.slice(at, at + most.atOnce);
    const read = await Promise.all(part.map(({ key }) => trail.read(key, most.fileBytes)));
    for (const [index, bytes] of read.entries()) {
      const { key } = part[index] as TrailFile;
      const records = bytes && trailRecords(bytes);
      if (!bytes || !records) return `the trail's file ${plain(key)} cannot be read whole`;
      total += bytes.length;
      if (total > most.totalBytes) return `the trail has more than ${most.totalBytes} bytes since the cut`;
      const file = { key, sha256: sha256(bytes) };
      hashed.push(file);
      const own = records.filter((call) => call.at >= from).map((call) => ({ call, is: isOf(cut, call) }));
      const doubtful = own.find(({ is }) => is === 'unsure');
      if (doubtful) return `event ${plain(doubtful.call.id)} does not say when its session was issued`;
      const certain = own.filter(({ is }) => is === 'yes').map(({ call }) => call);
      calls.push(...certain);
      if (certain.length > 0 && holding.length < most.named) holding.push(file);
    }
  }
  const lines = hashed.map(({ key, sha256: digest }) => `${digest}  ${key}\n`).join('');
  return { calls, proof: { count: files.length, sha256: sha256(lines), files: holding } };
}

/** Whether a call was made with the credential that was cut. */
function isOf({ keyId, target, action }: Cut, call: TrailCall): 'yes' | 'no' | 'unsure' {
  if (action.cuts === 'access-key') return call.accessKeyId === keyId ? 'yes' : 'no';
  if (!isByPrincipal(target, call)) return 'no';
  if (call.issuedAt === null) return 'unsure';
  return call.issuedAt < Date.parse(target.cutoff) ? 'yes' : 'no';
}

/**
 * By unique id where the record has one: a re-created identity of the same name is somebody else. Sessions of a user
 * have a temporary key; what he does with a key of his own is not theirs.
 */
function isByPrincipal(target: Cut['target'], call: TrailCall): boolean {
  if ('role' in target) {
    const [id, ...name] = call.principalId?.split(':') ?? [];
    return id === target.role.uniqueId && (target.session === undefined || name.join(':') === target.session);
  }
  if (!call.accessKeyId?.startsWith('ASIA')) return false;
  const { uniqueId, name } = target.user;
  const self = call.principalId ? call.principalId === uniqueId : call.userName === name;
  const issuer = call.issuerId ? call.issuerId === uniqueId : call.issuerName === name;
  return self || issuer;
}

const minute = (at: number) => new Date(at).toISOString();
/** Quoted in a record and a report: one line of printable text. */
const plain = (text: string) => text.slice(0, 200).replace(/[^\x20-\x7e]/g, '?');
