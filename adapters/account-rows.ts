import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Register } from '#core/register';
import { send } from './client.ts';

/** CloudTrail tells of a call within minutes, at times hours; the table deletes the row by `until`. */
const keptSeconds = 7 * 86_400;
const rowOf = (requestId: string) => ({ pk: `call#${requestId}`, sk: 'record' });

/** Which record tells of a call, a row a call. An update, because the steps may make nothing but updates. */
export function accountRows(table: string, db: DynamoDBClient): Pick<Register, 'accountFor' | 'accountOf'> {
  return {
    async accountFor(caseId, number, requestIds) {
      const until = Math.floor(Date.now() / 1000) + keptSeconds;
      await Promise.all(
        requestIds.map((id) =>
          send('dynamodb:UpdateItem', () =>
            db.send(
              new UpdateItemCommand({
                TableName: table,
                Key: marshall(rowOf(id)),
                UpdateExpression: 'SET caseId = :case, #number = :number, #until = :until',
                ExpressionAttributeNames: { '#number': 'number', '#until': 'until' },
                ExpressionAttributeValues: marshall({ ':case': caseId, ':number': number, ':until': until }),
              }),
            ),
          ),
        ),
      );
    },

    async accountOf(requestId) {
      const { Item } = await send('dynamodb:GetItem', () =>
        db.send(new GetItemCommand({ TableName: table, Key: marshall(rowOf(requestId)), ConsistentRead: true })),
      );
      if (!Item) return null;
      const { caseId, number } = unmarshall(Item) as { caseId: string; number: number };
      return { caseId, number };
    },
  };
}
