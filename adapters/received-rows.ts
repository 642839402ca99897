import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { sha256 } from '#core/digest';
import type { ReceivePorts } from '#core/receivers/receive';
import { oldestSeconds } from '#core/receivers/ssf';
import { clientSettings, send } from './client.ts';

/** Longer than anything is taken that was issued before. */
const keptSeconds = 2 * oldestSeconds;
/** The function may write rows of this beginning alone, by its policy; the id is a stranger's text. */
const keyOf = (name: string, id: string) => ({ pk: `received#${name}`, sk: sha256(id) });

/** What has been received, in the register's table, which deletes it by `until`. */
export function receivedRows(
  table: string,
  now: () => Date,
  db = new DynamoDBClient(clientSettings),
): Pick<ReceivePorts, 'isSeen' | 'remember'> {
  return {
    async isSeen(name, id) {
      const { Item } = await send('dynamodb:GetItem', () =>
        db.send(new GetItemCommand({ TableName: table, Key: marshall(keyOf(name, id)), ConsistentRead: true })),
      );
      return Item !== undefined;
    },

    async remember(name, id) {
      const until = Math.floor(now().getTime() / 1000) + keptSeconds;
      const Item = marshall({ ...keyOf(name, id), until });
      await send('dynamodb:PutItem', () => db.send(new PutItemCommand({ TableName: table, Item })));
    },
  };
}
