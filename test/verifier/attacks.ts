import type { FailureClass } from '#verifier/failure';
import { type Envelope, encodeEnvelope, pae, payloadType, type Statement, type VerifyPolicy } from '#verifier/format';
import {
  bytesOf,
  type CaseOptions,
  hex,
  newKey,
  packOf,
  policyFor,
  relisted,
  seal,
  sealBytes,
  signedCase,
  wholeCase,
} from './signed-pack.ts';

type Files = Map<string, Uint8Array>;
interface Attacked {
  files: Files;
  policy?: VerifyPolicy;
}
/** A sentence of docs/evidence.md, the class that answers it, and the deed. */
export type Attack = [sentence: string, answer: FailureClass, deed: () => Files | Attacked];

export const recordKey = newKey();
const strangerKey = newKey();
const genuine = signedCase({ key: recordKey });
export const genuinePack = (): Files => packOf(genuine);

const third = 'records/0003-triage.dsse.json';
const last = 'records/0009-close.dsse.json';
const raw = genuine.raws[0]?.path as string;
const json = (bytes: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(bytes));

const editing = (path: string, edit: (bytes: Uint8Array) => Uint8Array, files = genuinePack()): Files =>
  files.set(path, edit(files.get(path) as Uint8Array));
/** Edits an envelope and lists the pack again, so that nothing but the record itself can give it away. */
const envelope = (edit: (envelope: Envelope) => Envelope, path = third) =>
  relisted(editing(path, (bytes) => bytesOf(encodeEnvelope(edit(json(bytes))))));
const envelopeText = (edit: (text: string) => string, path = third) =>
  relisted(editing(path, (bytes) => bytesOf(edit(new TextDecoder().decode(bytes)))));
const signature = (edit: (der: Uint8Array) => Uint8Array) =>
  envelope((was) => {
    const [{ keyid, sig }] = was.signatures as [Envelope['signatures'][number]];
    return { ...was, signatures: [{ keyid, sig: Buffer.from(edit(Buffer.from(sig, 'base64'))).toString('base64') }] };
  });
const without = (...paths: string[]) => {
  const files = genuinePack();
  for (const path of paths) files.delete(path);
  return files;
};
/** What someone who holds the record key signs. */
const holder = (change: (statement: Statement) => Statement, options: CaseOptions = {}) =>
  packOf(signedCase({ key: recordKey, change, ...options }));
const predicate = (change: (predicate: Statement['predicate']) => Partial<Statement['predicate']>) =>
  holder((statement) => ({ ...statement, predicate: { ...statement.predicate, ...change(statement.predicate) } }));
const closing = (change: (list: NonNullable<Statement['predicate']['closes']>) => Statement['predicate']['closes']) =>
  predicate(({ closes }) => (closes ? { closes: change(closes) as typeof closes } : {}));
const manifest = (edit: (text: string) => string) =>
  editing('manifest.json', (bytes) => bytesOf(edit(new TextDecoder().decode(bytes))));
const policy = (edit: (entry: VerifyPolicy['records'][number]) => object): Attacked => ({
  files: genuinePack(),
  policy: { ...policyFor(recordKey), records: policyFor(recordKey).records.map(edit) as VerifyPolicy['records'] },
});
const flip = (bytes: Uint8Array, at: number) => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
const der = (r: number[], s: number[]) =>
  Uint8Array.from([0x30, r.length + s.length + 4, 2, r.length, ...r, 2, s.length, ...s]);
/** r and s of a DER signature, as stored. */
const parts = (bytes: Uint8Array) => {
  const middle = 4 + (bytes[3] as number);
  return [[...bytes.subarray(4, middle)], [...bytes.subarray(middle + 2)]] as const;
};
const page = genuinePack().get('report.html') as Uint8Array;
const rest = 'rest/../records/0003-triage.dsse.json';

