import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { BegunRotation, BegunRotations } from '#core/rotators/scheduled-rotation';
import { clientSettings, send } from './client.ts';

/** Secrets Manager tries a rotation again for hours, not for days. */
const keptSeconds = 2 * 86_400;
const rowOf = (secretArn: string, version: string) => ({ pk: `rotation#${secretArn}`, sk: version });

/** Rotations that Secrets Manager drives and that have begun, in the register's table; it deletes them by `until`. */
export function begunRotations(table: string, db = new DynamoDBClient(clientSettings)): BegunRotations {
  return {
    async read(secretArn, version) {
      const { Item } = await send('dynamodb:GetItem', () =>
        db.send(
          new GetItemCommand({ TableName: table, Key: marshall(rowOf(secretArn, version)), ConsistentRead: true }),
        ),
      );
      if (!Item) return null;
      const { keysBefore, at, refused = false } = unmarshall(Item) as BegunRotation;
      return { keysBefore, at, refused };
    },

    async keep(secretArn, version, begun) {
      const until = Math.floor(Date.parse(begun.at) / 1000) + keptSeconds;
      const Item = marshall({ ...rowOf(secretArn, version), ...begun, until });
      await send('dynamodb:PutItem', () => db.send(new PutItemCommand({ TableName: table, Item })));
    },
  };
}
