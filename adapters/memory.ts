import { createECDH, createHash, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Case } from '#core/case';
import { RescindError } from '#core/error';
import { inWorld } from '#core/ids';
import {
  type Attaching,
  attachFinding,
  type CaseRows,
  caseFor,
  joinFinding,
  nextRun,
  repeatOf,
} from '#core/intake/attach';
import { reopenCase } from '#core/intake/reopen';
import type { Standing } from '#core/intake/standing';
import type { Notice } from '#core/notice';
import type { EvidenceStore, Notify, Signer } from '#core/ports';
import type { Register, StopSwitch } from '#core/register';
import type { AttachedFinding } from '#core/step-facts';

/** As a store gives it back: a copy, without what JSON does not hold. */
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** The register in memory: the same rules as the table, each write as conditional as there. */
export function memoryRegister(now = () => new Date()): Register {
  const cases = new Map<string, Case>();
  const open = new Map<string, string>();
  const findings = new Map<string, Map<string, AttachedFinding>>();
  const standings = new Map<string, Standing>();
  const cutting = new Map<string, Set<string>>();
  const heard = new Map<string, Map<string, { body: string; until: number }>>();
  const accounts = new Map<string, { caseId: string; number: number }>();
  let stop: StopSwitch | null = null;

  const put = (found: Case, changes: Partial<Case>) => {
    const row = { ...(cases.get(found.id) as Case), ...copy(changes) };
    cases.set(found.id, row);
    return row;
  };
  const pointing = (aliases: string[], { id, simulated }: Case) => {
    for (const alias of aliases.map((each) => inWorld(each, simulated))) if (!open.has(alias)) open.set(alias, id);
  };
  const standingOf = ({ source, id }: { source: string; id: string }, simulated: boolean) =>
    `${inWorld(source, simulated)}#${id}`;
  const attached = ({ id, simulated }: Case, { finding, version, after }: Attaching) => {
    const row = `${finding.source}#${finding.id}#${version}`;
    findings.set(id, (findings.get(id) ?? new Map()).set(row, copy(finding)));
    standings.set(standingOf(finding, simulated), copy(after));
  };
  /** Nobody else has attached the finding since it was read. */
  const isUnmoved = ({ finding, before }: Attaching, { simulated }: Case) => {
    const now = standings.get(standingOf(finding, simulated));
    return now?.caseId === before?.caseId && now?.seq === before?.seq;
  };
  const stands = ({ id, version, run }: Case) => cases.get(id)?.version === version && cases.get(id)?.run === run;

  const rows: CaseRows = {
    async pointers(aliases, simulated) {
      return aliases.flatMap((alias) => {
        const found = cases.get(open.get(inWorld(alias, simulated)) ?? '');
        return found ? [{ alias, found: copy(found) }] : [];
      });
    },
    load: async (caseId) => copy(cases.get(caseId) ?? null),
    standing: async (finding) => copy(standings.get(standingOf(finding, finding.simulated)) ?? null),
    async insert(opened, first, aliases) {
      const { id, simulated } = opened;
      if (cases.has(id) || !isUnmoved(first, opened)) return false;
      if (aliases.some((alias) => open.has(inWorld(alias, simulated)))) return false;
      cases.set(id, copy(opened));
      pointing(aliases, opened);
      attached(opened, first);
      return true;
    },
    async join(found, changes, further, aliases) {
      const row = cases.get(found.id);
      if (!row || row.attached !== found.attached || row.run !== found.run) return false;
      if (row.stage !== found.stage || row.closing || !isUnmoved(further, found)) return false;
      if (!isDeepStrictEqual(row.identity, found.identity)) return false;
      put(found, changes);
      pointing(aliases, found);
      attached(found, further);
      return true;
    },
    async advance(found, changes, aliases = []) {
      if (!stands(found) || cases.get(found.id)?.closing !== found.closing) return false;
      put(found, changes);
      pointing(aliases, found);
      return true;
    },
  };

  return {
    async load(caseId) {
      const found = await rows.load(caseId);
      if (!found) throw new RescindError('CASE_UNKNOWN', caseId);
      return found;
    },
    findings: async (caseId) => copy([...(findings.get(caseId)?.values() ?? [])].toSorted((a, b) => a.seq - b.seq)),
    async learn({ id, simulated }, aliases) {
      const names = aliases.map((alias) => inWorld(alias, simulated));
      for (const name of names) if (!open.has(name)) open.set(name, id);
      return [...new Set(names.map((name) => open.get(name) as string))].filter((other) => other !== id);
    },
    async update(found, changes, condition) {
      if (!stands(found)) throw new RescindError('CASE_CHANGED', found.id);
      const row = cases.get(found.id) as Case;
      const hasJoined = condition?.identity && JSON.stringify(condition.identity) !== JSON.stringify(row.identity);
      if ((condition?.allTaken && row.attached !== row.taken) || hasJoined) return 'findings-wait';
      const written = { ...changes, version: found.version + 1, updatedAt: now().toISOString() };
      put(found, written);
      return copy({ ...found, ...written });
    },
    async close(found, changes) {
      if (!stands(found)) throw new RescindError('CASE_CHANGED', found.id);
      const at = now().toISOString();
      const written = { ...changes, version: found.version + 1, updatedAt: at, closedAt: at };
      put(found, written);
      for (const alias of found.identity.aliases.map((each) => inWorld(each, found.simulated)))
        if (open.get(alias) === found.id) open.delete(alias);
      return copy({ ...found, ...written });
    },
    attach: (finding, receivedAt, mode) => attachFinding(rows, finding, receivedAt, mode),
    join: (finding, receivedAt, mode) => joinFinding(rows, finding, receivedAt, mode),
    repeated: (finding) => repeatOf(rows, finding),
    isOpenFor: async (finding) => (await caseFor(rows, finding)) !== null,
    async hear({ source, id, identity, simulated }, body, until) {
      for (const alias of identity.aliases.map((each) => inWorld(each, simulated)))
        heard.set(alias, (heard.get(alias) ?? new Map()).set(`${source}#${id}`, { body, until }));
    },
    async heard({ identity, simulated }, at) {
      const rows = identity.aliases.flatMap((alias) => [...(heard.get(inWorld(alias, simulated))?.values() ?? [])]);
      return [...new Set(rows.filter(({ until }) => until > at).map(({ body }) => body))];
    },
    nextRun: (caseId, run) => nextRun(rows, caseId, run),
    reopen: (caseId, mode, why) => reopenCase(rows, caseId, mode, why),
    async accountFor(caseId, number, requestIds) {
      for (const id of requestIds) accounts.set(id, { caseId, number });
    },
    accountOf: async (requestId) => copy(accounts.get(requestId) ?? null),
    stopSwitch: async () => copy(stop),
    async setStopSwitch(to) {
      stop = copy(to);
    },
    async countCut(run, hour, most) {
      const counted = cutting.get(hour) ?? new Set<string>();
      if (!counted.has(run) && counted.size >= most) return false;
      cutting.set(hour, counted.add(run));
      return true;
    },
    cutsIn: async (hour) => cutting.get(hour)?.size ?? 0,
    list: async (limit) =>
      copy([...cases.values()].toSorted((a, b) => (a.openedAt < b.openedAt ? 1 : -1)).slice(0, limit)),
  };
}