export const attacks: Attack[] = [
  ['a byte of a record is changed', 'file-hash', () => editing(third, (bytes) => flip(bytes, 60))],
  ['a byte of a raw finding is changed', 'file-hash', () => editing(raw, (bytes) => flip(bytes, 3))],
  [
    'a raw finding is changed and the manifest rewritten',
    'raw',
    () => relisted(editing(raw, (bytes) => flip(bytes, 3))),
  ],
  ['a raw finding is left out', 'missing-file', () => without(raw)],
  ['a raw finding is left out and the manifest rewritten', 'raw', () => relisted(without(raw))],
  [
    'a raw finding that no record names is added',
    'raw',
    () => relisted(genuinePack().set(`raw/${hex('new')}`, bytesOf('new'))),
  ],
  [
    'a statement is changed and the manifest rewritten',
    'signature',
    () =>
      envelope((was) => {
        const text = Buffer.from(was.payload, 'base64').toString().replace('what triage found', 'nothing was found');
        return { ...was, payload: Buffer.from(text).toString('base64') };
      }),
  ],
  [
    'a signature is changed and the manifest rewritten',
    'signature',
    () => signature((bytes) => flip(bytes, bytes.length - 1)),
  ],
  ['a record in the middle is dropped', 'missing-file', () => without(third)],
  ['a record in the middle is dropped and the manifest rewritten', 'number', () => relisted(without(third))],
  [
    'the first record is dropped and the manifest rewritten',
    'number',
    () => relisted(without('records/0001-open.dsse.json')),
  ],
  ['the closing record is dropped and the manifest rewritten', 'not-closed', () => relisted(without(last))],
  [
    'a record in the middle is dropped and the later files renumbered',
    'record-name',
    () => {
      const kept = genuine.records.filter(({ path }) => path !== third);
      const moved = kept.map(({ path, bytes }, at) => ({
        path: path.replace(/\d{4}/, String(at + 1).padStart(4, '0')),
        bytes,
      }));
      return packOf({ ...genuine, records: moved });
    },
  ],
  [
    'two records change places',
    'record-name',
    () => {
      const files = genuinePack();
      const [sixth, seventh] = ['records/0007-verify.dsse.json', 'records/0008-verify.dsse.json'].map((path) =>
        files.get(path),
      );
      return relisted(
        files
          .set('records/0007-verify.dsse.json', seventh as Uint8Array)
          .set('records/0008-verify.dsse.json', sixth as Uint8Array),
      );
    },
  ],
  [
    'a record of another case, signed by the same key, is put in its place',
    'case',
    () => {
      const other = signedCase({ key: recordKey, caseId: 'c-fedcba9876543210' });
      return relisted(genuinePack().set(third, other.records[2]?.bytes as Uint8Array));
    },
  ],
  ['the manifest names another case', 'case', () => relisted(genuinePack(), 'c-fedcba9876543210')],
  [
    'another record of the same case, signed by the same key, is put in its place',
    'chain',
    () => {
      const again = genuine.statements[2] as Statement;
      const told = { ...again, predicate: { ...again.predicate, facts: { found: 'another story' } } };
      return relisted(genuinePack().set(third, seal(told, recordKey)));
    },
  ],
  [
    'a record is replayed under the next number',
    'record-name',
    () => {
      const files = genuinePack();
      files.delete(last);
      return relisted(
        files.set('records/0009-verify.dsse.json', files.get('records/0008-verify.dsse.json') as Uint8Array),
      );
    },
  ],
  ['all is signed again with another key', 'key-unknown', () => packOf(signedCase({ key: strangerKey }))],
  [
    'all is signed again with another key under the name of the trusted one',
    'signature',
    () => packOf(signedCase({ key: { ...strangerKey, keyid: recordKey.keyid } })),
  ],
  [
    'a key signs a step that the policy does not let it sign',
    'key-step',
    () => policy((entry) => ({ ...entry, steps: entry.steps.filter((step) => step !== 'close') })),
  ],
  [
    'a file that no manifest lists is added',
    'extra-file',
    () => genuinePack().set(`raw/${hex('new')}`, bytesOf('new')),
  ],
  ['a file with a path outside the pack is added', 'path', () => genuinePack().set('../notes.txt', bytesOf('x'))],
  ['a file with an absolute path is added', 'path', () => genuinePack().set('/etc/passwd', bytesOf('x'))],
  [
    'a file with a backslash in its path is added',
    'path',
    () => genuinePack().set('records\\0010-park.dsse.json', bytesOf('x')),
  ],
  [
    'a file that differs from another only in case is added',
    'path',
    () => genuinePack().set('Report.html', bytesOf('x')),
  ],
  ['the manifest lists a path that leads out of the pack', 'path', () => manifest((text) => text.replace(third, rest))],
  [
    'a record is added to the run after its closing one',
    'order',
    () => packOf(signedCase({ key: recordKey, steps: [...wholeCase, 'contain'] })),
  ],
  [
    'a record that leaves the case open follows its closing one',
    'order',
    () => packOf(signedCase({ key: recordKey, steps: [...wholeCase, 'rollback'] })),
  ],
  [
    'a look that closes nothing follows the closing record',
    'order',
    () => packOf(signedCase({ key: recordKey, steps: [...wholeCase, 'look'], closing: ['close'] })),
  ],
  [
    'a case is closed twice by one run',
    'order',
    () => packOf(signedCase({ key: recordKey, steps: [...wholeCase, 'close'] })),
  ],
  [
    'a look closes a case that nobody had closed',
    'closes',
    () => packOf(signedCase({ key: recordKey, steps: ['open', 'contain', 'look'] })),
  ],
  [
    'a rollback closes a parked case',
    'closes',
    () => packOf(signedCase({ key: recordKey, steps: ['open', 'contain', 'park', 'rollback'], closing: ['rollback'] })),
  ],
  [
    'a look leaves out a record that came before it',
    'closes',
    () =>
      holder(
        (was) =>
          was.predicate.step === 'look'
            ? { ...was, predicate: { ...was.predicate, closes: was.predicate.closes?.slice(1) ?? [] } }
            : was,
        { steps: [...wholeCase, 'look'] },
      ),
  ],
  [
    'a second opening is signed into the case',
    'order',
    () => packOf(signedCase({ key: recordKey, steps: ['open', 'open', 'close'] })),
  ],
  [
    'a case begins without an opening',
    'order',
    () => packOf(signedCase({ key: recordKey, steps: ['contain', 'close'] })),
  ],
  [
    'the first record names one before it',
    'chain',
    () => predicate(({ number }) => (number === 1 ? { previous: hex('x') } : {})),
  ],
  [
    'the closing record leaves one out',
    'closes',
    () => predicate(({ closes }) => (closes ? { closes: closes.filter(({ number }) => number !== 3) } : {})),
  ],
  [
    'the closing record lists another digest',
    'closes',
    () =>
      predicate(({ closes }) => (closes ? { closes: closes.map((entry) => ({ ...entry, sha256: hex('x') })) } : {})),
  ],
  [
    'the closing record lists one more',
    'closes',
    () => closing((list) => [...list, { number: 9, step: 'verify', sha256: hex('x') }]),
  ],
  [
    'the closing record lists another number',
    'closes',
    () => closing((list) => list.map((entry) => ({ ...entry, number: 1 }))),
  ],
  [
    'the closing record lists another step',
    'closes',
    () => closing((list) => list.map((entry) => ({ ...entry, step: 'park' }))),
  ],
  [
    'a record closes others and is not the closing one',
    'closes',
    () => predicate(({ number }) => (number === 3 ? { closes: [] } : {})),
  ],
  ['the run goes backwards', 'run', () => predicate(({ number }) => ({ run: number === 3 ? 2 : 1 }))],
  [
    'a statement of another kind is signed',
    'statement',
    () => holder((was) => ({ ...was, predicateType: 'https://slsa.dev/provenance/v1' })),
  ],
  [
    'a statement of another type is signed',
    'statement',
    () => holder((was) => ({ ...was, _type: 'https://in-toto.io/Statement/v0.1' as never })),
  ],
  ['a statement lacks a field', 'statement', () => predicate(() => ({ facts: undefined }))],
  ['a statement rests on nothing', 'statement', () => holder((was) => ({ ...was, subject: [] }))],
  [
    'a statement rests on a file that is not raw',
    'raw',
    () =>
      holder((was) => ({ ...was, subject: [...was.subject, { name: 'report.html', digest: { sha256: hex(page) } }] })),
  ],
  [
    'a statement names raw bytes by another digest',
    'raw',
    () =>
      holder((was) => ({ ...was, subject: was.subject.map(({ name }) => ({ name, digest: { sha256: hex('x') } })) })),
  ],
  [
    'a record is dated before the one before it',
    'time',
    () =>
      predicate(({ number }) =>
        number === 5 ? { occurredAt: '2026-11-01T00:00:00Z', recordedAt: '2026-11-01T00:00:01Z', calls: [] } : {},
      ),
  ],
  [
    'a record is written down before it happened',
    'time',
    () => predicate(() => ({ occurredAt: '2027-01-01T00:00:00Z' })),
  ],
  [
    'a call is dated after the record that tells of it',
    'time',
    () => predicate(({ calls }) => ({ calls: calls.map((call) => ({ ...call, at: '2027-01-01T00:00:00Z' })) })),
  ],
  ['a time is not in UTC', 'time', () => predicate(() => ({ recordedAt: '2026-11-24T11:00:00+02:00' }))],
  ['a time is no day of the calendar', 'time', () => predicate(() => ({ recordedAt: '2026-11-31T11:00:00Z' }))],
  [
    'an envelope has two signatures',
    'envelope',
    () => envelope((was) => ({ ...was, signatures: [...was.signatures, ...was.signatures] })),
  ],
  ['an envelope has no signature', 'envelope', () => envelope((was) => ({ ...was, signatures: [] }))],
  [
    'an envelope is written with other white space',
    'envelope',
    () => envelopeText((text) => JSON.stringify(JSON.parse(text), null, 2), last),
  ],
  [
    'an envelope has a field twice',
    'envelope',
    () => envelopeText((text) => text.replace('{"payload', '{"payloadType":"x","payload')),
  ],
  [
    'an envelope has a field that nobody signed',
    'envelope',
    () => envelopeText((text) => text.replace(/}$/, ',"note":"fine"}')),
  ],
  [
    'an envelope is not UTF-8',
    'envelope',
    () => relisted(editing(third, (bytes) => Uint8Array.from([...bytes, 0xff]))),
  ],
  [
    'a payload is base64 with stray bits',
    'envelope',
    () => {
      const padded = signedCase({
        key: recordKey,
        change: (was) => (was.predicate.step === 'triage' ? onePad(was) : was),
      });
      return relisted(
        editing(
          third,
          (bytes) => bytesOf(new TextDecoder().decode(bytes).replace(/(.)=",/, (_, char) => `${nextChar(char)}=",`)),
          packOf(padded),
        ),
      );
    },
  ],
  [
    'a payload is base64 with a line break',
    'envelope',
    () => envelope((was) => ({ ...was, payload: `${was.payload.slice(0, 4)}\n${was.payload.slice(4)}` })),
  ],
  [
    'an envelope claims another payload type',
    'payload-type',
    () => envelope((was) => ({ ...was, payloadType: 'application/json' as typeof payloadType })),
  ],
  [
    'a statement has a key twice',
    'statement',
    () => {
      const text = JSON.stringify(genuine.statements[2]).replace('{"_type"', '{"_type":"x","_type"');
      return relisted(genuinePack().set(third, sealBytes(bytesOf(text), recordKey)));
    },
  ],
  [
    'a statement has a number that parsers read differently',
    'statement',
    () => {
      const text = JSON.stringify(genuine.statements[2]).replace('"what triage found"', '9007199254740993');
      return relisted(genuinePack().set(third, sealBytes(bytesOf(text), recordKey)));
    },
  ],
  [
    'a signature has an integer with a needless zero',
    'signature-form',
    () => signature((bytes) => der([0, ...parts(bytes)[0]], [...parts(bytes)[1]])),
  ],
  ['a signature has a negative r', 'signature-form', () => signature((bytes) => der([0x80, 1], [...parts(bytes)[1]]))],
  ['a signature has r = 0', 'signature-form', () => signature((bytes) => der([0], [...parts(bytes)[1]]))],
  ['a signature has s = 0', 'signature-form', () => signature((bytes) => der([...parts(bytes)[0]], [0]))],
  ['a signature has bytes after its end', 'signature-form', () => signature((bytes) => Uint8Array.from([...bytes, 0]))],
  [
    'a signature has its length in long form',
    'signature-form',
    () => signature((bytes) => Uint8Array.from([0x30, 0x81, ...bytes.subarray(1)])),
  ],
  ['a signature is r and s without DER', 'signature-form', () => signature(() => new Uint8Array(64).fill(7))],
  [
    'a signature has an r as large as the order of the curve',
    'signature',
    () => signature((bytes) => der([0, ...Buffer.from(order, 'hex')], [...parts(bytes)[1]])),
  ],
  [
    'the manifest is written with other white space',
    'manifest',
    () => manifest((text) => JSON.stringify(JSON.parse(text))),
  ],
  [
    'the manifest has a key twice',
    'manifest',
    () => manifest((text) => text.replace('{', '{ "caseId": "c-fedcba9876543210",')),
  ],
  ['the manifest lists a file twice', 'manifest', () => manifest(listingTwice)],
  ['the manifest is missing', 'manifest', () => without('manifest.json')],
  [
    'the manifest has a version of tomorrow',
    'manifest-version',
    () => manifest((text) => text.replace('"version": 1', '"version": 2')),
  ],
  ['the manifest lists itself', 'path', () => manifest((text) => text.replace(raw, 'manifest.json'))],
  ['the report is missing', 'missing-file', () => without('report.html')],
  [
    'the report is missing and the manifest rewritten',
    'missing-file',
    () => {
      const files = manifest((text) => text.replace(/,\n {4}\{\n {6}"path": "report.html",\n.*\n {4}\}/, ''));
      files.delete('report.html');
      return files;
    },
  ],
  [
    'the report is changed and the manifest rewritten',
    'report',
    () => relisted(genuinePack().set('report.html', bytesOf('<p>all is well'))),
  ],
  [
    'the report claims another renderer',
    'report-version',
    () => manifest((text) => text.replace('"report": 1', '"report": 2')),
  ],
  ['a file is larger than a pack may hold', 'size', () => genuinePack().set(raw, new Uint8Array(64 * 2 ** 20 + 1))],
  [
    'the files are larger together than a pack may be',
    'size',
    () => {
      const large = new Uint8Array(60 * 2 ** 20);
      return new Map(Array.from({ length: 5 }, (_, at) => [`raw/${hex(String(at))}`, large]));
    },
  ],
  [
    'there are more files than a pack may hold',
    'size',
    () => new Map(Array.from({ length: 10_001 }, (_, at) => [`raw/${hex(String(at))}`, new Uint8Array()])),
  ],
  [
    'the policy holds another pem than its keyid says',
    'policy',
    () => policy((entry) => ({ ...entry, pem: strangerKey.pem })),
  ],
  [
    'the policy holds a key of another curve',
    'policy',
    () => ({ files: genuinePack(), policy: policyFor(newKey('P-384')) }),
  ],
  [
    'the policy has a field that is not known',
    'policy',
    () => policy((entry) => ({ ...entry, expires: '2027-01-01' })),
  ],
  ['the policy names a step that does not exist', 'policy', () => policy((entry) => ({ ...entry, steps: ['*'] }))],
  ['the policy lets a key sign nothing', 'policy', () => policy((entry) => ({ ...entry, steps: [] }))],
  ['the policy names no key', 'policy', () => ({ files: genuinePack(), policy: { records: [], log: null } })],
  ['the policy names a key twice', 'policy', () => ({ files: genuinePack(), policy: policyFor(recordKey, recordKey) })],
];

const order = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';

/** Lengthens the facts until the payload's base64 ends in one `=`, so that its last digit has two spare bits. */
function onePad(statement: Statement): Statement {
  for (let found = 'x'; ; found += 'x') {
    const longer = { ...statement, predicate: { ...statement.predicate, facts: { found } } };
    if (bytesOf(JSON.stringify(longer)).length % 3 === 2) return longer;
  }
}
const nextChar = (char: string) => String.fromCharCode(char.charCodeAt(0) + 1);

function listingTwice(text: string): string {
  const value = JSON.parse(text);
  return `${JSON.stringify({ ...value, files: [value.files[0], ...value.files] }, null, 2)}\n`;
}

/** The bytes that a record's signature covers. */
export const signedBytes = (record: Uint8Array): Uint8Array =>
  pae(payloadType, Buffer.from(json(record).payload, 'base64'));
