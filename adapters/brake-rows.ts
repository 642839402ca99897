import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { AwsRefusal } from '#core/ports';
import type { Register, StopSwitch } from '#core/register';
import { send } from './client.ts';

/** The one row that an operator may write; the operator role's policy names its partition key. */
const stopRow = { pk: 'stop', sk: 'switch' };
const cutsRow = (hour: string) => ({ pk: `cuts#${hour}`, sk: 'runs' });

/**
 * The rows of the register that hold every change back. Each is one item: writes to it are put in order by DynamoDB
 * and do not cancel each other as transactions would, so that a flood of findings waits for its turn.
 */
export function brakeRows(
  table: string,
  db: DynamoDBClient,
): Pick<Register, 'stopSwitch' | 'setStopSwitch' | 'countCut' | 'cutsIn'> {
  return {
    async stopSwitch() {
      const { Item } = await send('dynamodb:GetItem', () =>
        db.send(new GetItemCommand({ TableName: table, Key: marshall(stopRow), ConsistentRead: true })),
      );
      if (!Item) return null;
      const { pk: _pk, sk: _sk, ...stop } = unmarshall(Item);
      return stop as StopSwitch;
    },

    async setStopSwitch({ stopped, by, at, reason }) {
      await send('dynamodb:UpdateItem', () =>
        db.send(
          new UpdateItemCommand({
            TableName: table,
            Key: marshall(stopRow),
            UpdateExpression: 'SET stopped = :stopped, #by = :by, #at = :at, reason = :reason',
            ExpressionAttributeNames: { '#by': 'by', '#at': 'at' },
            ExpressionAttributeValues: marshall({ ':stopped': stopped, ':by': by, ':at': at, ':reason': reason }),
          }),
        ),
      );
    },

    async countCut(run, hour, most) {
      try {
        await send('dynamodb:UpdateItem', () =>
          db.send(
            new UpdateItemCommand({
              TableName: table,
              Key: marshall(cutsRow(hour)),
              UpdateExpression: 'ADD runs :own',
              ConditionExpression: 'attribute_not_exists(runs) OR contains(runs, :run) OR size(runs) < :most',
              ExpressionAttributeValues: { ...marshall({ ':run': run, ':most': most }), ':own': { SS: [run] } },
            }),
          ),
        );
        return true;
      } catch (error) {
        if (error instanceof AwsRefusal && error.name === 'ConditionalCheckFailedException') return false;
        throw error;
      }
    },

    async cutsIn(hour) {
      const { Item } = await send('dynamodb:GetItem', () =>
        db.send(new GetItemCommand({ TableName: table, Key: marshall(cutsRow(hour)), ConsistentRead: true })),
      );
      return Item?.runs?.SS?.length ?? 0;
    },
  };
}
