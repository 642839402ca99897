import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { buildPack } from '#core/pack';
import { renderReport, reportVersion } from '#core/report';
import {
  type Envelope,
  encodeEnvelope,
  pae,
  payloadType,
  recordPath,
  type Statement,
  type VerifyPolicy,
} from '#verifier/format';

export type Pack = ReadonlyMap<string, Uint8Array>;

const hex = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/**
 * Makes packs of further cases out of a real one: the same statements under another case id, chained and signed anew
 * with a key of the bench's own. So a thousand cases as large as real ones need not be run.
 */
export function reissuer(real: Pack): { policy: VerifyPolicy; packOf(caseId: string): Pack } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyid = hex(publicKey.export({ type: 'spki', format: 'der' }));
  const seal = (statement: Statement): Uint8Array => {
    const body = Buffer.from(JSON.stringify(statement));
    const sig = sign('sha256', pae(payloadType, body), privateKey).toString('base64');
    const envelope: Envelope = { payloadType, payload: body.toString('base64'), signatures: [{ keyid, sig }] };
    return Buffer.from(encodeEnvelope(envelope));
  };
  const paths = [...real.keys()].toSorted();
  const statements = paths.filter((path) => path.startsWith('records/')).map((path) => statementIn(real.get(path)));
  const raws = paths
    .filter((path) => path.startsWith('raw/'))
    .map((path) => ({ path, bytes: real.get(path) as Uint8Array }));
  const steps = [...new Set(statements.map(({ predicate }) => predicate.step))];
  const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
  return {
    policy: { records: [{ keyid, pem, steps }], log: null },
    packOf(caseId) {
      const chain: { number: number; step: string; sha256: string }[] = [];
      const signed: Statement[] = [];
      const records = statements.map((statement) => {
        const { number, step, closes } = statement.predicate;
        const previous = chain.at(-1)?.sha256 ?? null;
        const predicate = { ...statement.predicate, caseId, previous, ...(closes && { closes: [...chain] }) };
        const next = { ...statement, predicate };
        const bytes = seal(next);
        signed.push(next);
        chain.push({ number, step, sha256: hex(bytes) });
        return { path: recordPath(number, step), bytes };
      });
      return buildPack({ caseId, records, raws, report: renderReport(signed), reportVersion });
    },
  };
}

function statementIn(bytes: Uint8Array | undefined): Statement {
  const { payload } = JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as Envelope;
  return JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Statement;
}
