import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { caseTable } from '#adapters/register';
import { openCase } from '#core/intake/open-case';
import { finding, identity } from '../build-finding.ts';

const about = openCase(
  finding({ identity: identity('alice', 'AKIA1111222233334444') }),
  '2026-08-20T10:00:00.000Z',
  'enforce',
);

/** A table whose first answers to one operation are these errors, as DynamoDB's API reference names them. */
function failing(operation: string, times: number, type: string, reasons?: string[]) {
  let left = times;
  const handle = async (request: { headers: Record<string, string> }) => {
    const asked = request.headers['x-amz-target']?.split('.')[1];
    const fails = asked === operation && left > 0;
    if (fails) left -= 1;
    const body = fails ? { __type: type, CancellationReasons: reasons?.map((Code) => ({ Code })) } : {};
    return {
      response: {
        statusCode: fails ? 400 : 200,
        headers: { 'content-type': 'application/x-amz-json-1.0' },
        body: Buffer.from(JSON.stringify(body)),
      },
    };
  };
  const requestHandler = { handle, destroy: () => undefined };
  return caseTable(
    't',
    new DynamoDBClient({
      region: 'eu-central-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
      requestHandler: requestHandler as never,
    }),
  );
}

describe('the register, beside another write of the same row', () => {
  it('writes again where the update met a transaction: the cut does not wait for the machine', async () => {
    const register = failing('UpdateItem', 2, 'TransactionConflictException');
    expect(await register.update(about, { taken: 1 })).toMatchObject({ taken: 1 });
  });

  it('closes again where the transaction met another one, or was throttled', async () => {
    const cancelled = 'TransactionCanceledException';
    const register = failing('TransactWriteItems', 2, cancelled, ['TransactionConflict', 'None']);
    expect(await register.close(about, { stage: 'closed' })).toMatchObject({ stage: 'closed' });
  });

  it('gives up as something to try later, and never as somebody else’s change', async () => {
    const register = failing('TransactWriteItems', 99, 'TransactionCanceledException', ['ThrottlingError']);
    await expect(register.close(about, { stage: 'closed' })).rejects.toMatchObject({ name: 'Retryable' });
  });

  it('takes a condition that did not hold for somebody else’s change', async () => {
    const register = failing('TransactWriteItems', 1, 'TransactionCanceledException', ['ConditionalCheckFailed']);
    await expect(register.close(about, { stage: 'closed' })).rejects.toMatchObject({ code: 'CASE_CHANGED' });
  });
});
