import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { RetryableError } from '#core/error';
import { AwsRefusal } from '#core/ports';
import { send } from './client.ts';

const options = { removeUndefinedValues: true, convertClassInstanceToMap: true };

type Key = { pk: string; sk: string };
type ConditionalUpdate = NonNullable<TransactWriteItem['Update']>;

const isCancelled = (error: unknown): error is AwsRefusal =>
  error instanceof AwsRefusal && error.name === 'TransactionCanceledException';
const reasonsOf = ({ cause }: AwsRefusal): string[] =>
  ((cause as { CancellationReasons?: { Code?: string }[] })?.CancellationReasons ?? []).flatMap(
    ({ Code }) => Code ?? [],
  );
/** Somebody writes the same row at this moment, or DynamoDB is busy: it says nothing about our condition. */
const isCollision = (error: unknown): boolean =>
  isCancelled(error)
    ? !reasonsOf(error).includes('ConditionalCheckFailed') &&
      reasonsOf(error).some((code) =>
        /^(TransactionConflict|ThrottlingError|ProvisionedThroughputExceeded)$/.test(code),
      )
    : error instanceof RetryableError && (error.cause as Error)?.name === 'TransactionConflictException';

/** The SDK does not repeat a collision, and a cut must not wait for the machine to do it. */
async function calmly<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isCollision(error)) throw error;
      if (tries === 6)
        throw error instanceof RetryableError ? error : new RetryableError(String(error), { cause: error });
      await pause(Math.random() * 20 * 2 ** tries);
    }
  }
}

/** A row without the table's own keys. */
function plain<T>(item: Record<string, AttributeValue>): T {
  const { pk: _pk, sk: _sk, listed: _listed, writeId: _writeId, ...row } = unmarshall(item);
  return row as T;
}

/** One DynamoDB table of rows under `pk` and `sk`: consistent reads, conditional writes, several in one transaction. */
export function conditionalTable(table: string, db: DynamoDBClient) {
  const get = async <T>(key: Key): Promise<T | null> => {
    const { Item } = await send('dynamodb:GetItem', () =>
      db.send(new GetItemCommand({ TableName: table, Key: marshall(key), ConsistentRead: true })),
    );
    return Item ? plain<T>(Item) : null;
  };

  /** All pages, up to `limit` rows: one page holds 1 MB, which may be fewer. */
  const query = async <T>(
    input: Omit<QueryCommandInput, 'TableName'>,
    limit = Number.POSITIVE_INFINITY,
  ): Promise<T[]> => {
    const rows: T[] = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const Limit = Number.isFinite(limit) ? { Limit: limit - rows.length } : {};
      const command = new QueryCommand({
        TableName: table,
        ...input,
        ...Limit,
        ...(from && { ExclusiveStartKey: from }),
      });
      const page = await send('dynamodb:Query', () => db.send(command));
      rows.push(...(page.Items ?? []).map((item) => plain<T>(item)));
      from = page.LastEvaluatedKey;
    } while (from && rows.length < limit);
    return rows;
  };

  const put = (item: object, condition?: string, values?: object): TransactWriteItem => ({
    Put: {
      TableName: table,
      Item: marshall(item, options),
      ...(condition && { ConditionExpression: condition }),
      ...(values && { ExpressionAttributeValues: marshall(values) }),
    },
  });

  /** False where a condition did not hold; a collision with another write is no answer, and is tried again. */
  const transact = async (items: TransactWriteItem[]): Promise<boolean> => {
    try {
      // DynamoDB Developer Guide, "Using IAM with transactions": the items' own actions are what is allowed or refused.
      const actions = [...new Set(items.flatMap((item) => Object.keys(item).map((kind) => `dynamodb:${kind}Item`)))];
      const command = new TransactWriteItemsCommand({ TransactItems: items });
      await calmly(() => send('dynamodb:TransactWriteItems', () => db.send(command), actions));
      return true;
    } catch (error) {
      if (isCancelled(error) && reasonsOf(error).includes('ConditionalCheckFailed')) return false;
      throw error;
    }
  };

  /** SET of the changes in a row, if every pair of `expected` still stands there. */
  const updating = (key: Key, changes: object, expected: object, also?: string): ConditionalUpdate => {
    const set = Object.keys(changes);
    const held = Object.keys(expected);
    return {
      TableName: table,
      Key: marshall(key),
      UpdateExpression: `SET ${set.map((name) => `#s_${name} = :s_${name}`).join(', ')}`,
      ConditionExpression: [...held.map((name) => `#h_${name} = :h_${name}`), ...(also ? [also] : [])].join(' AND '),
      ExpressionAttributeNames: Object.fromEntries([
        ...set.map((name) => [`#s_${name}`, name] as const),
        ...held.map((name) => [`#h_${name}`, name] as const),
      ]),
      ExpressionAttributeValues: marshall(
        Object.fromEntries([
          ...Object.entries(changes).map(([name, value]) => [`:s_${name}`, value] as const),
          ...Object.entries(expected).map(([name, value]) => [`:h_${name}`, value] as const),
        ]) as Record<string, unknown>,
        options,
      ),
    };
  };

  /**
   * False where its condition did not hold. The SDK sends a write again whose answer was lost, and then its condition
   * fails on the write itself: whose it is, the row says by an id that each write leaves there.
   */
  const update = async (item: ConditionalUpdate): Promise<boolean> => {
    const writeId = randomUUID();
    const own = {
      ...item,
      UpdateExpression: `${item.UpdateExpression}, writeId = :writeId`,
      ExpressionAttributeValues: { ...item.ExpressionAttributeValues, ':writeId': { S: writeId } },
    };
    try {
      await calmly(() => send('dynamodb:UpdateItem', () => db.send(new UpdateItemCommand(own))));
      return true;
    } catch (error) {
      if (!(error instanceof AwsRefusal) || error.name !== 'ConditionalCheckFailedException') throw error;
      const { Item } = await send('dynamodb:GetItem', () =>
        db.send(new GetItemCommand({ TableName: table, Key: item.Key, ConsistentRead: true })),
      );
      return Item?.writeId?.S === writeId;
    }
  };

  return { get, query, put, updating, update, transact };
}
