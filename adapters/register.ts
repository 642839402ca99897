import { DynamoDBClient, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
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
import type { Register } from '#core/register';
import type { AttachedFinding } from '#core/step-facts';
import { accountRows } from './account-rows.ts';
import { brakeRows } from './brake-rows.ts';
import { clientSettings } from './client.ts';
import { heardRows } from './heard-rows.ts';
import { conditionalTable } from './table.ts';

/** Once an environment: a warm invocation keeps its connections. */
const shared = new DynamoDBClient(clientSettings);

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

/**
 * The register in one DynamoDB table: a row a case, two rows for each attached finding (in its case, and by its id alone),
 * and a row for each alias of an open case. All writes are conditional; several rows change in one transaction.
 */
export function caseTable(table: string, db = shared): Register {
  const { get, query, put, updating, update, transact } = conditionalTable(table, db);

  const freeing = (alias: string, { id, simulated }: Case): TransactWriteItem => ({
    Delete: {
      TableName: table,
      Key: marshall(aliasRow(alias, simulated)),
      ConditionExpression: 'attribute_not_exists(pk) OR caseId = :id',
      ExpressionAttributeValues: marshall({ ':id': id }),
    },
  });

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
    async pointers(aliases, simulated) {
      const to = await Promise.all(aliases.map((alias) => pointed(alias, simulated)));
      const ids = [...new Set(to.flatMap((pointer) => pointer?.caseId ?? []))];
      const cases = new Map(await Promise.all(ids.map(async (id) => [id, await get<Case>(caseRow(id))] as const)));
      return aliases.flatMap((alias, at) => {
        const found = cases.get(to[at]?.caseId ?? '');
        return found ? [{ alias, found }] : [];
      });
    },
    load: (caseId) => get<Case>(caseRow(caseId)),
    standing: (finding) => get<Standing>(standingRow(finding, finding.simulated)),
    insert: (opened, first, aliases) =>
      transact([
        put({ ...caseRow(opened.id), listed: 'case', ...opened }, 'attribute_not_exists(pk)'),
        ...attached(opened, first),
        ...aliases.map((alias) => pointer(alias, opened)),
      ]),
    async join(found, changes, further, aliases) {
      const { attached: seq, run, stage, identity } = found;
      const expected = { attached: seq, run, stage, identity, closing: false };
      return transact([
        { Update: updating(caseRow(found.id), changes, expected) },
        ...attached(found, further),
        ...(await pointing(aliases, found)),
      ]);
    },
    async advance(found, changes, aliases = []) {
      const expected = { version: found.version, run: found.run, closing: found.closing };
      return transact([
        { Update: updating(caseRow(found.id), changes, expected) },
        ...(await pointing(aliases, found)),
      ]);
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

    async learn({ id, simulated }, aliases) {
      const led = await Promise.all(
        aliases.map(async (alias) => {
          // An update, because a step may make nothing else; it makes the row where there is none.
          const free = 'attribute_not_exists(pk)';
          const item = updating(aliasRow(alias, simulated), { caseId: id }, {}, free);
          return (await update(item)) ? id : (await pointed(alias, simulated))?.caseId;
        }),
      );
      return [...new Set(led.filter((other) => other !== undefined && other !== id))] as string[];
    },

    async update(found, changes, condition = {}) {
      const written = { ...changes, version: found.version + 1, updatedAt: new Date().toISOString() };
      const { allTaken, identity } = condition;
      const expected = { version: found.version, run: found.run, ...(identity && { identity }) };
      const item = updating(caseRow(found.id), written, expected, allTaken ? 'attached = taken' : undefined);
      if (await update(item)) return { ...found, ...written };
      const now = await rows.load(found.id);
      if ((allTaken || identity) && now?.version === found.version && now.run === found.run) return 'findings-wait';
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
        { Update: updating(caseRow(found.id), written, { version: found.version, run: found.run }) },
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

    reopen: (caseId, mode, why) => reopenCase(rows, caseId, mode, why),

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
