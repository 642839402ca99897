import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { inWorld } from '#core/ids';
import type { Register } from '#core/register';
import { send } from './client.ts';

/** An identity makes few keys in a few hours; whoever makes more shall not slow down the next finding's way. */
const most = 10;
/** What names a credential has rows of its own, so that news of other kinds cannot push it out. */
const keyOf = (alias: string, simulated: boolean, named: boolean) =>
  `heard#${named ? 'credential#' : ''}${inWorld(alias, simulated)}`;

/**
 * Events that found no open case, with their text, by each identifier of their identity; the newest last. The table
 * deletes them by `until`, days late at times, so that it is compared as well.
 */
export function heardRows(table: string, db: DynamoDBClient): Pick<Register, 'hear' | 'heard'> {
  return {
    async hear({ source, id, observedAt, identity, credential, simulated }, body, until) {
      const named = credential.accessKeyId !== undefined;
      for (const alias of identity.aliases) {
        const row = { pk: keyOf(alias, simulated, named), sk: `${observedAt}#${source}#${id}`, body, until };
        await send('dynamodb:PutItem', () => db.send(new PutItemCommand({ TableName: table, Item: marshall(row) })));
      }
    },

    async heard({ identity, simulated }, now) {
      const bodies = await Promise.all(
        identity.aliases.flatMap((alias) =>
          [true, false].map(async (named) => {
            const { Items } = await send('dynamodb:Query', () =>
              db.send(
                new QueryCommand({
                  TableName: table,
                  KeyConditionExpression: 'pk = :pk',
                  ExpressionAttributeValues: marshall({ ':pk': keyOf(alias, simulated, named) }),
                  // The other side puts its case and then asks here: one of the two sees the other.
                  ConsistentRead: true,
                  ScanIndexForward: false,
                  Limit: most,
                }),
              ),
            );
            const rows = (Items ?? []).map((item) => unmarshall(item) as { body: string; until: number });
            return rows.filter(({ until }) => until > now).map(({ body }) => body);
          }),
        ),
      );
      return [...new Set(bodies.flat())];
    },
  };
}
