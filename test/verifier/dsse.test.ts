import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importP256, rawSignature, spkiOfPem, verifyP256 } from '#verifier/ecdsa';
import { pae } from '#verifier/format';
import { genuinePack, recordKey, signedBytes } from './attacks.ts';
import { bytesOf, newKey } from './signed-pack.ts';

const asText = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('the bytes that a DSSE signature covers', () => {
  it.each([
    // DSSE protocol.md, "Test Vectors"
    ['http://example.com/HelloWorld', 'hello world', 'DSSEv1 29 http://example.com/HelloWorld 11 hello world'],
    ['', '', 'DSSEv1 0  0 '],
    ['application/vnd.in-toto+json', '', 'DSSEv1 28 application/vnd.in-toto+json 0 '],
    // Lengths are in bytes and not in characters.
    ['a/ä', 'ü', 'DSSEv1 4 a/ä 2 ü'],
  ])('are, for type "%s" and body "%s", "%s"', (type, body, expected) => {
    expect(asText(pae(type, bytesOf(body)))).toBe(expected);
  });

  it('fit the signature of the example in the DSSE protocol', async () => {
    const coordinate = (decimal: string) => Buffer.from(BigInt(decimal).toString(16).padStart(64, '0'), 'hex');
    const x = coordinate('46950820868899156662930047687818585632848591499744589407958293238635476079160');
    const y = coordinate('5640078356564379163099075877009565129882514886557779369047442380624545832820');
    const head = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');
    const key = await importP256(Buffer.concat([head, x, y]));
    const sig = 'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==';
    const covered = pae('http://example.com/HelloWorld', bytesOf('hello world'));
    expect(await verifyP256(key as CryptoKey, Uint8Array.from(Buffer.from(sig, 'base64')), covered)).toBe(true);
  });
});

describe('openssl', () => {
  it('accepts the signature of a record over its PAE, made by hand from the stored file', ({ skip }) => {
    if (spawnSync('openssl', ['version']).error) skip('openssl is not installed');
    const folder = mkdtempSync(join(tmpdir(), 'rescind-openssl-'));
    try {
      const record = genuinePack().get('records/0003-triage.dsse.json') as Uint8Array;
      const sig = Buffer.from(JSON.parse(asText(record)).signatures[0].sig, 'base64');
      writeFileSync(join(folder, 'key.pem'), recordKey.pem);
      writeFileSync(join(folder, 'sig.der'), sig);
      writeFileSync(join(folder, 'pae'), signedBytes(record));
      const check = () =>
        spawnSync('openssl', ['dgst', '-sha256', '-verify', 'key.pem', '-signature', 'sig.der', 'pae'], {
          cwd: folder,
        });
      expect(check().stdout.toString()).toBe('Verified OK\n');
      writeFileSync(join(folder, 'pae'), `${asText(signedBytes(record))} `);
      expect(check().status).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a DER signature', () => {
  it('is read as the same r and s that node prints, for any key and text', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (text) => {
        const der = newKey().sign(text);
        const raw = rawSignature(der) as Uint8Array;
        const numbers = Buffer.from(der)
          .toString('hex')
          .match(/^30..02(..)(.*)$/) as RegExpMatchArray;
        const length = Number.parseInt(numbers[1] as string, 16) * 2;
        const r = BigInt(`0x${numbers[2]?.slice(0, length)}`);
        const s = BigInt(`0x${numbers[2]?.slice(length + 4)}`);
        expect(Buffer.from(raw).toString('hex')).toBe(
          r.toString(16).padStart(64, '0') + s.toString(16).padStart(64, '0'),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('has one text only: no other bytes are read as the same pair', () => {
    const write = (raw: Uint8Array) => {
      const integer = (bytes: Uint8Array) => {
        const first = bytes.findIndex((byte) => byte !== 0);
        const digits = [...bytes.subarray(first)];
        const body = (digits[0] as number) >= 0x80 ? [0, ...digits] : digits;
        return [2, body.length, ...body];
      };
      const body = [...integer(raw.subarray(0, 32)), ...integer(raw.subarray(32))];
      return Uint8Array.from([0x30, body.length, ...body]);
    };
    const signature = newKey().sign(bytesOf('x'));
    const near = fc.tuple(fc.nat(signature.length - 1), fc.nat(255)).map(([at, byte]) => signature.with(at, byte));
    fc.assert(
      fc.property(fc.oneof(near, fc.uint8Array({ maxLength: 80 })), (der) => {
        const raw = rawSignature(der);
        if (raw) expect(write(raw)).toEqual(Uint8Array.from(der));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('a PEM public key', () => {
  const { pem } = newKey();
  const spki = spkiOfPem(pem) as Uint8Array;
  const pemOf = (der: Uint8Array) =>
    `-----BEGIN PUBLIC KEY-----\n${Buffer.from(der).toString('base64')}\n-----END PUBLIC KEY-----\n`;
  it.each([
    ['a key of another curve', newKey('secp256k1').pem],
    ['a key whose curve is named otherwise', pemOf(spki.with(22, 0x06))],
    ['a key with a byte after its end', pemOf(Uint8Array.from([...spki, 0]))],
    ['two keys', pem + pem],
    ['text around the key', `key:\n${pem}`],
    ['a private key', pem.replaceAll('PUBLIC', 'PRIVATE')],
    ['nothing', ''],
  ])('is not taken from %s', (_what, text) => {
    expect(spkiOfPem(text)).toBeNull();
  });

  it('is not imported when its point is not on the curve', async () => {
    expect(await importP256(spki.with(90, (spki[90] as number) ^ 1))).toBeNull();
  });
});