/** Write-once storage in memory; `objects` is what an attacker of the bucket would reach. */
export function memoryEvidence(): EvidenceStore & { objects: Map<string, Uint8Array> } {
  const objects = new Map<string, Uint8Array>();
  return {
    objects,
    async put(key, bytes) {
      if (objects.has(key)) return 'exists';
      objects.set(key, Uint8Array.from(bytes));
      return 'stored';
    },
    get: async (key) => objects.get(key) ?? null,
  };
}

export function memoryTopic(): { notify: Notify; notices: Notice[] } {
  const notices: Notice[] = [];
  return { notices, notify: async (notice) => void notices.push(copy(notice)) };
}

/** FIPS 186-5: the order of the group of P-256. */
const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** A P-256 key that signs digests, as KMS does with MessageType DIGEST; node:crypto itself would hash them again. */
export function memorySigner(): Signer & { pem(): Promise<string> } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const d = number(Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url'));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return {
    keyid: async () => createHash('sha256').update(spki).digest('hex'),
    pem: async () => publicKey.export({ type: 'spki', format: 'pem' }) as string,
    verify: async (bytes, signature) => verify('sha256', bytes, publicKey, signature),
    async sign(digest) {
      if (digest.length !== 32) throw new RescindError('ANSWER_UNEXPECTED', 'a SHA-256 digest has 32 bytes');
      const k = (number(randomBytes(40)) % (n - 1n)) + 1n;
      const curve = createECDH('prime256v1');
      curve.setPrivateKey(Buffer.from(k.toString(16).padStart(64, '0'), 'hex'));
      const r = number(curve.getPublicKey().subarray(1, 33)) % n;
      const s = (power(k, n - 2n) * ((number(digest) + r * d) % n)) % n;
      const body = [r, s].map(derInteger);
      return Buffer.concat([Buffer.from([0x30, body.reduce((sum, { length }) => sum + length, 0)]), ...body]);
    },
  };
}

const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % n)
    if (rest & 1n) result = (result * square) % n;
  return result;
}

function derInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  const padded = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded]);
}
