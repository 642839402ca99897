import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { iamOperations } from '#adapters/iam';
import { memoryRegister } from '#adapters/memory';
import { caseTable } from '#adapters/register';
import { openCase } from '#core/intake/open-case';
import { finding, identity } from './build-finding.ts';
import { world } from './case-run.ts';
import { awsError } from './fake-aws.ts';
import { event, heldBy, respond, seed } from './seed.ts';
import { roleId, roleKey } from './sources/guardduty-finding.ts';
import { eventAbout } from './sources/health-event.ts';

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

describe('what DynamoDB asks to try again', () => {
  const answering = (operation: string, ...answers: [number, string][]) => {
    let at = 0;
    const handle = async (request: { headers: Record<string, string> }) => {
      if (request.headers['x-amz-target']?.split('.')[1] !== operation) return json(200, {});
      const [status, type] = answers[Math.min(at, answers.length - 1)] as [number, string];
      at += 1;
      return json(status, { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: type });
    };
    const credentials = { accessKeyId: 'x', secretAccessKey: 'y' };
    const requestHandler = { handle, destroy: () => undefined } as never;
    const db = new DynamoDBClient({ region: 'eu-central-1', credentials, maxAttempts: 2, requestHandler });
    return caseTable('t', db);
  };
  const retryable = { name: 'Retryable' };

  it('is tried again: a write and a read that were throttled, a transaction whose first try is at work', async () => {
    const throttled: [number, string] = [400, 'ProvisionedThroughputExceededException'];
    await expect(answering('UpdateItem', throttled).update(about, { taken: 1 })).rejects.toMatchObject(retryable);
    await expect(answering('GetItem', throttled).load(about.id)).rejects.toMatchObject(retryable);
    const inProgress = answering(
      'TransactWriteItems',
      [500, 'InternalServerError'],
      [400, 'TransactionInProgressException'],
    );
    await expect(inProgress.close(about, { stage: 'closed' })).rejects.toMatchObject(retryable);
  });
});

describe('a rotation that died and is not tried again, and the retry of an operator', () => {
  const story = seed();
  const after = async (name: string, when: 'before' | 'after') => {
    if (story.gate.passed.length === 0) await respond(story, event());
    const at = story.gate.passed.indexOf(name) + 1;
    const made = seed({ crash: { at, when, kind: 'not retried' } });
    const { found } = await respond(made, event());
    await made.control({ control: 'retry', caseId: found.id });
    await made.drain();
    const now = await made.register.load(found.id);
    return [found.stage, now.stage, now.facts.verify?.strangers, made.alice.keys.length];
  };
  it.each(['secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'])(
    'goes on after %s',
    async (name) => {
      expect(await after(name, 'after')).toEqual(['parked', 'closed', [], 2]);
    },
  );

  it('takes a lost answer of a label that was moved for what it is', async () => {
    const made = seed();
    const move = made.aws.operations['secretsmanager:UpdateSecretVersionStage'] as (input: never) => Promise<never>;
    let lost = true;
    const twice = async (input: never) => {
      if (lost) await move(input);
      lost = false;
      return move(input);
    };
    Object.assign(made.aws.operations, { 'secretsmanager:UpdateSecretVersionStage': twice });
    expect((await respond(made, event())).found.stage).toBe('closed');
  });
});

describe('a rollback that died between the change and its record', () => {
  const unsigned = async (made: ReturnType<typeof seed>, caseId: string) => {
    const { sign } = made.signer;
    made.signer.sign = async () => {
      throw awsError('AccessDeniedException', 'KMS', 400);
    };
    await expect(made.rollback(caseId)).rejects.toThrow();
    made.signer.sign = sign;
    expect(made.alice.policies.size).toBe(0);
  };

  it('does not end green while a run is active, and is told by a record once the case rests', async () => {
    const made = seed({ secret: null });
    made.before.verify = () => void made.aws.addKey(made.alice);
    const { found } = await respond(made, event());
    await unsigned(made, found.id);
    await made.deliver(event());
    await expect(made.rollback(found.id)).rejects.toMatchObject({ code: 'CASE_CHANGED' });
    await made.drain();
    expect(await made.rollback(found.id)).toMatchObject({ outcome: 'rolled-back' });
    expect(await made.verify(found.id)).toMatchObject({ ok: true });
  });

  it('is not undone by the look, which fails instead', async () => {
    const made = seed({ secret: null });
    const { found } = await respond(made, event());
    await unsigned(made, found.id);
    made.clock.pass(37 * 3_600_000);
    await expect(made.look(found.id)).rejects.toMatchObject({ code: 'CASE_CHANGED' });
    expect(made.sent).toEqual([]);
  });
});

describe('one Health event about two exposed keys', () => {
  it('has the second cut although the case of the first is being closed', async () => {
    const made = seed({ secret: null });
    const bob = made.aws.addUser('bob', {}, 'AIDA5555222233334444A');
    const other = made.aws.addKey(bob, 'AKIA5555222233334444');
    const { update } = made.register;
    let outcome = '';
    made.register.update = async (found, changes, condition) => {
      const answer = await update(found, changes, condition);
      if (changes.closing === true && outcome === '') {
        outcome = 'asked';
        outcome = await made.receive(eventAbout([made.key.id, other.id])).then(
          () => 'taken',
          ({ name }) => name,
        );
      }
      return answer;
    };
    await respond(made, event());
    expect([outcome, (await made.cases()).length, other.status]).toEqual(['Retryable', 2, 'Inactive']);
  });
});

describe('the row of a case', () => {
  it('does not grow by the whole role with each of its instances', async () => {
    const made = world({ settings: { cutsPerHour: 1000 } });
    const policy = JSON.stringify({
      Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'x'.repeat(4000) }],
    });
    made.aws.addRole('web-server', { uniqueId: roleId, policies: new Map([['app', policy]]) });
    const shared = { ...roleKey, principalId: `${roleId}:worker`, accessKeyId: 'ASIA9999222233334444' };
    await respond(made as never, event(shared));
    for (let n = 1; n <= 20; n += 1) {
      const session = `i-${String(n).padStart(17, '0')}`;
      await respond(made as never, event({ ...roleKey, principalId: `${roleId}:${session}` }));
    }
    const [found] = await made.cases();
    expect([found?.cuts.length, JSON.stringify(found?.cuts).includes('xxxx')]).toEqual([20, false]);
  });

  it('keeps the names that it has, however many come after them', async () => {
    const register = memoryRegister();
    const first = identity('alice', 'AKIA1111222233334444');
    const names = (from: number) =>
      Array.from({ length: 10 }, (_, n) => `access-key/ASIA${String(from + n).padStart(16, '0')}`);
    const own = [...first.aliases, 'external/198.51.100.7'];
    const told = (aliases: string[]) => finding({ identity: { ...first, aliases } });
    const { caseId } = await register.attach(told(own), '2026-08-20T10:00:00.000Z', 'enforce');
    for (let n = 0; n < 9; n += 1)
      await register.attach(told([...first.aliases, ...names(n * 10)]), '2026-08-20T10:00:00.000Z', 'enforce');
    const { aliases } = (await register.load(caseId)).identity;
    expect([aliases.length, own.every((name) => aliases.includes(name))]).toEqual([90, true]);
  });
});
