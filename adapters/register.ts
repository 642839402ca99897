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
import type { AttachedFinding, Case } from '#core/case';
import { RescindError, RetryableError } from '#core/error';
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
import { AwsRefusal, type Register } from '#core/ports';
import { accountRows } from './account-rows.ts';
import { brakeRows } from './brake-rows.ts';
import { clientSettings, send } from './client.ts';
import { heardRows } from './heard-rows.ts';

/** Once an environment: a warm invocation keeps its connections. */
const shared = new DynamoDBClient(clientSettings);

type ConditionalUpdate = NonNullable<TransactWriteItem['Update']>;

const options = { removeUndefinedValues: true, convertClassInstanceToMap: true };
const caseRow = (id: string) => ({ pk: `case#${id}`, sk: 'case' });
const aliasRow = (alias: string, simulated: boolean) => ({ pk: `alias#${inWorld(alias, simulated)}`, sk: 'open' });
const findingRow = (id: string, { source, id: finding }: { source: string; id: string }, version: string) => ({
  pk: `case#${id}`,
  sk: `finding#${source}#${finding}#${version}`,
});
/** Outlives the case, so that a late duplicate is known. */
const standingRow = ({ source, id }: { source: string; id: string }, simulated: boolean) => ({
  pk: `finding#${inWorld(source, simulated)}#${id}`,
  sk: 'standing',
});

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

  const freeing = (alias: string, { id, simulated }: Case): TransactWriteItem => ({
    Delete: {
      TableName: table,
      Key: marshall(aliasRow(alias, simulated)),
      ConditionExpression: 'attribute_not_exists(pk) OR caseId = :id',
      ExpressionAttributeValues: marshall({ ':id': id }),
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

  /** The rows of a finding, if nobody else has attached it since it was read. */
  const attached = ({ id, simulated }: Case, { finding, version, before, after }: Attaching): TransactWriteItem[] => [
    put({ ...findingRow(id, finding, version), ...finding }),
    before
      ? put({ ...standingRow(finding, simulated), ...after }, 'caseId = :caseId AND seq = :seq', {
          ':caseId': before.caseId,
          ':seq': before.seq,
        })
      : put({ ...standingRow(finding, simulated), ...after }, 'attribute_not_exists(pk)'),
  ];

  const pointer = (alias: string, { id, simulated }: Case): TransactWriteItem =>
    put({ ...aliasRow(alias, simulated), caseId: id }, 'attribute_not_exists(pk)');

  const pointed = (alias: string, simulated: boolean) => get<{ caseId: string }>(aliasRow(alias, simulated));

  /** Those of the aliases that point nowhere, if they still do. */
  const pointing = async (aliases: string[], found: Case): Promise<TransactWriteItem[]> => {
    const pointers = await Promise.all(aliases.map((alias) => pointed(alias, found.simulated)));
    return aliases.filter((_, at) => !pointers[at]).map((alias) => pointer(alias, found));
  };

  const rows: CaseRows = {
    async openCaseOf(aliases, simulated) {
      const pointers = await Promise.all(aliases.map((alias) => pointed(alias, simulated)));
      const first = pointers.find((to) => to !== null);
      return first ? get<Case>(caseRow(first.caseId)) : null;
    },
    load: (caseId) => get<Case>(caseRow(caseId)),
    standing: (finding) => get<Standing>(standingRow(finding, finding.simulated)),
    insert: (opened, first) =>
      transact([
        put({ ...caseRow(opened.id), listed: 'case', ...opened }, 'attribute_not_exists(pk)'),
        ...attached(opened, first),
        ...opened.identity.aliases.map((alias) => pointer(alias, opened)),
      ]),
    async join(found, changes, further, aliases) {
      const expected = { attached: found.attached, run: found.run, stage: found.stage, closing: false };
      return transact([
        { Update: updating(found.id, changes, expected) },
        ...attached(found, further),
        ...(await pointing(aliases, found)),
      ]);
    },
    async advance(found, changes, aliases = []) {
      const expected = { version: found.version, run: found.run, closing: found.closing };
      return transact([{ Update: updating(found.id, changes, expected) }, ...(await pointing(aliases, found))]);
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
      const { aliases } = found.identity;
      const pointers = await Promise.all(aliases.map((alias) => pointed(alias, found.simulated)));
      // An alias of another open case stays its own.
      const freed = aliases.filter((_, at) => pointers[at]?.caseId === found.id).map((alias) => freeing(alias, found));
      const closed = await transact([
        { Update: updating(found.id, written, { version: found.version, run: found.run }) },
        ...freed,
      ]);
      if (!closed) throw new RescindError('CASE_CHANGED', found.id);
      return { ...found, ...written };
    },

    attach: (finding, receivedAt, mode) => attachFinding(rows, finding, receivedAt, mode),

    join: (finding, receivedAt, mode) => joinFinding(rows, finding, receivedAt, mode),

    repeated: (finding) => repeatOf(rows, finding),

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
