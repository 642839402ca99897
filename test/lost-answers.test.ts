import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { iamOperations } from '#adapters/iam';
import { caseTable } from '#adapters/register';
import { openCase } from '#core/intake/open-case';
import { finding, identity } from './build-finding.ts';
import { event, heldBy, respond, seed } from './seed.ts';

const about = openCase(
  finding({ identity: identity('alice', 'AKIA1111222233334444') }),
  '2026-08-20T10:00:00.000Z',
  'enforce',
);
const json = (statusCode: number, body: object) => ({
  response: {
    statusCode,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: Buffer.from(JSON.stringify(body)),
  },
});

/** DynamoDB that carries the first update out and does not say so; `by` another one comes between the two. */
function losing(by?: 'another') {
  let row: Record<string, unknown> = { ...about };
  let updates = 0;
  const handle = async (request: { headers: Record<string, string>; body: Uint8Array }) => {
    const asked = request.headers['x-amz-target']?.split('.')[1];
    if (asked === 'GetItem') return json(200, { Item: marshall(row, { removeUndefinedValues: true }) });
    updates += 1;
    if (updates > 1) return json(400, { __type: 'ConditionalCheckFailedException', message: 'the condition failed' });
    const { writeId } = unmarshall(
      Object.fromEntries(
        Object.entries(JSON.parse(Buffer.from(request.body).toString()).ExpressionAttributeValues).map(([k, v]) => [
          k.slice(1),
          v,
        ]),
      ) as never,
    );
    row = { ...row, taken: 1, version: about.version + 1, writeId: by ?? writeId };
    return json(500, { __type: 'InternalServerError', message: 'x' });
  };
  const credentials = { accessKeyId: 'x', secretAccessKey: 'y' };
  const requestHandler = { handle, destroy: () => undefined } as never;
  return caseTable('t', new DynamoDBClient({ region: 'eu-central-1', credentials, requestHandler }));
}

afterEach(() => vi.restoreAllMocks());

describe('a write of the register whose answer is lost, and which the SDK sends again', () => {
  it('is not taken for that of another run', async () => {
    const written = await losing().update(about, { taken: 1 });
    expect(written).toMatchObject({ taken: 1, version: 2 });
    expect(written).not.toHaveProperty('writeId');
  });

  it('is taken for that of another run where it is', async () => {
    await expect(losing('another').update(about, { taken: 1 })).rejects.toMatchObject({ code: 'CASE_CHANGED' });
  });
});

describe('a new key whose answer is lost', () => {
  it('is not asked for again by the SDK: the step finds it and deletes it', async () => {
    const attempts: unknown[] = [];
    vi.spyOn(IAMClient.prototype, 'send').mockImplementation(async function (this: IAMClient) {
      attempts.push(await this.config.maxAttempts());
    } as never);
    await iamOperations['iam:CreateAccessKey']({ UserName: 'alice' } as never);
    await iamOperations['iam:UpdateAccessKey']({
      UserName: 'alice',
      AccessKeyId: 'AKIA1111222233334444',
      Status: 'Inactive',
    } as never);
    expect(attempts).toEqual([1, 4]);
  });
});

describe('a key that the case itself has made', () => {
  it('is never a stranger to it, whatever crash came before the record, and a retry', async () => {
    const calm = seed();
    await respond(calm, event());
    const wrong: string[] = [];
    for (let at = 1; at <= calm.gate.passed.length; at += 1)
      for (const when of ['before', 'after'] as const) {
        const made = seed({ crash: { at, when, kind: 'not retried' } });
        const { found } = await respond(made, event());
        if (found.stage !== 'parked') continue;
        await made.control({ control: 'retry', caseId: found.id });
        await made.drain();
        const now = await made.register.load(found.id);
        if (now.facts.verify?.strangers.includes(heldBy(made).accessKeyId))
          wrong.push(`${when} ${at} ${calm.gate.passed[at - 1]}: ${now.stage}, ${now.facts.park?.reason}`);
      }
    expect(wrong).toEqual([]);
  }, 60_000);
});

describe('a rotation that has only begun', () => {
  it('blocks by name: its version has no value yet', async () => {
    const made = seed();
    made.secret.versions.set('11111111-begun-by-secrets-manager', {
      value: undefined as never,
      labels: new Set(['AWSPENDING']),
    });
    const { found } = await respond(made, event());
    expect(found.facts.park?.reason).toMatch(/rotation of .* is blocked: another rotation has left a value/);
  });
});

describe('a finding that joins while the case learns a name', () => {
  it('keeps the names that it brings', async () => {
    const made = seed({ secret: null });
    const nameless = { userName: undefined, principalId: undefined, userType: undefined };
    const second = made.aws.addKey(made.alice);
    const { update } = made.register;
    let left = 1;
    made.register.update = async (found, changes, condition) => {
      if (changes.identity && left > 0) {
        left -= 1;
        await made.deliver(event({ accessKeyId: second.id }));
      }
      return update(found, changes, condition);
    };
    await made.deliver(event(nameless, { type: 'Persistence:IAMUser/AnomalousBehavior', severity: 5 }));
    await made.drain();
    expect((await made.cases())[0]?.identity.aliases).toContain(`access-key/${second.id}`);
  });
});
