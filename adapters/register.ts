import { setTimeout as pause } from 'node:timers/promises';
import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { attachFinding, type CaseRows, caseFor, joinFinding, nextRun } from '#core/attach';
import type { AttachedFinding, Case } from '#core/case';
import { RescindError, RetryableError } from '#core/error';
import { AwsRefusal, type Register } from '#core/ports';
import { reopenCase } from '#core/reopen';
import { accountRows } from './account-rows.ts';
import { brakeRows } from './brake-rows.ts';
import { clientSettings, send } from './client.ts';
import { heardRows } from './heard-rows.ts';

/** Once an environment: a warm invocation keeps its connections. */
const shared = new DynamoDBClient(clientSettings);

type ConditionalUpdate = NonNullable<TransactWriteItem['Update']>;

const options = { removeUndefinedValues: true, convertClassInstanceToMap: true };
const caseRow = (id: string) => ({ pk: `case#${id}`, sk: 'case' });
const aliasRow = (alias: string) => ({ pk: `alias#${alias}`, sk: 'open' });
const findingRow = (id: string, source: string, finding: string) => ({
  pk: `case#${id}`,
  sk: `finding#${source}#${finding}`,
});
/** Outlives the case, so that a late duplicate is known. */
const standingRow = (source: string, finding: string) => ({ pk: `finding#${source}#${finding}`, sk: 'standing' });

const mostFreed = 90;

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
  const { pk: _pk, sk: _sk, listed: _listed, ...row } = unmarshall(item);
  return row as T;
}

/**
 * The register in one DynamoDB table: a row a case, two rows for each attached finding (in its case, and by its id alone),
 * and a row for each alias of an open case. All writes are conditional; several rows change in one transaction.
 */
export function caseTable(table: string, db = shared): Register {
  const get = async <T>(key: Record<string, string>): Promise<T | null> => {
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

  const put = (item: object, condition?: string): TransactWriteItem => ({
    Put: { TableName: table, Item: marshall(item, options), ...(condition && { ConditionExpression: condition }) },
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

  const freeing = (alias: string, caseId: string): TransactWriteItem => ({
    Delete: {
      TableName: table,
      Key: marshall(aliasRow(alias)),
      ConditionExpression: 'attribute_not_exists(pk) OR caseId = :id',
      ExpressionAttributeValues: marshall({ ':id': caseId }),
    },
  });

  /** SET of the changes under `key`, if every pair of `expected` still stands. */
  const updating = (id: string, changes: object, expected: object, also?: string): ConditionalUpdate => {
    const set = Object.keys(changes);
    const held = Object.keys(expected);
    return {
      TableName: table,
      Key: marshall(caseRow(id)),
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

  const attached = (caseId: string, finding: AttachedFinding): TransactWriteItem[] => [
    put({ ...findingRow(caseId, finding.source, finding.id), ...finding }),
    put({ ...standingRow(finding.source, finding.id), caseId, seq: finding.seq }),
  ];

  /** Those of the aliases that point nowhere, if they still do. */
  const pointing = async (aliases: string[], caseId: string): Promise<TransactWriteItem[]> => {
    const free: string[] = [];
    for (const alias of aliases) if (!(await get(aliasRow(alias)))) free.push(alias);
    return free.map((alias) => put({ ...aliasRow(alias), caseId }, 'attribute_not_exists(pk)'));
  };

  const rows: CaseRows = {
    async openCaseOf(aliases) {
      const pointers = await Promise.all(aliases.map((alias) => get<{ caseId: string }>(aliasRow(alias))));
      const first = pointers.find((pointer) => pointer !== null);
      return first ? get<Case>(caseRow(first.caseId)) : null;
    },
    load: (caseId) => get<Case>(caseRow(caseId)),
    standing: (source, id) => get<{ caseId: string; seq: number }>(standingRow(source, id)),
    insert: (opened, first) =>
      transact([
        put({ ...caseRow(opened.id), listed: 'case', ...opened }, 'attribute_not_exists(pk)'),
        ...attached(opened.id, first),
        ...opened.identity.aliases.map((alias) =>
          put({ ...aliasRow(alias), caseId: opened.id }, 'attribute_not_exists(pk)'),
        ),
      ]),
    async join(found, changes, finding, aliases) {
      const expected = { attached: found.attached, run: found.run, stage: found.stage, closing: false };
      return transact([
        { Update: updating(found.id, changes, expected) },
        ...attached(found.id, finding),
        ...(await pointing(aliases, found.id)),
      ]);
    },
    async advance(found, changes, aliases = []) {
      const expected = { version: found.version, run: found.run, closing: found.closing };
      return transact([{ Update: updating(found.id, changes, expected) }, ...(await pointing(aliases, found.id))]);
    },
  };

  return {
    async load(caseId) {
      const found = await rows.load(caseId);
      if (!found) throw new RescindError('CASE_UNKNOWN', caseId);
      return found;
    },

    async findings(caseId) {
      const findings = await query<AttachedFinding>({
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: marshall({ ':pk': `case#${caseId}`, ':sk': 'finding#' }),
        ConsistentRead: true,
      });
      return findings.toSorted((a, b) => a.seq - b.seq);
    },

    async update(found, changes, condition) {
      const written = { ...changes, version: found.version + 1, updatedAt: new Date().toISOString() };
      const waits = condition?.allTaken ? 'attached = taken' : undefined;
      try {
        const command = new UpdateItemCommand(
          updating(found.id, written, { version: found.version, run: found.run }, waits),
        );
        await calmly(() => send('dynamodb:UpdateItem', () => db.send(command)));
        return { ...found, ...written };
      } catch (error) {
        if (!(error instanceof AwsRefusal) || error.name !== 'ConditionalCheckFailedException') throw error;
      }
      const now = await rows.load(found.id);
      if (waits && now?.version === found.version && now.run === found.run) return 'findings-wait';
      throw new RescindError('CASE_CHANGED', found.id);
    },

    async close(found, changes) {
      const at = new Date().toISOString();
      const written = { ...changes, version: found.version + 1, updatedAt: at, closedAt: at };
      const pointers = await Promise.all(
        found.identity.aliases.map(async (alias) => ({ alias, to: await get<{ caseId: string }>(aliasRow(alias)) })),
      );
      // An alias of another open case stays its own.
      const freed = pointers.filter(({ to }) => to?.caseId === found.id).map(({ alias }) => freeing(alias, found.id));
      // A transaction holds 100 items (DynamoDB Developer Guide); the last ones go with the closing itself.
      while (freed.length > mostFreed) await transact(freed.splice(0, mostFreed));
      const closed = await transact([
        { Update: updating(found.id, written, { version: found.version, run: found.run }) },
        ...freed,
      ]);
      if (!closed) throw new RescindError('CASE_CHANGED', found.id);
      return { ...found, ...written };
    },

    attach: (finding, receivedAt, mode) => attachFinding(rows, finding, receivedAt, mode),

    join: (finding, receivedAt, mode) => joinFinding(rows, finding, receivedAt, mode),

    isOpenFor: async (finding) => (await caseFor(rows, finding)) !== null,

    ...heardRows(table, db),

    nextRun: (caseId, run) => nextRun(rows, caseId, run),

    reopen: (caseId, mode, deadRun) => reopenCase(rows, caseId, mode, deadRun),

    ...brakeRows(table, db),

    ...accountRows(table, db),

    list: (limit) =>
      query<Case>(
        {
          IndexName: 'cases',
          KeyConditionExpression: 'listed = :case',
          ExpressionAttributeValues: marshall({ ':case': 'case' }),
          ScanIndexForward: false,
        },
        limit,
      ),
  };
}
